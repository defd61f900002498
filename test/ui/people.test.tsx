// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import { openApp, type OpenApp } from './open-app';
import { personKeyView } from './scenes/people';
import { fixed, idOf, rotating } from './scenes/profiles';

async function open(profile = rotating(1)): Promise<OpenApp> {
  const app = await openApp({ profiles: [profile] });
  await app.user.click(screen.getByRole('button', { name: 'More actions' }));
  await app.user.click(await screen.findByRole('menuitem', { name: 'People and phones…' }));
  return app;
}
const give = () => within(screen.getByRole('region', { name: 'Give a key' }));
const takeBack = () => within(screen.getByRole('region', { name: 'Take a key back' }));

describe('People and phones', () => {
  it('asks main for a key by a name, to show or to save, and says nothing is wrong when declined', async () => {
    const { user, calls } = await open();
    calls.makePersonKey.handle(() => fail('cancelled', 'No key was made.'));
    await user.type(screen.getByRole('textbox', { name: 'Person or phone' }), 'bob');
    await user.click(give().getByRole('button', { name: 'Show QR code…' }));
    await user.click(screen.getByRole('checkbox', { name: /Exchange/ }));
    await user.clear(screen.getByRole('textbox', { name: 'Door' }));
    await user.type(screen.getByRole('textbox', { name: 'Door' }), 'web');
    await user.click(give().getByRole('button', { name: 'Save page…' }));
    await user.click(screen.getByRole('button', { name: 'Save recovery key…' }));
    const head = { id: idOf(1), paper: false, replace: false };
    expect(calls.makePersonKey.seen).toEqual([
      { ...head, user: 'bob', door: 'ssh', how: 'show' },
      { ...head, user: 'bob', door: 'web', replace: true, how: 'save' },
      { ...head, user: 'recovery', door: 'web', replace: true, paper: true, how: 'save' },
    ]);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('refuses a name that the server would not take, beside the field', async () => {
    const { user, calls } = await open();
    await user.click(give().getByRole('button', { name: 'Show QR code…' }));
    expect(give().getByText(/1 to 48 letters/)).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: 'Person or phone' }), 'bob smith');
    await user.click(give().getByRole('button', { name: 'Show QR code…' }));
    await user.click(takeBack().getByRole('button', { name: 'Revoke over SSH…' }));
    await user.click(takeBack().getByRole('button', { name: 'Copy command' }));
    expect(takeBack().getByText(/1 to 48 letters/)).toBeTruthy();
    expect([calls.makePersonKey.seen, calls.revokePerson.seen, calls.copyRevocation.seen]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('says of a key on its way what the server knows, until it is put away', async () => {
    const { user, calls, tell } = await open();
    const key = personKeyView();
    tell('personKeyChanged', { profileId: idOf(1), key });
    expect(screen.getByText(/until then it opens nothing/)).toBeTruthy();
    calls.putPersonKeyOnServer.handle(() => fail('no-terminal', 'No terminal was found.'));
    await user.click(screen.getByRole('button', { name: 'Add over SSH' }));
    expect(screen.getByRole('alert').textContent).toContain('No terminal was found.');
    calls.putPersonKeyOnServer.answer(null);
    await user.click(screen.getByRole('button', { name: 'Add over SSH' }));
    tell('personKeyChanged', { profileId: idOf(1), key: { ...key, server: 'started' } });
    expect(screen.getByText(/Your terminal has it now/)).toBeTruthy();
    tell('personKeyChanged', { profileId: idOf(1), key: { ...key, server: 'refused' } });
    expect(screen.getByText(/did not take it; the terminal says why/)).toBeTruthy();
    tell('personKeyChanged', { profileId: idOf(1), key: { ...key, server: 'added' } });
    expect(screen.getByText('web1.example.org has taken it.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Add over SSH' })).toBeNull();
    calls.dropPersonKey.handle(() => {
      tell('personKeyChanged', { profileId: idOf(1), key: null });
      return ok(null);
    });
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(screen.getByRole('region', { name: 'Give a key' })).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
  });

  it('finds a key that was left on its way, and copies its command', async () => {
    const { user, calls } = await open();
    calls.personKey.answer(personKeyView({ paper: true, user: 'recovery', saved: '/home/ada/r.html' }));
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    await user.click(await screen.findByRole('menuitem', { name: 'People and phones…' }));
    const shown = within(await screen.findByRole('region', { name: 'The recovery key' }));
    expect(shown.getByText('/home/ada/r.html')).toBeTruthy();
    expect(shown.queryByRole('button', { name: 'Show QR code…' })).toBeNull();
    calls.copyPersonCommand.answer(null);
    await user.click(shown.getByRole('button', { name: 'Copy command' }));
    expect(calls.copyPersonCommand.seen).toEqual([{ id: idOf(1) }]);
    expect(await screen.findByText('The command is on the clipboard. The key is not in it.')).toBeTruthy();
  });

  it('takes a key back in the terminal or by a command, and lists who has one', async () => {
    const { user, calls } = await open();
    calls.revokePerson.answer(null);
    calls.copyRevocation.answer(null);
    calls.listPeople.answer(null);
    await user.type(screen.getByRole('textbox', { name: 'Whose key' }), 'bob');
    await user.click(takeBack().getByRole('button', { name: 'Revoke over SSH…' }));
    expect(takeBack().getByText(/says what the server did/)).toBeTruthy();
    await user.click(takeBack().getByRole('button', { name: 'Copy command' }));
    await user.click(takeBack().getByRole('button', { name: 'Who has a key?' }));
    expect(takeBack().getByText('Your terminal shows the list.')).toBeTruthy();
    const person = { id: idOf(1), user: 'bob' };
    expect([calls.revokePerson.seen, calls.copyRevocation.seen]).toEqual([[person], [person]]);
    expect(calls.listPeople.seen).toEqual([{ id: idOf(1) }]);
  });

  it('says why a fixed sequence is nobody’s own, and still takes keys back', async () => {
    await open(fixed(1));
    expect(give().getByText(/knocks with a fixed sequence/)).toBeTruthy();
    expect(give().queryByRole('button')).toBeNull();
    expect(takeBack().getByRole('button', { name: 'Revoke over SSH…' })).toBeTruthy();
  });

  it('is walked and left by the keyboard alone', async () => {
    const { user, calls } = await open();
    calls.makePersonKey.answer(null);
    await user.click(screen.getByRole('textbox', { name: 'Person or phone' }));
    await user.keyboard('bob{Tab}{Tab}{Tab}');
    expect(document.activeElement?.textContent).toBe('Show QR code…');
    await user.keyboard('{Enter}{Tab}');
    expect(calls.makePersonKey.seen).toMatchObject([{ user: 'bob', how: 'show' }]);
    expect(document.activeElement?.textContent).toBe('Save page…');
    await user.keyboard('{Escape}');
    expect(screen.getByRole('heading', { level: 1, name: 'web1' })).toBeTruthy();
  });
});
