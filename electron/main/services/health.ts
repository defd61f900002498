/** The two things that fail quietly, checked at the start and on request: where secrets live, which sockets are there. */
import type { NativeHealth, SecretsHealth } from '../../../shared/contract/views';
import type { Clock, NativeSender } from '../ports';
import { Emitter } from './emitter';
import type { SecretStore } from './secret-store';

export interface HealthReport {
  readonly secrets: SecretsHealth;
  readonly native: NativeHealth;
}

/** How long the window waits for a keychain before it opens without its answer. */
const PATIENCE_MS = 1500;

export class Health {
  readonly changed = new Emitter<HealthReport>();
  readonly #secrets: SecretStore;
  readonly #native: NativeSender;
  readonly #clock: Clock;
  #report: HealthReport | null = null;
  #checking: Promise<HealthReport> | null = null;

  constructor(secrets: SecretStore, native: NativeSender, clock: Clock) {
    this.#secrets = secrets;
    this.#native = native;
    this.#clock = clock;
  }

  /** The last report. When there is none yet it is not waited for long: what comes later is told as a change. */
  async current(): Promise<HealthReport> {
    if (this.#report !== null) return this.#report;
    this.#checking ??= this.check();
    const late = this.#clock.sleep(PATIENCE_MS).then(async () => ({
      secrets: await this.#secrets.waiting(),
      native: await this.#native.health(),
    }));
    return Promise.race([this.#checking, late]);
  }

  async check(): Promise<HealthReport> {
    const [secrets, native] = await Promise.all([this.#secrets.health(), this.#native.health()]);
    this.#report = { secrets, native };
    this.changed.emit(this.#report);
    return this.#report;
  }
}
