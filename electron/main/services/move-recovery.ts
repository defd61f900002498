/**
 * Putting in order what a crash left of a move between stores. A move that was not decided is taken back, one that was is
 * finished, and a copy is deleted only where the other store was seen to hold the secret.
 */
import { ProblemError, toProblem } from '../../../shared/contract/result';
import type { StoreKind } from '../../../shared/contract/views';
import type { Moving } from '../../../shared/profile/store-choice';
import { storeName } from '../../../shared/text/health';
import type { Keychain, Vault } from '../ports';
import type { Notices } from './notices';
import type { ProfileStore } from './profile-store';
import type { SecretChoice } from './secret-choice';
import type { SecretStore } from './secret-store';

/** Items a step: a vault is written once a step, and progress is told after each. */
export const STEP = 50;

export interface Stores {
  readonly os: Keychain;
  readonly passphrase: Vault;
  readonly session: Keychain;
}

interface Item {
  readonly id: string;
  readonly text: string;
  /** What the other store has. */
  readonly there: string | null;
}

export class MoveRecovery {
  readonly #stores: Stores;
  readonly #secrets: SecretStore;
  readonly #choice: SecretChoice;
  readonly #profiles: ProfileStore;
  readonly #notices: Notices;

  constructor(
    stores: Stores,
    secrets: SecretStore,
    choice: SecretChoice,
    profiles: ProfileStore,
    notices: Notices,
  ) {
    this.#stores = stores;
    this.#secrets = secrets;
    this.#choice = choice;
    this.#profiles = profiles;
    this.#notices = notices;
  }

  /** What is still to be put in order. */
  get left(): { readonly from: StoreKind; readonly to: StoreKind } | null {
    const { moving } = this.#choice;
    return moving === null ? null : { from: moving.from, to: moving.to };
  }

  /** At the start, and when a vault was unlocked: does what it can, and tells what it cannot. */
  async tidy(): Promise<void> {
    const { moving } = this.#choice;
    if (moving === null) return;
    await this.#secrets
      .alone(() => this.settle())
      .catch((error: unknown) => {
        const { message, hint } = toProblem(error);
        this.#notices.add(
          `A move of secrets from ${storeName(moving.from)} to ${storeName(moving.to)} was interrupted, and what is left of it cannot be put in order yet. ${message}`,
          hint ?? null,
        );
      });
  }

  /** Runs while nothing else changes secrets. Rejects while a store does not let it; the next try begins anew. */
  async settle(): Promise<void> {
    const { moving } = this.#choice;
    if (moving === null) return;
    const ids = this.#profiles.list().map(({ id }) => id);
    if (moving.phase === 'deleting') await this.#finish(moving, ids);
    else await this.#drop(moving, ids);
  }

  /** The copies of a move that was not decided go. */
  async #drop({ from, to }: Moving, ids: readonly string[]): Promise<void> {
    const used = this.#secrets.kind;
    // Where `to` is in use, its copies are what the person has.
    if (to !== used) {
      await this.#inSteps(
        ids,
        async (both) => this.#stores[to].deleteAll(both.map(({ id }) => id)),
        to,
        from,
      );
      if (to === 'passphrase') await this.#stores.passphrase.removeWhenEmpty();
    }
    await this.#choice.save(used, null);
    this.#notices.add(
      `A move of secrets from ${storeName(from)} to ${storeName(to)} was interrupted. All of them are still in ${storeName(from)}.`,
      'Move them again when you like.',
    );
  }

  /** The old copies of a move that was decided go; one whose new copy is gone is copied again. */
  async #finish({ from, to }: Moving, ids: readonly string[]): Promise<void> {
    if (to === 'session' && (await this.#lostInMemory(from, ids)) > 0)
      return this.#returnFromMemory(from, ids);
    const work = async (items: readonly Item[]) => {
      const lost = items.filter(({ there }) => there === null);
      await this.#stores[to].setAll(lost.map(({ id, text }) => [id, text]));
      for (const { id, text } of lost) {
        if ((await this.#stores[to].get(id)) !== text) throw notReadBack(to);
      }
      await this.#stores[from].deleteAll(items.map(({ id }) => id));
    };
    await this.#inSteps(ids, work, from, to, true);
    if (from === 'passphrase') await this.#stores.passphrase.removeWhenEmpty();
    await this.#choice.save(to, null);
  }

  async #lostInMemory(from: StoreKind, ids: readonly string[]): Promise<number> {
    const { session } = this.#stores;
    let lost = 0;
    for (const id of ids) {
      if ((await session.get(id)) === null && (await this.#stores[from].get(id)) !== null) lost += 1;
    }
    return lost;
  }

  /** The memory that they were to live in is gone; what was not deleted yet is saved by staying where it is. */
  async #returnFromMemory(from: StoreKind, ids: readonly string[]): Promise<void> {
    let left = 0;
    for (const id of ids) {
      // What was entered again since is the newer one.
      const entered = await this.#stores.session.get(id);
      if (entered !== null) await this.#stores[from].set(id, entered);
      if ((await this.#stores[from].get(id)) !== null) left += 1;
    }
    await this.#choice.save(from, null);
    if (this.#choice.store === from) this.#secrets.use(from, this.#stores[from]);
    this.#notices.add(
      `Sallyport ended while secrets were moved to memory. ${left} of them are in ${storeName(from)}.`,
      'Move them again when you like.',
    );
  }

  /** Walks what `store` holds and the other store holds, too (or, if told, may not hold). */
  async #inSteps(
    ids: readonly string[],
    work: (items: readonly Item[]) => Promise<void>,
    store: StoreKind,
    other: StoreKind,
    lostToo = false,
  ): Promise<void> {
    for (let at = 0; at < ids.length; at += STEP) {
      const items: Item[] = [];
      for (const id of ids.slice(at, at + STEP)) {
        const text = await this.#stores[store].get(id);
        if (text === null) continue;
        const there = await this.#stores[other].get(id);
        if (there !== null || lostToo) items.push({ id, text, there });
      }
      if (items.length > 0) await work(items);
    }
  }
}

export function notReadBack(to: StoreKind): ProblemError {
  return new ProblemError({
    code: 'keychain-failed',
    message: `What was written to ${storeName(to)} did not come back as it was.`,
    hint: 'Check that store, then try again.',
  });
}
