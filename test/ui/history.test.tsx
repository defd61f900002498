// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail } from '../../shared/contract/result';
import { openApp } from './open-app';
import { failures, history } from './scenes/histories';
import { idOf, rotating } from './scenes/profiles';

const section = () => screen.getByRole('region', { name: 'History' });
const rows = () => within(within(section()).getByRole('table')).getAllByRole('row').slice(1);

async function openHistory(count = 50) {
  const app = await openApp({ profiles: [rotating(1), rotating(2)] });
  if (count > 0) app.tell('historyChanged', { profileId: idOf(1), runs: history().slice(0, count) });
  const press = (name: string) => app.user.click(within(section()).getByRole('button', { name }));
  return { ...app, press };
}

describe('the history', () => {
  it('says that there is none, and offers nothing to do with it', async () => {
    const { calls } = await openHistory(0);
    expect(section().textContent).toContain('No knocks yet');
    expect(within(section()).queryByRole('button')).toBeNull();
    expect(calls.runHistory.seen).toEqual([{ id: idOf(1) }]);
  });

  it('shows the newest first, all of it on request, and stays current', async () => {
    const { press, tell } = await openHistory();
    expect(rows()).toHaveLength(8);
    expect(rows()[0]?.textContent).toContain('Opened');
    expect(rows()[1]?.textContent).toContain('No effect, try 2');
    expect(rows()[4]?.textContent).toContain('Error: unresolvable');
    await press('Show all 50');
    expect(rows()).toHaveLength(50);
    tell('historyChanged', { profileId: idOf(1), runs: history().slice(1, 3) });
    expect(rows()).toHaveLength(2);
    tell('historyChanged', { profileId: idOf(1), runs: failures().slice(0, 2) });
    expect(rows()[0]?.textContent).toContain('Error: keychain missing');
    tell('historyChanged', { profileId: idOf(2), runs: [] });
    expect(rows()).toHaveLength(2);
  });

  it('is cleared with a way back', async () => {
    const { press, calls, tell, user } = await openHistory(3);
    calls.clearHistory.answer(null);
    calls.restoreHistory.answer(null);
    await press('Clear');
    expect(calls.clearHistory.seen).toEqual([{ id: idOf(1) }]);
    tell('historyChanged', { profileId: idOf(1), runs: [] });
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(calls.restoreHistory.seen).toEqual([{ id: idOf(1) }]);
  });

  it('is saved and copied by main, which says what failed', async () => {
    const { press, calls } = await openHistory(3);
    calls.exportHistory.answer({ path: '/home/ops/h.json' });
    await press('Export…');
    expect(await screen.findByText(/saved as \/home\/ops\/h\.json/)).toBeTruthy();
    calls.copyDiagnostics.answer(null);
    await press('Copy diagnostics');
    expect(await screen.findByText(/on the clipboard/)).toBeTruthy();
    calls.exportHistory.handle(() => fail('storage', 'The file could not be written.'));
    await press('Export…');
    expect(await screen.findByText('The file could not be written.')).toBeTruthy();
  });
});
