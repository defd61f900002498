/**
 * From an ssh_config to profiles: one for each name that stands on a Host line by itself. How such a server is knocked at
 * no ssh_config tells, so every entry lacks its knock.
 */
import { hostProblem, userProblem } from '../profile/address';
import type { ProfileDraft } from '../profile/draft';
import {
  DRAFT_DEFAULTS,
  MOST_ENTRIES,
  quoted,
  UNKNOWN_KNOCK,
  usableName,
  type ImportEntry,
  type ImportRead,
  type Place,
  type Skipped,
} from '../exchange/entry';
import type { SshItem } from './items';
import { isPattern } from './pattern';
import { applies, readSections, settingsOf, type SshSections } from './sections';

const TOO_MANY = `Only the first ${MOST_ENTRIES} servers are taken.`;
const LONGEST_HOST = 253;
const KEYWORDS = ['hostname', 'user', 'port', 'proxyjump', 'proxycommand', 'identityfile'] as const;

export function readSshConfig(items: readonly SshItem[]): ImportRead {
  const sections = readSections(items, KEYWORDS);
  const entries: ImportEntry[] = [];
  const skipped: Skipped[] = [...sections.skipped];
  const seen = new Set<string>();
  for (const { at, patterns, conditions } of sections.hosts) {
    for (const name of patterns) {
      // A second section about a name adds to the first.
      if (seen.has(name)) continue;
      seen.add(name);
      const read =
        whyNot(name, () => applies(name, conditions)) ??
        (entries.length < MOST_ENTRIES ? entryOf(name, at, sections) : TOO_MANY);
      if (typeof read === 'string') skipped.push({ what: quoted(`Host ${name}`), why: read, at });
      else entries.push(read);
    }
  }
  return { entries, skipped, notes: [] };
}

/** Words on why this name is no server, or null. */
function whyNot(name: string, reached: () => boolean): string | null {
  if (name.length > LONGEST_HOST) return 'It is longer than any name of a server.';
  if (name.startsWith('!')) return 'It says which names the line is not about.';
  if (isPattern(name))
    return 'It is a pattern and no single server; its settings were taken for the names that it matches.';
  return reached() ? null : 'The section around its Include is not about this name, so ssh never reads it.';
}

function entryOf(name: string, at: Place, sections: SshSections): ImportEntry | string {
  const found = settingsOf(name, sections.settings, KEYWORDS);
  const host = (found.hostname ?? name).replaceAll('%h', name).replaceAll('%%', '%');
  const unfit = hostProblem(host);
  if (unfit !== null) return `"${quoted(host)}" is no host. ${unfit}`;
  const port = found.port === undefined ? DRAFT_DEFAULTS.port : Number(found.port);
  if (!/^\d+$/.test(found.port ?? '22') || port < 1 || port > 65535)
    return `"${quoted(found.port ?? '')}" is no port from 1 to 65535.`;

  const notes: string[] = [];
  const userWords = found.user === undefined ? null : userProblem(found.user);
  if (userWords !== null) notes.push(`The user "${quoted(found.user ?? '')}" was left out. ${userWords}`);
  const user = userWords === null ? (found.user ?? null) : null;
  const via = found.proxyjump ?? found.proxycommand;
  if (via !== undefined && via.toLowerCase() !== 'none') {
    notes.push(
      `ssh reaches it through "${quoted(via)}". A jump host does its own knock: give it a profile too. This profile knocks straight from here.`,
    );
  }
  if (found.identityfile !== undefined && host !== name) {
    notes.push(
      `IdentityFile ${quoted(found.identityfile)} is for "${quoted(name)}" only. ssh ${quoted(name)} keeps it; for Connect, add ${host} to the Host line.`,
    );
  }
  const draft: ProfileDraft = {
    ...DRAFT_DEFAULTS,
    name: usableName(name),
    host,
    port,
    user,
    method: UNKNOWN_KNOCK,
  };
  return { draft, favourite: false, at, missing: ['knock'], notes };
}
