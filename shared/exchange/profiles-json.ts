/**
 * The one file format for profiles on their way: `{"sallyport":"profiles","version":1,"profiles":[…]}`. It holds no
 * secret, or all of them sealed under a passphrase; what is sealed is bound to the profiles beside it, so that nobody
 * can point a sealed secret at another host.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { fieldProblems } from '../profile/draft';
import { profileSchema, type Profile } from '../profile/profile';
import type { ProfileSecret } from '../profile/secret';
import { kdfSchema, sealedSchema, type Kdf, type Sealed } from '../seal/passphrase-seal';
import { draftOfProfile, type PublicProfile } from './draft-of-profile';
import { MOST_ENTRIES, quoted, type ImportEntry, type Skipped } from './entry';

const JSON_VERSION = 1;
/** Bytes of all secrets together: with as many profiles as there may be, the file can still be read back. */
export const LONGEST_SECRETS = 1024 * 1024;

const publicSchema = profileSchema.omit({ id: true, createdAt: true, updatedAt: true });
const sealedSecretsSchema = z.object({ kdf: kdfSchema, sealed: sealedSchema(LONGEST_SECRETS) });
const fileSchema = z.object({
  profiles: z.array(z.unknown()).max(MOST_ENTRIES, `At most ${MOST_ENTRIES} profiles.`),
  secrets: sealedSecretsSchema.optional(),
});

export type SealedSecrets = Readonly<{ kdf: Kdf; sealed: Sealed }>;

export interface ReadProfile {
  readonly profile: PublicProfile;
  /** Its place in the file, and so in what is sealed. */
  readonly index: number;
}

export type ReadJson =
  | { readonly kind: 'bad'; readonly why: string }
  | {
      readonly kind: 'ok';
      readonly profiles: readonly ReadProfile[];
      readonly skipped: readonly Skipped[];
      readonly secrets: SealedSecrets | null;
      /** What the seal is bound to. */
      readonly bound: string;
    };

export function publicProfiles(profiles: readonly Profile[]): readonly PublicProfile[] {
  return profiles.map(({ id: _id, createdAt: _made, updatedAt: _changed, ...rest }) => rest);
}

export function writeProfilesJson(profiles: readonly PublicProfile[], secrets: SealedSecrets | null): string {
  const file = { sallyport: 'profiles', version: JSON_VERSION, profiles };
  return `${JSON.stringify(secrets === null ? file : { ...file, secrets }, null, 2)}\n`;
}

/** What the seal of an export binds: its version and every profile as it stands there. */
export function boundTo(profiles: readonly unknown[]): string {
  const digest = bytesToHex(sha256(utf8ToBytes(JSON.stringify(profiles))));
  return JSON.stringify(['sallyport-profiles', JSON_VERSION, digest]);
}

export function readProfilesJson(text: string, file: string | null): ReadJson {
  const head = headOf(text);
  if (typeof head === 'string') return { kind: 'bad', why: head };
  const parsed = fileSchema.safeParse(head);
  if (!parsed.success) return { kind: 'bad', why: firstProblem(parsed.error) };
  const { profiles, secrets } = parsed.data;
  const read: ReadProfile[] = [];
  const skipped: Skipped[] = [];
  for (const [index, value] of profiles.entries()) {
    const profile = publicSchema.safeParse(value);
    const at = { file, line: null };
    if (profile.success) read.push({ profile: profile.data, index });
    else skipped.push({ what: nameOf(value, index), why: firstProblem(profile.error), at });
  }
  return { kind: 'ok', profiles: read, skipped, secrets: secrets ?? null, bound: boundTo(profiles) };
}

/** @param secrets by index; null where there are none, or they are still sealed. */
export function entriesOf(
  profiles: readonly ReadProfile[],
  secrets: readonly (ProfileSecret | null)[] | null,
  file: string | null,
): readonly ImportEntry[] {
  return profiles.map(({ profile, index }) => {
    const found = secrets?.[index] ?? null;
    const secret = found?.kind === profile.method.kind ? found : null;
    return {
      draft: draftOfProfile(profile, secret),
      favourite: profile.favourite,
      at: { file, line: null },
      missing: secret === null ? ['secret'] : [],
      notes: notesOf(profile),
    };
  });
}

/** What a person has to choose again. */
function notesOf({ after, method }: PublicProfile): readonly string[] {
  const notes: string[] = [];
  if (after.kind === 'program' || after.kind === 'url')
    notes.push('What it starts after a knock was left out; set it again in the profile.');
  if (method.kind === 'spa' && method.settings.allow.kind === 'echo')
    notes.push('The service that it asks for your address was left out; set it again in the profile.');
  return notes;
}

/** The object, or words on why it is no export that can be read. */
function headOf(text: string): object | string {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return `It is no whole JSON: ${quoted(error instanceof Error ? error.message : 'not JSON')}.`;
  }
  const head = z.looseObject({ sallyport: z.literal('profiles'), version: z.int().min(1) }).safeParse(value);
  if (!head.success)
    return 'It is no export of Sallyport: "sallyport":"profiles" and a version stand at its top.';
  if (head.data.version > JSON_VERSION)
    return `It is from a newer Sallyport (format ${head.data.version}); update this one.`;
  return head.data;
}

function firstProblem(error: z.ZodError): string {
  const [[field, words] = ['', 'It is not as expected.']] = Object.entries(fieldProblems(error));
  return field === '' ? words : `${quoted(field)}: ${words}`;
}

function nameOf(value: unknown, index: number): string {
  const named = z.object({ name: z.string() }).safeParse(value);
  return named.success ? quoted(named.data.name) : `profile ${index + 1}`;
}
