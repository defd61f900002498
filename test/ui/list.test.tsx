// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok } from '../../shared/contract/result';
import { openApp } from './open-app';
import { fixed, fleet, idOf, rotating } from './scenes/profiles';
import { grant, noEffect, opened, sending } from './scenes/runs';

const profiles = [
  rotating(1, { favourite: true, group: 'Production' }),
  fixed(2, { group: 'Production' }),
  rotating(3, { group: 'Lab' }),
  rotating(10),
  rotating(9, { name: 'Älteste Kiste', user: null }),
];

function names(): string[] {
  return screen.getAllByRole('option').map((option) => option.title.split('\n')[0] ?? '');
}

function chosen(): string {
  return screen.getByRole('option', { selected: true }).title.split('\n')[0] ?? '';
}

describe('the list', () => {
  it('puts favourites first, then groups by name, then the rest, each by name', async () => {
    await openApp({ profiles });
    expect(names()).toEqual(['web1', 'web3', 'db2', 'Älteste Kiste', 'web10']);
    const titles = screen.getAllByRole('group').map((group) => group.getAttribute('aria-labelledby'));
    expect(titles.map((id) => document.getElementById(id ?? '')?.textContent)).toEqual([
      '★ Favourites',
      'Lab',
      'Production',
      'No group',
    ]);
  });

  it('has no headings when there is nothing to tell apart', async () => {
    await openApp({ profiles: [rotating(2), rotating(10)] });
    expect(names()).toEqual(['web2', 'web10']);
    expect(screen.queryByText('No group')).toBeNull();
  });

  it('says the state of each host in words', async () => {
    const now = Date.now();
    const runs = [opened(1), noEffect(3), sending(10)];
    await openApp({ profiles, runs, grants: [grant(1, { until: now + 60_000 })] });
    expect(screen.getByRole('option', { name: /^web1 open [01]:[0-9]{2}$/ })).toBeTruthy();
    expect(screen.getByRole('option', { name: 'web3 no effect' })).toBeTruthy();
    expect(screen.getByRole('option', { name: 'web10 knocking' })).toBeTruthy();
    expect(screen.getByRole('option', { name: 'db2 idle, static' })).toBeTruthy();
  });

  it('follows main when a profile is added, changed or gone', async () => {
    const { tell } = await openApp({ profiles });
    tell('profilesChanged', [rotating(7, { name: 'new' })]);
    expect(names()).toEqual(['new']);
    tell('profilesChanged', []);
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Knock, and see that the door opened');
  });
});

describe('search', () => {
  it('finds every word anywhere in name, host, user and group, without accents or case', async () => {
    const { user } = await openApp({ profiles });
    const field = screen.getByRole('searchbox', { name: 'Search profiles' });
    await user.type(field, 'OPS prod');
    expect(names()).toEqual(['web1', 'db2']);
    await user.clear(field);
    await user.type(field, 'alteste');
    expect(names()).toEqual(['Älteste Kiste']);
    await user.clear(field);
    await user.type(field, 'nowhere');
    expect(screen.queryAllByRole('option')).toEqual([]);
    expect(screen.getByText('No profile matches "nowhere". Esc clears the search.')).toBeTruthy();
    await user.keyboard('{Escape}');
    expect(names()).toHaveLength(5);
  });

  it('is reached by Ctrl K, and Enter goes on to the first match without knocking', async () => {
    const { user, calls } = await openApp({ profiles });
    await user.keyboard('{Control>}k{/Control}');
    expect(document.activeElement).toBe(screen.getByRole('searchbox'));
    await user.keyboard('db{Enter}');
    expect(document.activeElement).toBe(screen.getByRole('listbox', { name: 'Profiles' }));
    expect(chosen()).toBe('db2');
    expect(screen.getByRole('heading', { level: 1, name: 'db2' })).toBeTruthy();
    expect(calls.connect.seen).toEqual([]);
  });

  it('listens to ⌘ instead of Ctrl on a Mac', async () => {
    const { user } = await openApp({ profiles, platform: 'mac' });
    await user.keyboard('{Control>}k{/Control}');
    expect(document.activeElement).not.toBe(screen.getByRole('searchbox'));
    await user.keyboard('{Meta>}k{/Meta}');
    expect(document.activeElement).toBe(screen.getByRole('searchbox'));
  });
});

describe('keys in the list', () => {
  it('walk it with the arrows, Home and End, and stop at its ends', async () => {
    const { user } = await openApp({ profiles });
    screen.getByRole('listbox').focus();
    const walked: string[] = [];
    for (const key of ['ArrowUp', 'ArrowDown', 'ArrowDown', 'End', 'ArrowDown', 'Home']) {
      await user.keyboard(`{${key}}`);
      walked.push(chosen());
    }
    expect(walked).toEqual(['web1', 'web3', 'db2', 'web10', 'web10', 'web1']);
    const active = screen.getByRole('listbox').getAttribute('aria-activedescendant');
    expect(document.getElementById(active ?? '')?.title).toContain('web1');
  });

  it('knock and connect on Enter, knock alone on Shift Enter', async () => {
    const { user, calls } = await openApp({ profiles });
    calls.connect.ignore();
    calls.knock.ignore();
    screen.getByRole('listbox').focus();
    await user.keyboard('{ArrowDown}{Enter}');
    await user.keyboard('{Shift>}{Enter}{/Shift}');
    expect(calls.connect.seen).toEqual([{ id: idOf(3) }]);
    expect(calls.knock.seen).toEqual([{ id: idOf(3), action: 'open' }]);
  });

  it('do not knock a second time while a run goes on, nor when the key is held down', async () => {
    const { calls } = await openApp({ profiles, runs: [sending(1)] });
    calls.connect.ignore();
    const list = screen.getByRole('listbox');
    fireEvent.keyDown(list, { key: 'Enter' });
    fireEvent.keyDown(list, { key: 'ArrowDown' });
    fireEvent.keyDown(list, { key: 'Enter', repeat: true });
    expect(calls.connect.seen).toEqual([]);
    fireEvent.keyDown(list, { key: 'Enter' });
    expect(calls.connect.seen).toEqual([{ id: idOf(3) }]);
  });
});

describe('a host', () => {
  it('is shown when main asks for it, whatever is on the screen', async () => {
    const { user, tell } = await openApp({ profiles: fleet() });
    await user.click(screen.getByRole('button', { name: 'Settings' }));
    tell('profileAsked', { id: idOf(20) });
    expect(screen.getByRole('heading', { level: 1, name: 'web20' })).toBeTruthy();
    expect(chosen()).toBe('web20');
  });

  it('becomes a favourite and stops being one', async () => {
    const { user, calls } = await openApp({ profiles });
    calls.setFavourite.handle(({ id, favourite }) => ok({ ...profiles[0]!, id, favourite }));
    const star = screen.getByRole('button', { name: 'Favourite', pressed: true });
    await user.click(star);
    expect(calls.setFavourite.seen).toEqual([{ id: idOf(1), favourite: false }]);
    expect(await screen.findByRole('button', { name: 'Favourite', pressed: false })).toBeTruthy();
    expect(within(screen.getByRole('listbox')).queryByText('Favourites')).toBeNull();
  });
});
