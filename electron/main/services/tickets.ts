/**
 * One-shot tickets: the terminal is started with nothing but one of these, and the command line trades it for the ssh
 * arguments over the control socket. Host and user never pass through a terminal's or a shell's parser.
 */
import { fail, unwrap } from '../../../shared/contract/result';
import type { UserOrder } from '../../../shared/contract/control-people';
import type { ExportOptions } from '../../../shared/installer/options';
import type { Clock, Randomness } from '../ports';

const TTL_MS = 30_000;
const TICKET_BYTES = 16;

interface Issued extends Redeemed {
  readonly until: number;
  readonly redeemed: () => void;
}

export interface Redeemed {
  /** Empty for what is no ssh session. */
  readonly argv: readonly string[];
  /** The ticket only asks whether it arrives. */
  readonly test: boolean;
  /** What to install over ssh. */
  readonly install?: InstallOrder;
  /** What to tell the daemon of a profile's server. */
  readonly user?: UserOrder;
}

export interface InstallOrder {
  /** The profile's id. */
  readonly profile: string;
  readonly options: ExportOptions;
}

export interface TestTicket {
  readonly ticket: string;
  readonly redeemed: Promise<void>;
  readonly withdraw: () => void;
}

export class Tickets {
  readonly #clock: Clock;
  readonly #random: Randomness;
  readonly #open = new Map<string, Issued>();

  constructor(clock: Clock, random: Randomness) {
    this.#clock = clock;
    this.#random = random;
  }

  /** 32 hex digits, good once and for 30 s. */
  issue(argv: readonly string[]): string {
    return this.#issue({ argv, test: false, redeemed: () => undefined });
  }

  /** One whose terminal installs on a profile's server. */
  issueInstall(install: InstallOrder): string {
    return this.#issue({ argv: [], test: false, install, redeemed: () => undefined });
  }

  /** One whose terminal talks to the daemon of a profile's server. */
  issueUser(user: UserOrder): string {
    return this.#issue({ argv: [], test: false, user, redeemed: () => undefined });
  }

  /** One that starts nothing and tells here that it was brought. */
  issueTest(): TestTicket {
    let ticket = '';
    const redeemed = new Promise<void>((resolve) => {
      ticket = this.#issue({ argv: [], test: true, redeemed: resolve });
    });
    return { ticket, redeemed, withdraw: () => void this.#open.delete(ticket) };
  }

  #issue(issued: Omit<Issued, 'until'>): string {
    const now = this.#clock.monotonic();
    for (const [ticket, { until }] of this.#open) if (until <= now) this.#open.delete(ticket);
    const ticket = Array.from(this.#random.bytes(TICKET_BYTES), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    this.#open.set(ticket, { ...issued, until: now + TTL_MS });
    return ticket;
  }

  redeem(ticket: string): Redeemed {
    const found = this.#open.get(ticket);
    this.#open.delete(ticket);
    if (found !== undefined && found.until > this.#clock.monotonic()) {
      found.redeemed();
      const { argv, test, install, user } = found;
      return { argv, test, ...(install !== undefined && { install }), ...(user !== undefined && { user }) };
    }
    return unwrap(
      fail('not-found', 'This ticket is not known: it was used already, or is older than 30 seconds.', {
        hint: 'Go back to Sallyport and click again.',
      }),
    );
  }
}
