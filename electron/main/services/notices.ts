/** Things that happened without being asked for and that a person must be told: a damaged file that was kept aside. */
import type { Notice } from '../../../shared/contract/views';
import { Emitter } from './emitter';

export class Notices {
  readonly changed = new Emitter<readonly Notice[]>();
  #notices: readonly Notice[] = [];
  #next = 1;

  list(): readonly Notice[] {
    return this.#notices;
  }

  add(message: string, hint: string | null = null): void {
    this.#notices = [...this.#notices, { id: String(this.#next), message, hint }];
    this.#next += 1;
    this.changed.emit(this.#notices);
  }

  dismiss(id: string): void {
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
    this.changed.emit(this.#notices);
  }
}
