/** What the tray offers, as data: favourites first, then everything, then the doors that are open. Pure. */
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

export function trayMenu(state: TrayState, actions: TrayActions): TrayItem[] {
  const favourites = state.profiles.filter((profile) => profile.favourite);
  const others = state.profiles.filter((profile) => !profile.favourite);
  const items = favourites.map((profile) => hostItem(profile, state, actions));
  if (others.length > 0) {
    const all = others.map((profile) => hostItem(profile, state, actions));
    items.push({ label: favourites.length > 0 ? 'Other hosts' : 'Hosts', submenu: all });
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
