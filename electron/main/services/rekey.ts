/**
 * A new secret for a rotating profile. It is stored beside the one in use, so that nothing is lost between the server and
 * here, and takes its place when the person says that the server has it.
 */
import { fail, unwrap } from '../../../shared/contract/result';
import type { Method, Profile } from '../../../shared/profile/profile';
import type { ProfileSecret } from '../../../shared/profile/secret';
import { encodeBase32 } from '../../../shared/sequence/base32';
import { RKS1_BOUNDS } from '../../../shared/sequence/parameters';
import type { Clock, Randomness } from '../ports';
import { saveAll, type BothStores } from './save-all';
import { ROTATING_ONLY } from '../../../shared/text/edit-hints';

type Rotating<T extends { readonly kind: string }> = Extract<T, { readonly kind: 'rotating' }>;

interface RotatingPair {
  readonly profile: Profile & { readonly method: Rotating<Method> };
  readonly secret: Rotating<ProfileSecret>;
}

export class Rekey {
  readonly #stores: BothStores;
  readonly #clock: Clock;
  readonly #random: Randomness;

  constructor(stores: BothStores, clock: Clock, random: Randomness) {
    this.#stores = stores;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * The old secret stays in use until {@link finish}. A second call replaces what the first one stored.
   *
   * @param fresh base32.
   */
  prepare(id: string, fresh: string): Promise<Profile> {
    return this.#stores.secrets.inTurn(() => this.#prepare(id, fresh));
  }

  async #prepare(id: string, fresh: string): Promise<Profile> {
    const { profile, secret } = await this.#pair(id);
    const marked: Profile = { ...profile, method: { ...profile.method, rekeying: true } };
    const both = { ...secret, next: fresh };
    await saveAll(this.#stores, [{ profile: marked, secret: both, before: secret }]);
    return marked;
  }

  /** The secret that waits, made now if there is none, as it will be when it is in use: for the window that shows it. */
  prepareOnce(id: string): Promise<ProfileSecret> {
    return this.#stores.secrets.inTurn(() => this.#prepareOnce(id));
  }

  async #prepareOnce(id: string): Promise<ProfileSecret> {
    const waiting = (await this.#pair(id)).secret.next;
    if (waiting !== undefined) return { kind: 'rotating', secret: waiting };
    const fresh = encodeBase32(this.#random.bytes(RKS1_BOUNDS.secretBytes.generated));
    await this.#prepare(id, fresh);
    return { kind: 'rotating', secret: fresh };
  }

  /** Puts the new secret in the old one's place, or drops it. */
  finish(id: string, use: boolean): Promise<Profile> {
    return this.#stores.secrets.inTurn(() => this.#finish(id, use));
  }

  async #finish(id: string, use: boolean): Promise<Profile> {
    const { profile, secret } = await this.#pair(id);
    const next = secret.next ?? nothingWaits(profile);
    const updatedAt = use ? this.#clock.now() : profile.updatedAt;
    const done: Profile = { ...profile, updatedAt, method: settledMethod(profile.method) };
    const alone: ProfileSecret = { kind: 'rotating', secret: use ? next : secret.secret };
    await saveAll(this.#stores, [{ profile: done, secret: alone, before: secret }]);
    return done;
  }

  async #pair(id: string): Promise<RotatingPair> {
    const profile = this.#stores.profiles.get(id);
    const { method } = profile;
    const secret = method.kind === 'rotating' ? await this.#stores.secrets.get(id) : null;
    if (method.kind === 'rotating' && secret?.kind === 'rotating') {
      return { profile: { ...profile, method }, secret };
    }
    return unwrap(
      fail('bad-input', `"${profile.name}" has no rotating secret.`, {
        hint: ROTATING_ONLY,
      }),
    );
  }
}

/** The method without the mark of a secret that waits. */
export function settledMethod(method: Method): Method {
  return method.kind === 'rotating' ? { kind: 'rotating', parameters: method.parameters } : method;
}

/** The secret in use alone. */
export function settledSecret(secret: ProfileSecret): ProfileSecret {
  return secret.kind === 'rotating' ? { kind: 'rotating', secret: secret.secret } : secret;
}

function nothingWaits(profile: Profile): never {
  return unwrap(fail('not-found', `No new secret waits for "${profile.name}".`));
}
