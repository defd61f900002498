/** The order that profiles are listed in: favourites, then groups by name, then those without a group. Pure. */
import type { ProfileView } from '../../../shared/contract/views';

export interface ListSection {
  /** Null where a heading would say nothing: all profiles in one section without a group. */
  readonly title: string | null;
  readonly favourites: boolean;
  readonly profiles: readonly ProfileView[];
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** What a list of profiles needs to be searched at each key: its order, and the text that is searched. */
interface Prepared {
  readonly sorted: readonly { readonly profile: ProfileView; readonly text: string }[];
  /** What was asked for last, because several components ask for the same. */
  readonly asked: Map<string, readonly ListSection[]>;
}

/** Sorting a large store takes longer than a key may; it is done once for each list that main has told of. */
const prepared = new WeakMap<readonly ProfileView[], Prepared>();

export function arrange(profiles: readonly ProfileView[], search: string): readonly ListSection[] {
  const { sorted, asked } = prepare(profiles);
  const known = asked.get(search);
  if (known !== undefined) return known;
  const words = plain(search).split(/\s+/);
  const found = sorted
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .map(({ profile }) => profile);
  const sections = inSections(found);
  // The whole list is asked for beside every search.
  for (const old of asked.keys()) if (old !== '') asked.delete(old);
  asked.set(search, sections);
  return sections;
}

function prepare(profiles: readonly ProfileView[]): Prepared {
  const known = prepared.get(profiles);
  if (known !== undefined) return known;
  const sorted = profiles.toSorted(byName).map((profile) => ({ profile, text: searched(profile) }));
  const made: Prepared = { sorted, asked: new Map() };
  prepared.set(profiles, made);
  return made;
}

function inSections(found: readonly ProfileView[]): readonly ListSection[] {
  const favourites = found.filter(({ favourite }) => favourite);
  const ungrouped: ProfileView[] = [];
  const groups = new Map<string, ProfileView[]>();
  for (const profile of found) {
    if (profile.favourite) continue;
    if (profile.group === null) ungrouped.push(profile);
    else {
      const group = groups.get(profile.group);
      if (group === undefined) groups.set(profile.group, [profile]);
      else group.push(profile);
    }
  }
  const sections: ListSection[] = [...groups.keys()].toSorted(collator.compare).map((group) => ({
    title: group,
    favourites: false,
    profiles: groups.get(group) ?? [],
  }));
  if (favourites.length > 0) {
    sections.unshift({ title: 'Favourites', favourites: true, profiles: favourites });
  }
  if (ungrouped.length > 0) {
    const title = sections.length > 0 ? 'No group' : null;
    sections.push({ title, favourites: false, profiles: ungrouped });
  }
  return sections;
}

/** The profiles from top to bottom, as the arrow keys walk them. */
export function inOrder(sections: readonly ListSection[]): readonly ProfileView[] {
  return sections.flatMap(({ profiles }) => profiles);
}

/** The profile to show once `id` is gone: the next one down, else the one above. */
export function neighbour(order: readonly ProfileView[], id: string): ProfileView | null {
  const at = order.findIndex((profile) => profile.id === id);
  return order[at + 1] ?? order[at - 1] ?? null;
}

/** Every word of a search is looked for in the name, host, user and group; case and accents do not matter. */
function searched({ name, host, user, group }: ProfileView): string {
  return plain([name, host, user ?? '', group ?? ''].join('\n'));
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function byName(a: ProfileView, b: ProfileView): number {
  return collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}
