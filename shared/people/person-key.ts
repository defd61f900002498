/**
 * A key of its own for another person, a phone or a sheet of paper, at the door that a profile knocks at. It is made once,
 * handed over and put on the server, and never stored here. What is here is secret; what may be taken back later is only a
 * name on the server.
 */
import { fail, ok, type Result } from '../contract/result';
import { writeProfileUri } from '../exchange/profile-uri';
import { serverUser } from '../installer/server-setup';
import type { Profile } from '../profile/profile';
import { encodeBase32 } from '../sequence/base32';
import { RKS1_DEFAULTS, type Rks1Parameters } from '../sequence/parameters';
import { personRefusal } from './refusal';

/** Eight groups of four letters, which somebody can type from paper; RKS1 takes 16 to 64 bytes. */
export const PERSON_SECRET_BYTES = 20;

export interface PersonWish {
  /** The name under which the server knows the new key. */
  readonly user: string;
  readonly door: string;
  /** A page to type from, besides what to import. */
  readonly paper: boolean;
  /** Whether a key that this user has already is exchanged. */
  readonly replace: boolean;
}

export interface PersonKey {
  readonly wish: PersonWish;
  /** As the person will have it. */
  readonly profile: Profile;
  readonly parameters: Rks1Parameters;
  /** Base32. */
  readonly secret: string;
  /** The profile link, with the secret in it. */
  readonly uri: string;
  /** The day it was made, like 2026-11-21. */
  readonly made: string;
}

/**
 * @param secret {@link PERSON_SECRET_BYTES} random bytes.
 * @param now milliseconds since 1970.
 */
export function personKey(
  profile: Profile,
  wish: PersonWish,
  secret: Uint8Array,
  now: number,
): Result<PersonKey> {
  const parameters = personParameters(profile, wish);
  if (!parameters.ok) return parameters;
  const theirs: Profile = { ...profile, method: { kind: 'rotating', parameters: parameters.value } };
  const text = encodeBase32(secret);
  const uri = writeProfileUri(theirs, { kind: 'rotating', secret: text });
  if (uri === null) return fail('too-large', `"${profile.name}" is too long for a link.`);
  const made = new Date(now).toISOString().slice(0, 10);
  return ok({ wish, profile: theirs, parameters: parameters.value, secret: text, uri, made });
}

/** How the new key rotates: as the profile's own does; or why there can be none. */
export function personParameters(
  { name, user, method }: Profile,
  wish: Pick<PersonWish, 'user' | 'replace'>,
): Result<Rks1Parameters> {
  const nat = method.kind === 'spa' && method.settings.nat !== null;
  const refusal = personRefusal({ name, kind: method.kind, nat });
  if (refusal !== null) return refusal;
  if (wish.replace && wish.user === serverUser(user)) {
    return fail('conflict', `"${wish.user}" is the name of the key that "${name}" itself may use.`, {
      hint: 'Choose another name; a new secret for this profile is made by New secret… (sallyport rekey).',
    });
  }
  return ok(method.kind === 'rotating' ? method.parameters : RKS1_DEFAULTS);
}

/** What should be known of a key that can be made, or nothing. */
export function personNotes({ method }: Profile): readonly string[] {
  if (method.kind !== 'spa') return [];
  return [
    'This profile knocks with single packets; the new key is a rotating one, which sallyportd takes and fwknopd does not.',
  ];
}
