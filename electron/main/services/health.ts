/** The two things that fail quietly, checked at the start and on request: where secrets live, which sockets are there. */
import type { NativeHealth, SecretsHealth } from '../../../shared/contract/views';
import type { NativeSender } from '../ports';
import { Emitter } from './emitter';
import type { SecretStore } from './secret-store';

export interface HealthReport {
  readonly secrets: SecretsHealth;
  readonly native: NativeHealth;
}

export class Health {
  readonly changed = new Emitter<HealthReport>();
  readonly #secrets: SecretStore;
  readonly #native: NativeSender;
  #report: HealthReport | null = null;

  constructor(secrets: SecretStore, native: NativeSender) {
    this.#secrets = secrets;
    this.#native = native;
  }

  /** The last report; checks when there is none yet. */
  async current(): Promise<HealthReport> {
    return this.#report ?? (await this.check());
  }

  async check(): Promise<HealthReport> {
    const [secrets, native] = await Promise.all([this.#secrets.health(), this.#native.health()]);
    this.#report = { secrets, native };
    this.changed.emit(this.#report);
    return this.#report;
  }
}
