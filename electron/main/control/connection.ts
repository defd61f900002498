/**
 * One connection on the control socket: requests in, events and one answer each out. A malformed line is answered and
 * ends the connection, because what follows it cannot be trusted to be a message; any other fault is that request's own.
 */
import type { Socket } from 'node:net';
import { z } from 'zod';
import {
  controlParams,
  requestIdSchema,
  requestSchema,
  type ControlAnswers,
  type ControlInput,
  type ControlMethod,
} from '../../../shared/contract/control';
import type { ControlEvent } from '../../../shared/contract/control-report';
import { exitCode } from '../../../shared/contract/exit-code';
import { toProblem, type Problem } from '../../../shared/contract/result';
import { fieldProblems } from '../../../shared/profile/draft';
import { LineReader } from './lines';
import { proof, proves } from './proof';

export interface RequestContext {
  readonly signal: AbortSignal;
  readonly event: (event: ControlEvent) => void;
}

export type ControlMethods = {
  readonly [M in ControlMethod]: (
    params: ControlInput<M>,
    context: RequestContext,
  ) => Promise<ControlAnswers[M]>;
};

const EXPECTED = '{"v":1,"id":1,"method":"…","params":{…}}';
const OTHER_VERSION = 'The command line and the app may be of different versions.';

/** A connection that asks this much at once is not one of ours. */
const MOST_AT_ONCE = 16;

/** Where both sides must prove a key first. */
export interface ProofTerms {
  readonly key: Uint8Array;
  readonly nonce: string;
}

const clientProofSchema = z.object({
  nonce: z.string().regex(/^[0-9a-f]{64}$/),
  proof: z.string().regex(/^[0-9a-f]{64}$/),
});

export class ControlConnection {
  readonly #socket: Socket;
  readonly #methods: ControlMethods;
  readonly #lines = new LineReader();
  readonly #running = new Map<number, AbortController>();
  #proofTerms: ProofTerms | null;

  constructor(socket: Socket, methods: ControlMethods, proofTerms: ProofTerms | null) {
    this.#socket = socket;
    this.#methods = methods;
    this.#proofTerms = proofTerms;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const request of this.#running.values()) request.abort();
    });
    if (proofTerms !== null) this.#write({ nonce: proofTerms.nonce });
  }

  #receive(chunk: Buffer): void {
    const lines = this.#lines.push(chunk);
    if (lines === null) return this.#refuse('too-large', 'A line is longer than 65,536 bytes.');
    for (const line of lines) {
      if (this.#socket.destroyed || this.#socket.writableEnded) return;
      if (this.#proofTerms === null) this.#request(line);
      else this.#checkProof(line, this.#proofTerms);
    }
  }

  #checkProof(line: string, { key, nonce }: ProofTerms): void {
    const claim = clientProofSchema.safeParse(parseLine(line));
    const nonces = { server: nonce, client: claim.data?.nonce ?? '' };
    if (!claim.success || !proves(claim.data.proof, 'client', key, nonces)) {
      this.#socket.destroy();
      return;
    }
    this.#proofTerms = null;
    this.#write({ proof: proof('server', key, nonces) });
  }

  #request(line: string): void {
    const value = parseLine(line);
    const named = requestIdSchema.safeParse(value);
    if (!named.success) return this.#refuse('bad-line', `A line is not a request; expected ${EXPECTED}.`);
    const { id } = named.data;
    const head = requestSchema.safeParse(value);
    if (!head.success) {
      const [field] = Object.keys(fieldProblems(head.error));
      this.#error(id, {
        code: 'bad-line',
        message: `The request’s "${field}" is not as expected; expected ${EXPECTED}.`,
        hint: OTHER_VERSION,
      });
      return;
    }
    const { method, params } = head.data;
    if (!isMethod(method)) {
      this.#error(id, { code: 'unknown-method', message: `There is no method named "${method}".` });
      return;
    }
    if (this.#running.has(id) || this.#running.size >= MOST_AT_ONCE) {
      this.#error(id, { code: 'bad-input', message: 'This id is in use, or too much is asked at once.' });
      return;
    }
    void this.#answer(id, method, params);
  }

  async #answer<M extends ControlMethod>(id: number, method: M, raw: unknown): Promise<void> {
    const parsed = controlParams[method].safeParse(raw ?? {});
    if (!parsed.success) {
      const fields = fieldProblems(parsed.error);
      const [where = '', words = ''] = Object.entries(fields)[0] ?? [];
      this.#error(id, {
        code: 'bad-input',
        message: where === '' ? words : `${lastPart(where)}: ${words}`,
        fields,
      });
      return;
    }
    const request = new AbortController();
    this.#running.set(id, request);
    try {
      const handler: (params: ControlInput<M>, context: RequestContext) => Promise<ControlAnswers[M]> =
        this.#methods[method];
      const answer = await handler(parsed.data as ControlInput<M>, {
        signal: request.signal,
        event: (event) => this.#write({ id, event }),
      });
      this.#write({ id, ok: answer });
    } catch (error) {
      this.#error(id, toProblem(error));
    } finally {
      this.#running.delete(id);
    }
  }

  #error(id: number | null, problem: Problem): void {
    const { code, message, hint, detail } = problem;
    this.#write({ id, error: { code, message, hint, detail, exit: exitCode(problem) } });
  }

  #refuse(code: 'bad-line' | 'too-large', message: string): void {
    this.#error(null, { code, message, hint: OTHER_VERSION });
    // What else it sends is not read any more, however long it keeps sending.
    this.#socket.destroySoon();
  }

  #write(value: unknown): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(value)}\n`);
  }
}

function isMethod(name: string): name is ControlMethod {
  return Object.hasOwn(controlParams, name);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The field's own name: of `profile.method.protocols.1` it is `protocols`. */
function lastPart(path: string): string {
  return path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? path;
}
