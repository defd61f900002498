/** From the text of each kind of import to entries. Of an export with sealed secrets the seal comes along. */
import { assertNever, fail, unwrap } from '../../../shared/contract/result';
import type { ImportKind, ImportRead } from '../../../shared/exchange/entry';
import {
  entriesOf,
  readProfilesJson,
  type ReadProfile,
  type SealedSecrets,
} from '../../../shared/exchange/profiles-json';
import { readProfileUri } from '../../../shared/exchange/profile-uri';
import { linkOfPage } from '../../../shared/people/page';
import { readFwknopRc } from '../../../shared/fwknoprc/fwknop-import';
import { oneTimeFiles, readKnockdConf } from '../../../shared/knockd/knockd-import';
import { readSshConfig } from '../../../shared/sshconfig/ssh-import';
import type { Documents } from '../ports';
import { followIncludes } from './ssh-config-files';

export interface SealedProfiles {
  readonly profiles: readonly ReadProfile[];
  readonly secrets: SealedSecrets;
  readonly bound: string;
  readonly file: string | null;
}

export interface ReadText {
  readonly read: ImportRead;
  /** Null where nothing is sealed. */
  readonly sealed: SealedProfiles | null;
}

/** Characters of what people write by hand; an export of ours may be longer. */
const LONGEST_BY_HAND = 1024 * 1024;

/** @param file the text's path; null for text that came without a file. */
export async function readImport(
  kind: ImportKind,
  text: string,
  file: string | null,
  documents: Documents,
): Promise<ReadText> {
  if (kind !== 'json' && text.length > LONGEST_BY_HAND)
    refuse(`The text is too long; ${LONGEST_BY_HAND} characters is the most.`, 'Import a part of it.');
  switch (kind) {
    case 'ssh': {
      const { items, skipped } = await followIncludes(text, file, documents);
      const read = readSshConfig(items);
      return { read: { ...read, skipped: [...skipped, ...read.skipped] }, sealed: null };
    }
    case 'knockd':
      return { read: readKnockdConf(text, file, await listsBeside(text, file, documents)), sealed: null };
    case 'fwknoprc':
      return { read: readFwknopRc(text, file), sealed: null };
    case 'json':
      return readJson(text, file);
    case 'uri': {
      const entry = readProfileUri(linkOfPage(text) ?? text);
      if (typeof entry === 'string') return refuse(entry, 'Copy the link whole.');
      return { read: { entries: [entry], skipped: [], notes: [] }, sealed: null };
    }
    default:
      return assertNever(kind);
  }
}

/** The one-time lists of a knockd.conf, from its own folder only: a path that somebody else wrote is never followed. */
async function listsBeside(
  text: string,
  file: string | null,
  documents: Documents,
): Promise<ReadonlyMap<string, string>> {
  const lists = new Map<string, string>();
  if (file === null) return lists;
  const folder = file.replace(/[^/\\]*$/, '');
  for (const named of oneTimeFiles(text)) {
    const name = named.replace(/^.*\//s, '');
    if (name === '' || name === '.' || name === '..' || name.includes('\\')) continue;
    const list = await documents.read(`${folder}${name}`).catch(() => null);
    if (list !== null) lists.set(named, list);
  }
  return lists;
}

function readJson(text: string, file: string | null): ReadText {
  const json = readProfilesJson(text, file);
  if (json.kind === 'bad') return refuse(json.why, 'Export the profiles again.');
  const { profiles, skipped, secrets, bound } = json;
  const read = { entries: entriesOf(profiles, null, file), skipped, notes: [] };
  return { read, sealed: secrets === null ? null : { profiles, secrets, bound, file } };
}

function refuse(message: string, hint: string): never {
  return unwrap(fail('bad-input', message, { hint }));
}
