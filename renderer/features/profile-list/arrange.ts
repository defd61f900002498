/** The order that profiles are listed in: favourites, then groups by name, then those without a group. Pure. */
import type { ProfileView } from '../../../shared/contract/views';

export interface ListSection {
  /** Null where a heading would say nothing: all profiles in one section without a group. */
  readonly title: string | null;
  readonly favourites: boolean;
  readonly profiles: readonly ProfileView[];
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function arrange(profiles: readonly ProfileView[], search: string): readonly ListSection[] {
  const found = profiles.filter((profile) => matches(profile, search)).toSorted(byName);
  const favourites = found.filter(({ favourite }) => favourite);
  const rest = found.filter(({ favourite }) => !favourite);
  const groups = [...new Set(rest.map(({ group }) => group).filter((group) => group !== null))];
  const ungrouped = rest.filter(({ group }) => group === null);
  const sections: ListSection[] = groups.toSorted(collator.compare).map((group) => ({
    title: group,
    favourites: false,
    profiles: rest.filter((profile) => profile.group === group),
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

/** Whether every word of the search is somewhere in the name, host, user or group; case and accents do not matter. */
function matches({ name, host, user, group }: ProfileView, search: string): boolean {
  const text = plain([name, host, user ?? '', group ?? ''].join('\n'));
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function byName(a: ProfileView, b: ProfileView): number {
  return collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}
