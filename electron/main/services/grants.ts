/**
 * Doors that this client has seen open, and until when it expects them to stay so. What the server really does is its
 * own: a grant here is a countdown and a reason not to knock again yet.
 */
import type { GrantView } from '../../../shared/contract/views';
import type { Clock } from '../ports';
import { Emitter } from './emitter';

/** With less left than this, a new connection might meet a closed door. */
const MARGIN_MS = 3000;

export class Grants {
  readonly changed = new Emitter<readonly GrantView[]>();
  readonly #clock: Clock;
  readonly #grants = new Map<string, GrantView>();
  readonly #timers = new Map<string, AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param until milliseconds since the epoch. */
  open(profileId: string, address: string, port: number, until: number): void {
    this.#stopTimer(profileId);
    this.#grants.set(profileId, { profileId, address, port, until });
    this.changed.emit(this.list());
    const timer = new AbortController();
    this.#timers.set(profileId, timer);
    this.#clock.sleep(until - this.#clock.now(), timer.signal).then(
      () => this.close(profileId),
      () => undefined,
    );
  }

  close(profileId: string): void {
    this.#stopTimer(profileId);
    if (this.#grants.delete(profileId)) this.changed.emit(this.list());
  }

  list(): readonly GrantView[] {
    const now = this.#clock.now();
    return [...this.#grants.values()].filter((grant) => grant.until > now);
  }

  get(profileId: string): GrantView | null {
    const grant = this.#grants.get(profileId);
    return grant !== undefined && grant.until > this.#clock.now() ? grant : null;
  }

  /** The grant if a connection started now would still find the door open. */
  usable(profileId: string): GrantView | null {
    const grant = this.get(profileId);
    return grant !== null && grant.until - this.#clock.now() > MARGIN_MS ? grant : null;
  }

  stop(): void {
    for (const profileId of [...this.#timers.keys()]) this.#stopTimer(profileId);
  }

  #stopTimer(profileId: string): void {
    this.#timers.get(profileId)?.abort();
    this.#timers.delete(profileId);
  }
}
