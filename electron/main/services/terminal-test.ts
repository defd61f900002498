/** Whether the terminal of the settings really runs a command: it is given one that reports back to this process. */
import { ProblemError } from '../../../shared/contract/result';
import type { Clock, TerminalLauncher } from '../ports';
import type { Tickets } from './tickets';

/** A desktop's terminal may start its whole toolkit first. */
const PATIENCE_MS = 15_000;

export interface ProvenTerminal {
  /** The program that was started. */
  readonly program: string;
  /** Until the command reported. */
  readonly ms: number;
}

export class TerminalTest {
  readonly #clock: Clock;
  readonly #tickets: Tickets;
  readonly #terminal: TerminalLauncher;
  readonly #cli: () => string;

  constructor(clock: Clock, tickets: Tickets, terminal: TerminalLauncher, cli: () => string) {
    this.#clock = clock;
    this.#tickets = tickets;
    this.#terminal = terminal;
    this.#cli = cli;
  }

  /** Rejects with the terminal's own words when it failed or nothing reported in time. */
  async run(): Promise<ProvenTerminal> {
    const started = this.#clock.monotonic();
    const { ticket, redeemed, withdraw } = this.#tickets.issueTest();
    const patience = new AbortController();
    try {
      const trial = this.#terminal.try([this.#cli(), 'connect', '--ticket', ticket]);
      const outcome = await Promise.race([
        redeemed.then(() => null),
        trial.failed.then((how) => how),
        this.#clock.sleep(PATIENCE_MS, patience.signal).then(
          () => `no report within ${PATIENCE_MS / 1000} s`,
          () => 'cancelled',
        ),
      ]);
      const said = trial.end();
      if (outcome === null) return { program: trial.program, ms: this.#clock.monotonic() - started };
      throw new ProblemError({
        code: 'no-terminal',
        message: `The terminal ${trial.program} did not run the command.`,
        hint: 'Look at what it said in the details, or choose another one.',
        detail: said === '' ? outcome : `${outcome}\n${said}`,
      });
    } finally {
      patience.abort();
      withdraw();
    }
  }
}
