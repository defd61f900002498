/** Knock & Connect: open the door, then do what the profile says follows: ssh in a terminal, a link, a program, nothing. */
import { assertNever, unwrap } from '../../../shared/contract/result';
import { nextStep, type NextStep } from '../../../shared/profile/after';
import type { Profile } from '../../../shared/profile/profile';
import type { Exits } from '../ports';
import type { Caller, Opened, RunDesk } from './run-desk';
import type { Tickets } from './tickets';

export interface Connection {
  readonly opened: Opened;
  /** Null when the port is not reachable, so that nothing has anything to reach. */
  readonly next: NextStep | null;
}

export class Connector {
  readonly #runs: RunDesk;
  readonly #tickets: Tickets;
  readonly #exits: Exits;
  readonly #cli: () => string;

  /** @param cli the absolute path of the `sallyport` command line. */
  constructor(runs: RunDesk, tickets: Tickets, exits: Exits, cli: () => string) {
    this.#runs = runs;
    this.#tickets = tickets;
    this.#exits = exits;
    this.#cli = cli;
  }

  /** Opens the door and works out what follows, for a caller that starts it itself. */
  async open(profile: Profile, caller: Caller = {}): Promise<Connection> {
    // Checked before anything is sent: a profile that ssh cannot take should not knock.
    unwrap(nextStep(profile, null));
    const opened = await this.#runs.open(profile, caller);
    return { opened, next: reachable(opened) ? unwrap(nextStep(profile, addressOf(opened))) : null };
  }

  /** The same, and what follows is started when the port is reachable. */
  async connect(profile: Profile): Promise<Connection> {
    const connection = await this.open(profile);
    if (connection.next !== null) await this.#start(connection.next);
    return connection;
  }

  async #start(next: NextStep): Promise<void> {
    const { terminal, links, programs } = this.#exits;
    switch (next.kind) {
      case 'ssh':
        return terminal.launch([this.#cli(), 'connect', '--ticket', this.#tickets.issue(next.argv)]);
      case 'url':
        return links.open(next.url);
      case 'program':
        return programs.start(next.argv);
      case 'nothing':
        return;
      default:
        return assertNever(next);
    }
  }
}

export function addressOf(opened: Opened): string | null {
  return opened.kind === 'shared' ? opened.grant.address : opened.outcome.address;
}

export function reachable(opened: Opened): boolean {
  if (opened.kind === 'shared') return true;
  return opened.outcome.verdict === 'opened' || opened.outcome.verdict === 'reachable-not-proven';
}
