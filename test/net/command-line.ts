/** The real `sallyport` on the client, with a home and an agent of its own. */
import { join } from 'node:path';
import type { KnockReport } from '../../shared/contract/control-report';
import { HELPERS } from './peers';
import type { Finished, Host } from './topology';

export class CommandLine {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly #client: Host;

  constructor(client: Host, home: string, env: NodeJS.ProcessEnv = {}) {
    this.home = home;
    this.#client = client;
    this.env = { ...process.env, SALLYPORT_HOME: home, SALLYPORT_KEYCHAIN: 'session', ...env };
  }

  run(argv: readonly string[], input?: string): Promise<Finished> {
    const options = input === undefined ? { env: this.env } : { env: this.env, input };
    return this.#client.finish([join(HELPERS, 'sallyport'), ...argv], options);
  }

  /** Runs and insists on success. */
  async done(argv: readonly string[], input?: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(argv, input);
    if (status !== 0) throw new Error(`sallyport ${argv.join(' ')} ended with ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  async knock(argv: readonly string[], input?: string): Promise<KnockReport & { readonly exit: number }> {
    const { status, stdout, stderr } = await this.run(['knock', ...argv, '--json'], input);
    try {
      return { ...(JSON.parse(stdout) as KnockReport), exit: status };
    } catch {
      throw new Error(
        `sallyport knock ${argv.join(' ')} printed no object (exit ${status})\n${stdout}${stderr}`,
      );
    }
  }

  async quit(): Promise<void> {
    await this.run(['quit']);
  }
}
