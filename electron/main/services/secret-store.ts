/**
 * Where secrets live: the OS keychain, a vault sealed with a passphrase, or this run's memory only. Which one is in use
 * is always told; there is no silent fallback from one to another, and never plain text on disk.
 */
import { fail, ProblemError, unwrap } from '../../../shared/contract/result';
import type { SecretsHealth, StoreKind } from '../../../shared/contract/views';
import { decodeProfileSecret, encodeProfileSecret, type ProfileSecret } from '../../../shared/profile/secret';
import type { Keychain } from '../ports';
import { ENTER_AGAIN } from '../../../shared/text/edit-hints';

type About = Pick<SecretsHealth, 'chosenBy' | 'vault'>;

export class SecretStore {
  readonly #about: () => Promise<About>;
  #kind: StoreKind;
  #keychain: Keychain;
  #changes = 0;
  /** Settles when a move of everything is over; changes wait for it. */
  #moving: Promise<unknown> | null = null;
  #idle: (() => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    kind: StoreKind,
    keychain: Keychain,
    about: () => Promise<About> = async () => ({ chosenBy: 'default', vault: 'none' }),
  ) {
    this.#kind = kind;
    this.#keychain = keychain;
    this.#about = about;
  }

  get kind(): StoreKind {
    return this.#kind;
  }

  /** From now on secrets live there. */
  use(kind: StoreKind, keychain: Keychain): void {
    this.#kind = kind;
    this.#keychain = keychain;
  }

  /** Runs a change of secrets, or one of profiles and secrets together, so that no move sees half of it. */
  async steady<T>(work: () => Promise<T>): Promise<T> {
    // A change within a change must not wait for the move that waits for the outer one.
    while (this.#moving !== null && this.#changes === 0) await this.#moving.catch(() => undefined);
    this.#changes += 1;
    try {
      return await work();
    } finally {
      this.#changes -= 1;
      if (this.#changes === 0) this.#idle?.();
    }
  }

  /**
   * One after the other: changes that look at what is stored, and put it back when they fail. Two at once could put the
   * old secret under the other one's new host.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Runs a move of everything while nothing else changes; one at a time. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#moving !== null) return unwrap(fail('conflict', 'Secrets are being moved already.'));
    const begin = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#changes === 0) resolve();
    });
    const moving = begin.then(() => {
      this.#idle = null;
      return work();
    });
    this.#moving = moving;
    try {
      return await moving;
    } finally {
      this.#moving = null;
    }
  }

  /** The secret of a profile; a missing one is a problem, because the profile cannot knock without. */
  async get(profileId: string): Promise<ProfileSecret> {
    const text = await this.#read(profileId);
    if (text === null) {
      return unwrap(
        fail('keychain-failed', `The ${shortName(this.kind)} has no secret for this profile.`, {
          hint: ENTER_AGAIN,
        }),
      );
    }
    const secret = decodeProfileSecret(text);
    if (secret !== null) return secret;
    return unwrap(
      fail(
        'keychain-failed',
        `What the ${shortName(this.kind)} holds for this profile is not a secret of Sallyport’s.`,
        {
          hint: ENTER_AGAIN,
        },
      ),
    );
  }

  /** The same, but null where there is none of ours. Rejects when the store does not answer. */
  async find(profileId: string): Promise<ProfileSecret | null> {
    const text = await this.#read(profileId);
    return text === null ? null : decodeProfileSecret(text);
  }

  async set(profileId: string, secret: ProfileSecret): Promise<void> {
    await this.steady(() => this.#keychain.set(profileId, encodeProfileSecret(secret)));
  }

  async delete(profileId: string): Promise<void> {
    await this.steady(() => this.#keychain.delete(profileId));
  }

  /** What a store holds; asked again where secrets were moved elsewhere in between. */
  async #read(profileId: string): Promise<string | null> {
    const keychain = this.#keychain;
    const text = await keychain.get(profileId);
    return text === null && keychain !== this.#keychain ? this.#read(profileId) : text;
  }

  /** The state while the store has not answered. */
  async waiting(): Promise<SecretsHealth> {
    return {
      store: this.kind,
      state: 'waiting',
      detail: `The ${shortName(this.kind)} has not answered yet.`,
      hint: 'It may be waiting for its password in another window.',
      ...(await this.#about()),
    };
  }

  async health(): Promise<SecretsHealth> {
    try {
      await this.#keychain.check();
      return { store: this.kind, state: 'ok', detail: null, hint: null, ...(await this.#about()) };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, message, hint, detail } = error.problem;
      return {
        store: this.kind,
        state: code === 'keychain-locked' ? 'locked' : 'missing',
        detail: detail === undefined ? message : `${message} (${detail})`,
        hint: hint ?? null,
        ...(await this.#about()),
      };
    }
  }
}

function shortName(kind: StoreKind): string {
  if (kind === 'os') return 'keychain';
  return kind === 'passphrase' ? 'vault' : 'memory of this run';
}

/** Secrets that end with the process. */
export class MemoryKeychain implements Keychain {
  readonly #items: Map<string, string>;

  constructor(items: Readonly<Record<string, string>> = {}) {
    this.#items = new Map(Object.entries(items));
  }

  async get(account: string): Promise<string | null> {
    return this.#items.get(account) ?? null;
  }

  async set(account: string, value: string): Promise<void> {
    this.#items.set(account, value);
  }

  async delete(account: string): Promise<void> {
    this.#items.delete(account);
  }

  async setAll(items: readonly (readonly [account: string, value: string])[]): Promise<void> {
    for (const [account, value] of items) this.#items.set(account, value);
  }

  async deleteAll(accounts: readonly string[]): Promise<void> {
    for (const account of accounts) this.#items.delete(account);
  }

  async check(): Promise<void> {}

  /** Everything in it, for a process that takes this one's place. */
  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#items);
  }
}
