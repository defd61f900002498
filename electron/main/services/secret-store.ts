/**
 * Where secrets live: the OS keychain, a vault sealed with a passphrase, or this run's memory only. Which one is in use
 * is always told; there is no silent fallback from one to another, and never plain text on disk.
 */
import { fail, ProblemError, unwrap } from '../../../shared/contract/result';
import type { SecretsHealth } from '../../../shared/contract/views';
import { decodeProfileSecret, encodeProfileSecret, type ProfileSecret } from '../../../shared/profile/secret';
import type { Keychain } from '../ports';

export type StoreKind = SecretsHealth['store'];

export class SecretStore {
  readonly kind: StoreKind;
  readonly #keychain: Keychain;

  constructor(kind: StoreKind, keychain: Keychain) {
    this.kind = kind;
    this.#keychain = keychain;
  }

  /** The secret of a profile; a missing one is a problem, because the profile cannot knock without. */
  async get(profileId: string): Promise<ProfileSecret> {
    const text = await this.#keychain.get(profileId);
    if (text === null) {
      return unwrap(
        fail('keychain-failed', `The ${storeName(this.kind)} has no secret for this profile.`, {
          hint: 'Edit the profile and enter the secret again.',
        }),
      );
    }
    const secret = decodeProfileSecret(text);
    if (secret !== null) return secret;
    return unwrap(
      fail(
        'keychain-failed',
        `What the ${storeName(this.kind)} holds for this profile is not a secret of Sallyport’s.`,
        {
          hint: 'Edit the profile and enter the secret again.',
        },
      ),
    );
  }

  /** The same, but null where there is none of ours. Rejects when the store does not answer. */
  async find(profileId: string): Promise<ProfileSecret | null> {
    const text = await this.#keychain.get(profileId);
    return text === null ? null : decodeProfileSecret(text);
  }

  async set(profileId: string, secret: ProfileSecret): Promise<void> {
    await this.#keychain.set(profileId, encodeProfileSecret(secret));
  }

  async delete(profileId: string): Promise<void> {
    await this.#keychain.delete(profileId);
  }

  async health(): Promise<SecretsHealth> {
    try {
      await this.#keychain.check();
      return { store: this.kind, state: 'ok', detail: null, hint: null };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, message, hint, detail } = error.problem;
      return {
        store: this.kind,
        state: code === 'keychain-locked' ? 'locked' : 'missing',
        detail: detail === undefined ? message : `${message} (${detail})`,
        hint: hint ?? null,
      };
    }
  }
}

export function storeName(kind: StoreKind): string {
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

  async check(): Promise<void> {}

  /** Everything in it, for a process that takes this one's place. */
  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#items);
  }
}
