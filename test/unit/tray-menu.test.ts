import { describe, expect, it, vi } from 'vitest';
import {
  trayMenu,
  trayMood,
  trayTooltip,
  type TrayActions,
  type TrayItem,
  type TrayState,
} from '../../electron/main/tray-menu';
import type { Profile } from '../../shared/profile/profile';
import type { RunView } from '../../shared/contract/views';
import { START } from '../fakes/fake-clock';
import { rotatingProfile, staticProfile } from '../fakes/sample-profiles';

const run = (more: Partial<RunView>): RunView =>
  ({ profileId: staticProfile().id, phase: 'done', verdict: 'opened', startedAt: START, ...more }) as RunView;
const state = (more: Partial<TrayState> = {}): TrayState => ({
  profiles: [],
  runs: [],
  grants: [],
  now: START,
  ...more,
});
const actions = {
  knock: vi.fn<TrayActions['knock']>(),
  connect: vi.fn<TrayActions['connect']>(),
  setUp: vi.fn<TrayActions['setUp']>(),
  show: vi.fn<TrayActions['show']>(),
  quit: vi.fn<TrayActions['quit']>(),
};
const labels = (items: readonly TrayItem[] = []) => items.map(({ type, label }) => type ?? label);
const grant = { profileId: staticProfile().id, address: '203.0.113.7', port: 22, until: START + 21_400 };

describe('the tray menu', () => {
  it('says that there is nothing yet', () => {
    const items = trayMenu(state(), actions);
    expect(labels(items)).toEqual(['No hosts yet', 'separator', 'Open Sallyport', 'Quit Sallyport']);
    expect(items[0]?.enabled).toBe(false);
    items.at(-1)?.click?.();
    items.at(-2)?.click?.();
    expect([actions.quit.mock.calls.length, actions.show.mock.calls.length]).toEqual([1, 1]);
  });

  it('puts favourites first, the others below', () => {
    const [first, second] = [staticProfile({ favourite: true }), rotatingProfile()];
    const items = trayMenu(state({ profiles: [second, first] }), actions);
    expect(labels(items).slice(0, 2)).toEqual(['web1', 'Other hosts']);
    expect(labels(items[1]?.submenu)).toEqual(['web2']);
    expect(labels(trayMenu(state({ profiles: [second] }), actions))[0]).toBe('Hosts');
    const [knock, connect] = items[0]?.submenu ?? [];
    expect([knock?.label, connect?.label]).toEqual(['Knock', 'Knock && Connect']);
    knock?.click?.();
    connect?.click?.();
    items[0]?.submenu?.at(-1)?.click?.();
    expect(actions.setUp.mock.calls).toEqual([[first]]);
    expect([actions.knock.mock.calls, actions.connect.mock.calls]).toEqual([[[first]], [[first]]]);
  });

  it('has a submenu for each group, in the order of the list in the window', () => {
    const host = (name: string, more: Partial<Profile> = {}) =>
      staticProfile({ id: crypto.randomUUID(), name, ...more });
    const profiles = [
      host('web10', { group: 'R&D' }),
      host('web9', { group: 'R&D' }),
      host('best', { group: 'R&D', favourite: true }),
      host('db', { group: 'back end' }),
      host('alone'),
    ];
    const items = trayMenu(state({ profiles }), actions);
    expect(labels(items).slice(0, 5)).toEqual(['best', 'back end', 'R&&D', 'Other hosts', 'separator']);
    expect(items.slice(1, 4).map(({ submenu }) => labels(submenu))).toEqual([
      ['db'],
      ['web9', 'web10'],
      ['alone'],
    ]);
    items[1]?.submenu?.[0]?.submenu?.[0]?.click?.();
    expect(actions.knock.mock.lastCall).toEqual([profiles[3]]);
  });

  it('has 50 hosts at most in one submenu, and a way to all of them', () => {
    const many = (count: number, more: (index: number) => Partial<Profile>) =>
      Array.from({ length: count }, (_, index) =>
        staticProfile({ id: crypto.randomUUID(), name: `host ${index}`, ...more(index) }),
      );
    const most = (items: readonly TrayItem[]): number =>
      Math.max(items.length, ...items.map(({ submenu }) => most(submenu ?? [])));
    const longest = (more: (index: number) => Partial<Profile>) =>
      most(trayMenu(state({ profiles: many(2000, more) }), actions));
    const [hosts] = trayMenu(state({ profiles: many(51, () => ({})) }), actions);
    expect(labels(hosts?.submenu).slice(-3)).toEqual(['host 49', 'separator', 'Open Sallyport for all 51']);
    actions.show.mockClear();
    hosts?.submenu?.at(-1)?.click?.();
    expect(actions.show).toHaveBeenCalledOnce();
    const [fits] = trayMenu(state({ profiles: many(50, () => ({})) }), actions);
    expect(labels(fits?.submenu).slice(-1)).toEqual(['host 49']);
    expect(longest(() => ({}))).toBe(52);
    expect(longest((index) => ({ group: `group ${index % 3}` }))).toBe(52);
    // Beside them: a separator and the two last lines.
    expect(longest((index) => ({ group: `group ${index}` }))).toBe(55);
    expect(longest(() => ({ favourite: true }))).toBe(55);
  });

  it('names the second way by what follows the knock, and leaves it out when nothing does', () => {
    const SET_UP = ['separator', 'Set up my server…'];
    const shown = (after: Profile['after']) =>
      labels(trayMenu(state({ profiles: [staticProfile({ favourite: true, after })] }), actions)[0]?.submenu);
    expect(shown({ kind: 'url', url: 'https://web1/' })).toEqual(['Knock', 'Knock && Open', ...SET_UP]);
    expect(shown({ kind: 'program', argv: ['viewer'] })).toEqual(['Knock', 'Knock && Run', ...SET_UP]);
    expect(shown({ kind: 'nothing' })).toEqual(['Knock', ...SET_UP]);
  });

  it('offers no second knock while one is under way', () => {
    const profiles = [staticProfile({ favourite: true })];
    const [item] = trayMenu(state({ profiles, runs: [run({ phase: 'sending' })] }), actions);
    expect(item?.label).toBe('web1 (knocking)');
    expect(item?.submenu?.slice(0, 2).map(({ enabled }) => enabled)).toEqual([false, false]);
  });

  it('shows every ampersand of a name', () => {
    const profiles = [staticProfile({ name: 'R&D && me', favourite: true })];
    const items = trayMenu(state({ profiles, grants: [grant] }), actions);
    expect(items[0]?.label).toBe('R&&D &&&& me');
    expect(items.find(({ label }) => label?.includes('open for'))?.label).toMatch(
      /^R&&D &&&& me: open for 21 s, until \d\d:\d\d:\d\d$/,
    );
  });

  it('leaves out a grant whose profile is gone', () => {
    expect(labels(trayMenu(state({ grants: [grant] }), actions)).join()).not.toContain('open for');
  });
});

describe('the tray’s one line and icon', () => {
  const profiles = [staticProfile()];
  it.each<[Partial<TrayState>, string, string]>([
    [{}, 'Sallyport', 'idle'],
    [{ profiles, grants: [grant] }, 'Sallyport: open web1', 'open'],
    [{ grants: [grant] }, 'Sallyport: open a host', 'open'],
    [{ runs: [run({ phase: 'probing', verdict: null })] }, 'Sallyport: knocking', 'idle'],
    [{ runs: [run({ verdict: 'no-effect' })] }, 'Sallyport', 'failed'],
    [{ runs: [run({ verdict: 'error' })] }, 'Sallyport', 'failed'],
    [{ runs: [run({ verdict: 'error' }), run({ startedAt: START + 1 })] }, 'Sallyport', 'idle'],
    [{ runs: [run({ verdict: 'closed' })] }, 'Sallyport', 'idle'],
  ])('of %o are %s and %s', (more, tooltip, mood) => {
    expect([trayTooltip(state(more)), trayMood(state(more))]).toEqual([tooltip, mood]);
  });

  it('do not turn red because the person cancelled', () => {
    const cancelled = run({ verdict: 'error', problem: { code: 'cancelled', message: '' } });
    expect(trayMood(state({ runs: [cancelled] }))).toBe('idle');
  });
});
