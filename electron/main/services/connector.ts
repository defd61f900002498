/** Knock & Connect: open the door, then start the person's terminal with a ticket for ssh. */
import { unwrap } from '../../../shared/contract/result';
import type { Profile } from '../../../shared/profile/profile';
import { sshArgv } from '../../../shared/ssh/ssh-argv';
import type { TerminalLauncher } from '../ports';
import type { Caller, Opened, RunDesk } from './run-desk';
import type { Tickets } from './tickets';

export interface Connection {
  readonly opened: Opened;
  /** Null when the port is not reachable, so that ssh has nothing to reach. */
  readonly argv: readonly string[] | null;
}

export class Connector {
  readonly #runs: RunDesk;
  readonly #tickets: Tickets;
  readonly #terminal: TerminalLauncher;
  readonly #cli: () => string;

  /** @param cli the absolute path of the `sallyport` command line. */
  constructor(runs: RunDesk, tickets: Tickets, terminal: TerminalLauncher, cli: () => string) {
    this.#runs = runs;
    this.#tickets = tickets;
    this.#terminal = terminal;
    this.#cli = cli;
  }

  /** Opens the door and works out the ssh arguments, for a caller that starts ssh itself. */
  async open(profile: Profile, caller: Caller = {}): Promise<Connection> {
    // Checked before anything is sent: a profile that ssh cannot take should not knock.
    unwrap(sshArgv({ ...profile, address: null }));
    const opened = await this.#runs.open(profile, caller);
    return {
      opened,
      argv: reachable(opened) ? unwrap(sshArgv({ ...profile, address: addressOf(opened) })) : null,
    };
  }

  /** The same, and a terminal of its own when the port is reachable. */
  async connect(profile: Profile): Promise<Connection> {
    const connection = await this.open(profile);
    if (connection.argv !== null) {
      await this.#terminal.launch([this.#cli(), 'connect', '--ticket', this.#tickets.issue(connection.argv)]);
    }
    return connection;
  }

  /** A terminal that shows that the setting works. */
  async testTerminal(): Promise<void> {
    await this.#terminal.launch([this.#cli(), 'version']);
  }
}

export function addressOf(opened: Opened): string | null {
  return opened.kind === 'shared' ? opened.grant.address : opened.outcome.address;
}

export function reachable(opened: Opened): boolean {
  if (opened.kind === 'shared') return true;
  return opened.outcome.verdict === 'opened' || opened.outcome.verdict === 'reachable-not-proven';
}
