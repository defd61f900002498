/**
 * ssh's configuration through our own command line, which reads and writes it (helper/internal/sshconfig). It is given one
 * word of ours and no data; what it needs to know it asks of this process over the control socket.
 */
import { execFile } from 'node:child_process';
import { z } from 'zod';
import { ProblemError } from '../../../shared/contract/result';
import { sshConfigPlanSchema, type SshConfigPlan } from '../../../shared/ssh/config-plan';
import type { SshConfigTool } from '../ports';
import { scrubbed, type Env } from './programs';

const TIMEOUT_MS = 20_000;
const LONGEST_ANSWER = 16 * 1024 * 1024;

const ARGS = {
  show: ['ssh-config', 'show', '--json'],
  install: ['ssh-config', 'install', '--yes', '--json'],
  remove: ['ssh-config', 'remove', '--json'],
} as const;

const faultSchema = z.object({
  error: z.object({ message: z.string(), hint: z.string().optional() }),
});

export class SshConfigCommand implements SshConfigTool {
  readonly #cli: () => string;
  readonly #env: Env;

  /** @param cli the absolute path of the `sallyport` command line. */
  constructor(cli: () => string, env: Env = process.env) {
    this.#cli = cli;
    this.#env = env;
  }

  run(action: keyof typeof ARGS): Promise<SshConfigPlan> {
    return new Promise((resolve, reject) => {
      const env = scrubbed(this.#env);
      const options = { timeout: TIMEOUT_MS, maxBuffer: LONGEST_ANSWER, windowsHide: true, env } as const;
      execFile(this.#cli(), [...ARGS[action]], options, (error, stdout, stderr) => {
        const answer = parseJson(stdout);
        const plan = sshConfigPlanSchema.safeParse(answer);
        if (error === null && plan.success) return resolve(plan.data);
        const fault = faultSchema.safeParse(answer).data?.error;
        const detail = stderr.trim() === '' ? (error?.message ?? 'it gave no usable answer') : stderr.trim();
        return reject(
          new ProblemError({
            code: 'storage',
            message:
              fault === undefined ? 'ssh’s configuration could not be looked at.' : sentence(fault.message),
            hint: fault?.hint ?? 'Run it in a terminal to see more: sallyport ssh-config show',
            detail,
          }),
        );
      });
    });
  }
}

/** The command line writes its errors as a clause, and ssh with a small letter. */
function sentence(clause: string): string {
  const text = clause.startsWith('ssh') ? clause : clause.charAt(0).toUpperCase() + clause.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
