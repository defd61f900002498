/** What the tray offers, as data: favourites first, then each group, then the other hosts, then the doors that are open. Pure. */
import type { GrantView, RunView } from '../../shared/contract/views';
import type { Profile } from '../../shared/profile/profile';
import { knockLabel } from '../../shared/text/after';

export interface TrayActions {
  readonly knock: (profile: Profile) => void;
  readonly connect: (profile: Profile) => void;
  /** Opens the window where the profile's server is set up. */
  readonly setUp: (profile: Profile) => void;
  readonly show: () => void;
  readonly quit: () => void;
}

export interface TrayState {
  readonly profiles: readonly Profile[];
  readonly runs: readonly RunView[];
  readonly grants: readonly GrantView[];
  readonly now: number;
}

/** The part of Electron's MenuItemConstructorOptions that is used here. */
export interface TrayItem {
  readonly label?: string;
  readonly type?: 'separator';
  readonly enabled?: boolean;
  readonly submenu?: TrayItem[];
  readonly click?: () => void;
}

const SEPARATOR: TrayItem = { type: 'separator' };

/** More lines than this are slower to look through than the search in the window. */
const AT_MOST = 50;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function trayMenu(state: TrayState, actions: TrayActions): TrayItem[] {
  const item = (profile: Profile): TrayItem => hostItem(profile, state, actions);
  const { favourites, groups, others } = sorted(state.profiles);
  const submenus = groups.map(([group, profiles]) => ({
    label: menuText(group),
    submenu: capped(profiles.map(item), actions),
  }));
  const items = [...capped(favourites.map(item), actions), ...capped(submenus, actions)];
  if (others.length > 0) {
    const label = items.length > 0 ? 'Other hosts' : 'Hosts';
    items.push({ label, submenu: capped(others.map(item), actions) });
  }
  if (items.length === 0) items.push({ label: 'No hosts yet', enabled: false });
  const open = state.grants.flatMap((grant) => openItem(grant, state));
  if (open.length > 0) items.push(SEPARATOR, ...open);
  return [
    ...items,
    SEPARATOR,
    { label: 'Open Sallyport', click: actions.show },
    { label: 'Quit Sallyport', click: actions.quit },
  ];
}

interface Sorted {
  readonly favourites: readonly Profile[];
  readonly groups: readonly (readonly [string, readonly Profile[]])[];
  /** Those of no group. */
  readonly others: readonly Profile[];
}

/** In the order of the list in the window. A favourite stands among the favourites only, as there. */
function sorted(profiles: readonly Profile[]): Sorted {
  const byName = profiles.toSorted((a, b) => collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
  const groups = new Map<string, Profile[]>();
  for (const profile of byName) {
    if (profile.favourite || profile.group === null) continue;
    const group = groups.get(profile.group);
    if (group === undefined) groups.set(profile.group, [profile]);
    else group.push(profile);
  }
  return {
    favourites: byName.filter(({ favourite }) => favourite),
    groups: [...groups].toSorted(([a], [b]) => collator.compare(a, b)),
    others: byName.filter(({ favourite, group }) => !favourite && group === null),
  };
}

/** So many lines at most, and a way to the rest of them. */
function capped(items: readonly TrayItem[], actions: TrayActions): TrayItem[] {
  if (items.length <= AT_MOST) return [...items];
  return [
    ...items.slice(0, AT_MOST),
    SEPARATOR,
    { label: `Open Sallyport for all ${items.length}`, click: actions.show },
  ];
}

/** One line for the pointer to rest on. */
export function trayTooltip({ runs, grants, profiles }: TrayState): string {
  const knocking = runs.filter((run) => run.phase !== 'done').length;
  if (knocking > 0) return 'Sallyport: knocking';
  if (grants.length === 0) return 'Sallyport';
  const names = grants.map((grant) => profiles.find(({ id }) => id === grant.profileId)?.name ?? 'a host');
  return `Sallyport: open ${names.join(', ')}`;
}

export function trayMood({ runs, grants }: TrayState): 'idle' | 'open' | 'failed' {
  if (grants.length > 0) return 'open';
  const newest = runs.reduce<RunView | null>(
    (latest, run) => (latest === null || run.startedAt > latest.startedAt ? run : latest),
    null,
  );
  if (newest?.problem?.code === 'cancelled') return 'idle';
  return newest?.verdict === 'error' || newest?.verdict === 'no-effect' ? 'failed' : 'idle';
}

function hostItem(profile: Profile, state: TrayState, actions: TrayActions): TrayItem {
  const busy = state.runs.some((run) => run.profileId === profile.id && run.phase !== 'done');
  const knock = { label: 'Knock', enabled: !busy, click: () => actions.knock(profile) };
  const connect = {
    label: menuText(knockLabel(profile.after)),
    enabled: !busy,
    click: () => actions.connect(profile),
  };
  const setUp = { label: 'Set up my server…', click: () => actions.setUp(profile) };
  return {
    label: menuText(busy ? `${profile.name} (knocking)` : profile.name),
    submenu: [knock, ...(profile.after.kind === 'nothing' ? [] : [connect]), SEPARATOR, setUp],
  };
}

function openItem(grant: GrantView, { profiles, now }: TrayState): TrayItem[] {
  const profile = profiles.find(({ id }) => id === grant.profileId);
  if (profile === undefined) return [];
  const until = new Date(grant.until).toTimeString().slice(0, 8);
  const seconds = Math.max(0, Math.round((grant.until - now) / 1000));
  return [{ label: menuText(`${profile.name}: open for ${seconds} s, until ${until}`), enabled: false }];
}

/** A single ampersand would underline the letter after it. */
function menuText(text: string): string {
  return text.replaceAll('&', '&&');
}
