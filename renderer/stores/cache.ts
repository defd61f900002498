/**
 * A copy of what main knows, current by its events. Main owns the truth: nothing here is changed by a guess at what a
 * call will do, only by what main says has happened.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { assertNever } from '../../shared/contract/result';
import type { RunRecord } from '../../shared/history/record';
import type { EventMessage } from '../../shared/contract/ipc';
import type { PersonKeyView, ProfileView, RunView, SecretsMove, Snapshot } from '../../shared/contract/views';

export interface Cache extends Omit<Snapshot, 'runs'> {
  /** The newest run of each profile, by the profile's id. */
  readonly runs: Readonly<Record<string, RunView>>;
  /** Secrets on their way to another store. */
  readonly moving: SecretsMove | null;
  /** The kept runs of the profiles that were looked at, by the profile's id. */
  readonly histories: Readonly<Record<string, readonly RunRecord[]>>;
  /** Keys for others that are on their way, by the profile's id. */
  readonly personKeys: Readonly<Record<string, PersonKeyView | null>>;
}

export type CacheStore = StoreApi<Cache>;

/** @param events those that arrived while the snapshot was on its way; each carries a whole state, so order is all. */
export function createCache(snapshot: Snapshot, events: readonly EventMessage[] = []): CacheStore {
  const runs = Object.fromEntries(snapshot.runs.map((run) => [run.profileId, run]));
  const start: Cache = { ...snapshot, runs, moving: null, histories: {}, personKeys: {} };
  return createStore<Cache>(() => events.reduce(applyEvent, start));
}

export function applyEvent(cache: Cache, message: EventMessage): Cache {
  switch (message.name) {
    case 'profilesChanged':
      return { ...cache, profiles: message.value };
    case 'runChanged':
      return withRun(cache, message.value);
    case 'historyChanged':
      return withHistory(cache, message.value.profileId, message.value.runs);
    case 'grantsChanged':
      return { ...cache, grants: message.value };
    case 'healthChanged':
      return { ...cache, ...message.value };
    case 'secretsMoving':
      return { ...cache, moving: message.value };
    case 'personKeyChanged':
      return withPersonKey(cache, message.value.profileId, message.value.key);
    case 'noticesChanged':
      return { ...cache, notices: message.value };
    case 'settingsChanged':
      return { ...cache, settings: message.value };
    case 'profileAsked':
    case 'importOffered':
      return cache;
    default:
      return assertNever(message);
  }
}

/** Puts a profile that a call answered into place before its event has arrived. */
export function withProfile(cache: Cache, profile: ProfileView): Cache {
  const others = cache.profiles.filter(({ id }) => id !== profile.id);
  return { ...cache, profiles: [...others, profile] };
}

export function withHistory(cache: Cache, profileId: string, runs: readonly RunRecord[]): Cache {
  return { ...cache, histories: { ...cache.histories, [profileId]: runs } };
}

export function withPersonKey(cache: Cache, profileId: string, key: PersonKeyView | null): Cache {
  return { ...cache, personKeys: { ...cache.personKeys, [profileId]: key } };
}

export function withRun(cache: Cache, run: RunView): Cache {
  return { ...cache, runs: { ...cache.runs, [run.profileId]: run } };
}
