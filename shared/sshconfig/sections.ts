/**
 * Which settings of an ssh_config count for which name: sections by Host and Match, sections that an Include stands in,
 * and of each setting the first one that is found (ssh_config(5)). What a Match depends on is known to ssh only, when it
 * runs, so nothing inside of one is taken; `Match all` is.
 */
import { quoted, type Place, type Skipped } from '../exchange/entry';
import type { SshItem } from './items';
import { hostMatches } from './pattern';

/** Names and patterns in all: each is held against each name, and a file may be made of nothing else. */
const MOST_PATTERNS = 4000;

/** All of them hold for the name, or the line is not about it. */
type Condition = { readonly kind: 'host'; readonly patterns: readonly string[] } | { readonly kind: 'never' };

interface Setting {
  readonly keyword: string;
  readonly args: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface HostLine {
  readonly at: Place;
  readonly patterns: readonly string[];
  /** Of the sections around the Include that it came in by. */
  readonly conditions: readonly Condition[];
}

export interface SshSections {
  readonly hosts: readonly HostLine[];
  readonly settings: readonly Setting[];
  readonly skipped: readonly Skipped[];
}

/** @param keywords those that are asked for later; a large file is full of others. */
export function readSections(items: readonly SshItem[], keywords: readonly string[]): SshSections {
  const wanted = new Set(keywords);
  const hosts: HostLine[] = [];
  const settings: Setting[] = [];
  const skipped: Skipped[] = [];
  let patterns = 0;

  const walk = (file: readonly SshItem[], around: readonly Condition[]): void => {
    let section: readonly Condition[] = around;
    // The first of a section counts, so that no more of them need be looked at for each name.
    let had = new Set<string>();
    for (const item of file) {
      if (item.kind === 'bad') {
        skipped.push({ what: 'a line', why: `It cannot be read: ${item.why}.`, at: item.at });
      } else if (item.kind === 'included') {
        for (const included of item.files) walk(included, section);
      } else if (item.keyword === 'host') {
        had = new Set();
        patterns += item.args.length;
        if (patterns > MOST_PATTERNS) {
          section = [{ kind: 'never' }];
          const what = quoted(`Host ${item.args.join(' ')}`);
          skipped.push({ what, why: `Only the first ${MOST_PATTERNS} names are looked at.`, at: item.at });
        } else {
          section = [...around, { kind: 'host', patterns: item.args }];
          hosts.push({ at: item.at, patterns: item.args, conditions: around });
        }
      } else if (item.keyword === 'match') {
        const always = item.args.length === 1 && item.args[0]?.toLowerCase() === 'all';
        section = always ? around : [...around, { kind: 'never' }];
        had = new Set();
        if (!always) skipped.push(skippedMatch(item.args, item.at));
      } else if (wanted.has(item.keyword) && item.args.length > 0 && !had.has(item.keyword)) {
        had.add(item.keyword);
        if (section.some(({ kind }) => kind === 'never')) continue;
        settings.push({ keyword: item.keyword, args: item.args, conditions: section });
      }
    }
  };
  walk(items, []);
  return { hosts, settings, skipped };
}

export function applies(name: string, conditions: readonly Condition[]): boolean {
  return conditions.every((one) => one.kind === 'host' && hostMatches(name, one.patterns));
}

/** The first value of each of these keywords that counts for `name`. */
export function settingsOf<K extends string>(
  name: string,
  settings: readonly Setting[],
  keywords: readonly K[],
): Readonly<Partial<Record<K, string>>> {
  const found: Partial<Record<K, string>> = {};
  // The settings of a section share their conditions: each section is looked at once.
  let about: readonly Condition[] | null = null;
  let counts = false;
  for (const { keyword, args, conditions } of settings) {
    const known = keywords.find((one) => one === keyword);
    const [value] = args;
    if (known === undefined || value === undefined || found[known] !== undefined) continue;
    // These two take the rest of the line.
    const text = known === 'proxycommand' || known === 'identityfile' ? args.join(' ') : value;
    if (conditions !== about) {
      about = conditions;
      counts = applies(name, conditions);
    }
    if (counts) found[known] = text;
  }
  return found;
}

function skippedMatch(args: readonly string[], at: Place): Skipped {
  return {
    what: quoted(`Match ${args.join(' ')}`),
    why: 'Whether it applies is known to ssh only, when it runs; nothing of this section was taken.',
    at,
  };
}
