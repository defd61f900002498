/**
 * Moving every secret from one store to another, all or nothing: copied and read back, then the choice of store changes in
 * one write, then the old copies go. What is left when the process dies in between is told by the choice's file, and put
 * in order at the next start: at no moment is a secret in neither store.
 */
import { fail, ProblemError, toProblem, unwrap, type Problem } from '../../../shared/contract/result';
import type { SecretsMove, SecretsMoved, StoreKind } from '../../../shared/contract/views';
import { storeName } from '../../../shared/text/health';
import { Emitter } from './emitter';
import { notReadBack, STEP, type MoveRecovery, type Stores } from './move-recovery';
import type { ProfileStore } from './profile-store';
import type { SecretChoice } from './secret-choice';
import type { SecretStore } from './secret-store';

export interface MoveWish {
  readonly to: StoreKind;
  /** The store in use unless told. Either end is the store in use. */
  readonly from?: StoreKind | undefined;
  /** Opens the vault, or makes it. */
  readonly passphrase?: string | undefined;
}

export class SecretMover {
  /** Null when a move has ended. */
  readonly progress = new Emitter<SecretsMove | null>();
  readonly #stores: Stores;
  readonly #secrets: SecretStore;
  readonly #choice: SecretChoice;
  readonly #profiles: ProfileStore;
  readonly #recovery: MoveRecovery;

  constructor(
    stores: Stores,
    secrets: SecretStore,
    choice: SecretChoice,
    profiles: ProfileStore,
    recovery: MoveRecovery,
  ) {
    this.#stores = stores;
    this.#secrets = secrets;
    this.#choice = choice;
    this.#profiles = profiles;
    this.#recovery = recovery;
  }

  /** @param signal stops it while nothing has been deleted yet; what was copied is taken back then. */
  async move(wish: MoveWish, signal?: AbortSignal): Promise<SecretsMoved> {
    const { to, from = this.#secrets.kind } = wish;
    this.#refuse(from, to);
    return this.#secrets.alone(async () => {
      await this.#openVault(wish, from);
      if (this.#choice.moving !== null) {
        await this.#recovery.settle();
        // What was settled may have been the vault's end.
        await this.#openVault(wish, from);
      }
      await this.#stores[to].check();
      await this.#stores[from].check();
      try {
        const { moved, without } = await this.#copy(from, to, signal);
        const left = await this.#clear(from, to, moved);
        return { from, to, moved: moved.length, without, left };
      } finally {
        this.progress.emit(null);
      }
    });
  }

  #refuse(from: StoreKind, to: StoreKind): void {
    const used = this.#secrets.kind;
    if (from === to) unwrap(fail('conflict', `Secrets are kept in ${storeName(to)} already.`));
    if (from !== used && to !== used) {
      unwrap(
        fail('bad-input', `Neither is in use: secrets are kept in ${storeName(used)}.`, {
          hint: `Move them from there, or to there.`,
        }),
      );
    }
    this.#choice.refuseAgainstWish(to);
  }

  async #openVault({ to, passphrase }: MoveWish, from: StoreKind): Promise<void> {
    const vault = this.#stores.passphrase;
    if (passphrase === undefined || (to !== 'passphrase' && from !== 'passphrase')) return;
    const state = await vault.state();
    if (state === 'none' && to === 'passphrase') await vault.create(passphrase);
    else await vault.unlock(passphrase);
  }

  /** Copies all and reads them back, then makes `to` the store in use; on any failure all is as it was. */
  async #copy(from: StoreKind, to: StoreKind, signal: AbortSignal | undefined) {
    const used = this.#secrets.kind;
    const target = this.#stores[to];
    const profiles = this.#profiles.list();
    const before = new Map<string, string | null>();
    const moved: string[] = [];
    const without: string[] = [];
    await this.#choice.save(used, { from, to, phase: 'copying' });
    try {
      for (let at = 0; at < profiles.length; at += STEP) {
        signal?.throwIfAborted();
        const items: [string, string][] = [];
        for (const { id, name } of profiles.slice(at, at + STEP)) {
          const text = await this.#stores[from].get(id);
          const there = await target.get(id);
          // The secret of the store in use is the newer one.
          if (text === null || (to === used && there !== null)) without.push(name);
          else {
            items.push([id, text]);
            before.set(id, there);
          }
        }
        await target.setAll(items);
        for (const [id, text] of items) if ((await target.get(id)) !== text) throw notReadBack(to);
        moved.push(...items.map(([id]) => id));
        this.progress.emit({ from, to, done: Math.min(at + STEP, profiles.length), of: profiles.length });
      }
      signal?.throwIfAborted();
      await this.#choice.save(to, { from, to, phase: 'deleting' });
    } catch (error) {
      await this.#takeBack(to, before, used);
      throw notMoved(error, from, signal);
    }
    this.#secrets.use(to, target);
    return { moved, without };
  }

  async #takeBack(to: StoreKind, before: ReadonlyMap<string, string | null>, used: StoreKind): Promise<void> {
    const target = this.#stores[to];
    const earlier = [...before].filter((item): item is [string, string] => item[1] !== null);
    const none = [...before].filter(([, text]) => text === null).map(([id]) => id);
    try {
      await target.setAll(earlier);
      await target.deleteAll(none);
      if (to === 'passphrase') await this.#stores.passphrase.removeWhenEmpty();
      await this.#choice.save(used, null);
    } catch {
      // The choice's file still says that copies are there, and the next start sees to them.
    }
  }

  /** Deletes the old copies. What stays is no loss, so it is told rather than thrown. */
  async #clear(from: StoreKind, to: StoreKind, ids: readonly string[]): Promise<Problem | null> {
    try {
      for (let at = 0; at < ids.length; at += STEP) {
        await this.#stores[from].deleteAll(ids.slice(at, at + STEP));
      }
      if (from === 'passphrase') await this.#stores.passphrase.removeWhenEmpty();
      await this.#choice.save(to, null);
      return null;
    } catch (error) {
      return toProblem(error);
    }
  }
}

function notMoved(error: unknown, from: StoreKind, signal: AbortSignal | undefined): ProblemError {
  const problem: Problem = signal?.aborted
    ? { code: 'cancelled', message: 'The move was stopped.' }
    : toProblem(error);
  return new ProblemError({
    ...problem,
    message: `${problem.message} Nothing was moved: all secrets are still in ${storeName(from)}.`,
  });
}
