/**
 * ICMP and raw TCP through the `sallyport-send` helper: one capped JSON job on its standard input, one line per packet
 * back (docs/send-job.md). The job holds steps, so it never travels in an argument.
 */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { ProblemError } from '../../../shared/contract/result';
import type { NativeHealth } from '../../../shared/contract/views';
import type { NativePacket, NativeSender } from '../ports';

const TIMEOUT_MS = 5000;
const LONGEST_ANSWER = 16_384;

const faultSchema = z.object({
  error: z.object({ code: z.string(), message: z.string().max(500), hint: z.string().max(500).optional() }),
});
const doneSchema = z.object({ done: z.literal(true) });
const healthSchema = z.object({
  icmp: z.boolean(),
  rawTcp: z.boolean(),
  hint: z.string().max(500).nullable(),
});

export class HelperSender implements NativeSender {
  readonly #path: string;

  /** @param path the absolute path of `sallyport-send`. */
  constructor(path: string) {
    this.#path = path;
  }

  async send(address: string, packet: NativePacket, signal: AbortSignal): Promise<void> {
    const job = JSON.stringify({ v: 1, address, packets: [{ ...packet, afterMs: 0 }] });
    const lines = (await this.#run([], job, signal)).split('\n').filter((line) => line !== '');
    const last = parseJson(lines.at(-1));
    const fault = faultSchema.safeParse(last);
    if (fault.success) throw problemOf(fault.data.error);
    if (!doneSchema.safeParse(last).success) throw broken('it ended without an answer');
  }

  async health(): Promise<NativeHealth> {
    try {
      const answer = healthSchema.safeParse(parseJson(await this.#run(['--probe'], '', null)));
      if (answer.success) return answer.data;
      return missing('sallyport-send gave no usable answer; install Sallyport again.');
    } catch (error) {
      return missing(
        error instanceof ProblemError ? (error.problem.hint ?? error.problem.message) : String(error),
      );
    }
  }

  #run(argv: readonly string[], input: string, signal: AbortSignal | null): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#path, argv, {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: {},
        timeout: TIMEOUT_MS,
        windowsHide: true,
        ...(signal === null ? {} : { signal }),
      });
      let output = '';
      child.on('error', (error) => reject(signal?.aborted ? error : notStarted(this.#path, error)));
      // Out of file descriptors, spawn answers a child without pipes and tells the error later.
      const { stdin, stdout } = child as {
        stdin: typeof child.stdin | null;
        stdout: typeof child.stdout | null;
      };
      stdout?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.length > LONGEST_ANSWER) child.kill();
      });
      child.on('close', () => resolve(output.trim()));
      // The helper may refuse before it has read everything; its answer says why.
      stdin?.on('error', () => undefined);
      stdin?.end(input);
    });
  }
}

function problemOf(error: z.infer<typeof faultSchema>['error']): ProblemError {
  const { code, message, hint } = error;
  const more = hint === undefined ? {} : { hint };
  if (code === 'no-capability' || code === 'unsupported') {
    return new ProblemError({ code: 'no-capability', message, ...more });
  }
  if (code === 'no-route' || code === 'network') return new ProblemError({ code, message, ...more });
  return broken(`${code}: ${message}`);
}

function broken(detail: string): ProblemError {
  return new ProblemError({
    code: 'internal',
    message: 'sallyport-send did not do its work.',
    hint: 'Try again; if it happens twice, install Sallyport again.',
    detail,
  });
}

function notStarted(path: string, error: Error): ProblemError {
  return new ProblemError({
    code: 'no-capability',
    message: 'sallyport-send could not be started, so ICMP and raw TCP steps cannot be sent.',
    hint: `Install Sallyport again, or in a checkout run: npm run build (expected at ${path})`,
    detail: error.message,
  });
}

function missing(hint: string): NativeHealth {
  return { icmp: false, rawTcp: false, hint };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
