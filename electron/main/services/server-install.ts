/**
 * Installing on a server from the window: the person's terminal is started with a ticket, and the command line trades it
 * for what to install. It asks there before anything is done, with the person's own ssh.
 */
import type { ExportOptions } from '../../../shared/installer/options';
import type { TerminalLauncher } from '../ports';
import type { Exporter } from './exporter';
import type { Tickets } from './tickets';

export class ServerInstall {
  readonly #exporter: Exporter;
  readonly #tickets: Tickets;
  readonly #terminal: TerminalLauncher;
  readonly #cli: () => string;

  constructor(exporter: Exporter, tickets: Tickets, terminal: TerminalLauncher, cli: () => string) {
    this.#exporter = exporter;
    this.#tickets = tickets;
    this.#terminal = terminal;
    this.#cli = cli;
  }

  /** Rejects at once with what would stop it later, like a profile that no server takes. */
  async start(profileId: string, options: ExportOptions): Promise<void> {
    await this.#exporter.check(profileId, { format: 'sh', options });
    const ticket = this.#tickets.issueInstall({ profile: profileId, options });
    await this.#terminal.launch([this.#cli(), 'connect', '--ticket', ticket]);
  }
}
