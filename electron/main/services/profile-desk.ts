/**
 * Making, changing and removing profiles: the public half in the profile store, the secret half in the secret store, and
 * never one without the other. A removal can be taken back until the process ends.
 */
import {
  assertNever,
  fail,
  ProblemError,
  toProblem,
  unwrap,
  type Problem,
} from '../../../shared/contract/result';
import { draftProblems, type ProfileDraft } from '../../../shared/profile/draft';
import { freeName } from '../../../shared/profile/free-name';
import type { Method, Profile } from '../../../shared/profile/profile';
import type { ProfileSecret } from '../../../shared/profile/secret';
import { parseOneTimeList, usedAfterChange } from '../../../shared/sequence/one-time';
import { RKS1_BOUNDS } from '../../../shared/sequence/parameters';
import { encodeBase32 } from '../../../shared/sequence/base32';
import type { Clock, Randomness } from '../ports';
import type { ProfileStore } from './profile-store';
import { settledMethod, settledSecret } from './rekey';
import { saveAll, type BothStores } from './save-all';
import type { SecretStore } from './secret-store';
import type { UsedLines } from './used-lines';

interface Removed {
  readonly profile: Profile;
  readonly secret: ProfileSecret | null;
}

export class ProfileDesk {
  readonly #profiles: ProfileStore;
  readonly #secrets: SecretStore;
  readonly #stores: BothStores;
  readonly #lists: UsedLines;
  readonly #clock: Clock;
  readonly #random: Randomness;
  readonly #removed = new Map<string, Removed>();

  constructor(
    profiles: ProfileStore,
    secrets: SecretStore,
    lists: UsedLines,
    clock: Clock,
    random: Randomness,
  ) {
    this.#profiles = profiles;
    this.#secrets = secrets;
    this.#stores = { profiles, secrets };
    this.#lists = lists;
    this.#clock = clock;
    this.#random = random;
  }

  async create(draft: ProfileDraft): Promise<Profile> {
    refuseBadDraft(draft);
    const id = this.#random.uuid();
    const secret = this.#secretOf(draft, null);
    const now = this.#clock.now();
    const head = { id, favourite: false, createdAt: now, updatedAt: now };
    const profile = profileOf(draft, secret, this.#random.uuid(), head);
    await saveAll(this.#stores, [{ profile, secret, before: null }]);
    return profile;
  }

  /** Makes all of them or none. A draft that keeps a secret gets none: it is entered later. */
  async createAll(
    wishes: readonly { readonly draft: ProfileDraft; readonly favourite: boolean }[],
  ): Promise<readonly Profile[]> {
    const now = this.#clock.now();
    const made = wishes.map(({ draft, favourite }) => {
      refuseBadDraft(draft);
      const secret = keepsSecret(draft) ? null : this.#secretOf(draft, null);
      const head = { id: this.#random.uuid(), favourite, createdAt: now, updatedAt: now };
      return { profile: profileOf(draft, secret, this.#random.uuid(), head), secret, before: null };
    });
    await saveAll(this.#stores, made);
    return made.map(({ profile }) => profile);
  }

  async update(id: string, draft: ProfileDraft): Promise<Profile> {
    refuseBadDraft(draft);
    return this.#secrets.inTurn(() => this.#update(id, draft));
  }

  async #update(id: string, draft: ProfileDraft): Promise<Profile> {
    const old = this.#profiles.get(id);
    const stored = keepsSecret(draft) ? await this.#secrets.get(id) : null;
    const secret = this.#secretOf(draft, stored);
    const head = { id, favourite: old.favourite, createdAt: old.createdAt, updatedAt: this.#clock.now() };
    // Where the old secret cannot be read now, a save that fails would have nothing to put back.
    const before = stored ?? (await this.#secrets.find(id));
    const changed = JSON.stringify(secret) !== JSON.stringify(before);
    const list = await this.#listOf(old.method, before, secret);
    const profile = profileOf(draft, secret, list, head);
    await saveAll(this.#stores, [{ profile, secret: changed ? secret : null, before }]);
    return profile;
  }

  async duplicate(id: string): Promise<Profile> {
    const old = this.#profiles.get(id);
    const secret = settledSecret(await this.#secrets.get(id));
    const now = this.#clock.now();
    const name = freeName(old.name, new Set(this.#profiles.list().map((profile) => profile.name)));
    const copy: Profile = {
      ...old,
      method: settledMethod(old.method),
      id: this.#random.uuid(),
      name,
      favourite: false,
      createdAt: now,
      updatedAt: now,
    };
    await saveAll(this.#stores, [{ profile: copy, secret, before: null }]);
    return copy;
  }

  setFavourite(id: string, favourite: boolean): Promise<Profile> {
    return this.#secrets.inTurn(async () => {
      const profile = { ...this.#profiles.get(id), favourite };
      await this.#profiles.put(profile);
      return profile;
    });
  }

  /** The profile goes in any case; a keychain that would not give its secret up is told of. */
  remove(id: string): Promise<{ readonly profile: Profile; readonly secretLeft: Problem | null }> {
    return this.#secrets.inTurn(() => this.#secrets.steady(() => this.#remove(id)));
  }

  async #remove(id: string): Promise<{ readonly profile: Profile; readonly secretLeft: Problem | null }> {
    const profile = this.#profiles.get(id);
    const found = await this.#secrets.find(id).then(
      (secret) => ({ secret, unread: null }),
      (error: unknown) => ({ secret: null, unread: toProblem(error) }),
    );
    await this.#profiles.remove(id);
    this.#removed.set(id, { profile, secret: found.secret });
    // What could not be read is left where it is: its deletion could not be taken back.
    const secretLeft = found.unread ?? (await this.#secrets.delete(id).then(() => null, toProblem));
    return { profile, secretLeft };
  }

  restore(id: string): Promise<Profile> {
    return this.#secrets.inTurn(() => this.#restore(id));
  }

  async #restore(id: string): Promise<Profile> {
    const removed = this.#removed.get(id);
    if (removed === undefined)
      return unwrap(fail('not-found', 'This removal cannot be taken back any more.'));
    await saveAll(this.#stores, [{ ...removed, before: null }]);
    this.#removed.delete(id);
    return removed.profile;
  }

  /** The name that the place in a list goes by. A changed list begins behind the lines that the old one has used. */
  async #listOf(old: Method, before: ProfileSecret | null, secret: ProfileSecret): Promise<string> {
    const list = this.#random.uuid();
    if (old.kind !== 'one-time' || before?.kind !== 'one-time' || secret.kind !== 'one-time') return list;
    if (before.list === secret.list) return old.list;
    const used = usedAfterChange(before.list, this.#lists.used(old.list), secret.list);
    const problem = await this.#lists.mark(list, used, true);
    if (problem !== null) throw new ProblemError(problem);
    return list;
  }

  #secretOf(draft: ProfileDraft, stored: ProfileSecret | null): ProfileSecret {
    const { method } = draft;
    switch (method.kind) {
      case 'rotating': {
        const { secret } = method;
        if (secret.kind === 'typed') return { kind: 'rotating', secret: secret.value };
        if (secret.kind === 'keep')
          return stored?.kind === 'rotating' ? stored : nothingStored('method.secret');
        const bytes = this.#random.bytes(RKS1_BOUNDS.secretBytes.generated);
        return { kind: 'rotating', secret: encodeBase32(bytes) };
      }
      case 'one-time': {
        const { list } = method;
        if (list.kind === 'typed') return { kind: 'one-time', list: list.value };
        return stored?.kind === 'one-time' ? stored : nothingStored('method.list');
      }
      case 'static': {
        const kept = stored?.kind === 'static' ? stored : null;
        const { sequence, closeSequence } = method;
        return {
          kind: 'static',
          sequence:
            sequence.kind === 'typed' ? sequence.value : (kept?.sequence ?? nothingStored('method.sequence')),
          closeSequence:
            closeSequence.kind === 'typed'
              ? closeSequence.value
              : closeSequence.kind === 'keep'
                ? (kept?.closeSequence ?? null)
                : null,
        };
      }
      case 'spa': {
        const kept = stored?.kind === 'spa' ? stored : null;
        const { key, hmacKey } = method;
        return {
          kind: 'spa',
          key: key.kind === 'typed' ? key.value.trim() : (kept?.key ?? nothingStored('method.key')),
          hmacKey:
            hmacKey.kind === 'typed'
              ? hmacKey.value.trim()
              : (kept?.hmacKey ?? nothingStored('method.hmacKey')),
        };
      }
      default:
        return assertNever(method);
    }
  }
}

function profileOf(
  draft: ProfileDraft,
  secret: ProfileSecret | null,
  list: string,
  head: Pick<Profile, 'id' | 'favourite' | 'createdAt' | 'updatedAt'>,
): Profile {
  const { name, host, port, user, group, family, openFor, gapMs, after } = draft;
  const method = methodOf(draft.method, secret, list);
  return { ...head, name, host, port, user, group, family, openFor, gapMs, after, method };
}

function methodOf(method: ProfileDraft['method'], secret: ProfileSecret | null, list: string): Method {
  switch (method.kind) {
    case 'static': {
      const hasClose =
        secret === null
          ? method.closeSequence.kind !== 'none'
          : secret.kind === 'static' && secret.closeSequence !== null;
      return { kind: 'static', tcpFlags: method.tcpFlags, hasClose };
    }
    case 'one-time': {
      const parsed = parseOneTimeList(secret?.kind === 'one-time' ? secret.list : '');
      const lines = parsed.ok ? parsed.lines.length : 0;
      return { kind: 'one-time', tcpFlags: method.tcpFlags, list, lines };
    }
    case 'rotating': {
      const rekeying = secret?.kind === 'rotating' && secret.next !== undefined;
      return { kind: 'rotating', parameters: method.parameters, ...(rekeying && { rekeying }) };
    }
    case 'spa':
      return { kind: 'spa', settings: method.settings };
    default:
      return assertNever(method);
  }
}

/** Scripts hand drafts over too, and rules that span fields are the draft's. */
function refuseBadDraft(draft: ProfileDraft): void {
  const fields = draftProblems(draft);
  const [words] = Object.values(fields);
  if (words !== undefined) unwrap(fail('bad-input', words, { fields }));
}

/** Whether a draft leaves any part of the stored secret as it is. */
export function keepsSecret({ method }: ProfileDraft): boolean {
  if (method.kind === 'rotating') return method.secret.kind === 'keep';
  if (method.kind === 'one-time') return method.list.kind === 'keep';
  if (method.kind === 'spa') return method.key.kind === 'keep' || method.hmacKey.kind === 'keep';
  return method.sequence.kind === 'keep' || method.closeSequence.kind === 'keep';
}

function nothingStored(field: string): never {
  return unwrap(
    fail('bad-input', 'There is no stored secret of this kind to keep.', {
      fields: { [field]: 'Enter the secret.' },
    }),
  );
}
