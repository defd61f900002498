// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { AfterKnock } from '../../shared/profile/after';
import { openApp, type OpenApp } from './open-app';
import { rotating } from './scenes/profiles';

const save = (app: OpenApp) => app.user.click(screen.getByRole('button', { name: 'Save' }));
const choose = (app: OpenApp, name: string) => app.user.click(screen.getByRole('radio', { name }));

async function edit(after: AfterKnock, more = {}): Promise<OpenApp> {
  const profile = rotating(1, { after, ...more });
  const app = await openApp({ profiles: [profile] });
  app.calls.updateProfile.answer(profile);
  await app.user.keyboard('{Control>}e{/Control}');
  return app;
}

async function paste(app: OpenApp, name: string, text: string): Promise<void> {
  const input = screen.getByRole('textbox', { name });
  await app.user.clear(input);
  await app.user.click(input);
  await app.user.paste(text);
}

describe('what follows a knock', () => {
  it('may be a page', async () => {
    const app = await edit({ kind: 'terminal' });
    await choose(app, 'Open a page');
    await paste(app, 'Page', 'file:///etc/passwd');
    await save(app);
    expect(screen.getByText('Only https, http, vnc, rdp, sftp are opened.')).toBeTruthy();
    expect(document.activeElement === screen.getByRole('textbox', { name: 'Page' })).toBe(true);
    expect(app.calls.updateProfile.seen).toEqual([]);
    await paste(app, 'Page', ' https://web1.example.org/admin ');
    await save(app);
    expect(app.calls.updateProfile.seen[0]?.draft.after).toEqual({
      kind: 'url',
      url: 'https://web1.example.org/admin',
    });
  });

  it('may be a program, each argument as it is typed', async () => {
    const app = await edit({ kind: 'program', argv: ['viewer', '--full'] });
    await paste(app, 'Argument 1', '{hots}');
    await save(app);
    expect(
      screen.getByText('There is no {hots}; there are {host}, {address}, {port} and {user}.'),
    ).toBeTruthy();
    expect(document.activeElement === screen.getByRole('textbox', { name: 'Argument 1' })).toBe(true);
    await paste(app, 'Argument 1', '--to={host}:{port}');
    await app.user.click(screen.getByRole('button', { name: 'Add argument' }));
    await paste(app, 'Argument 2', 'a "b" c');
    await save(app);
    expect(app.calls.updateProfile.seen[0]?.draft.after).toEqual({
      kind: 'program',
      argv: ['viewer', '--to={host}:{port}', 'a "b" c'],
    });
  });

  it('needs a user where a program asks for one', async () => {
    const app = await edit({ kind: 'program', argv: ['viewer', '{user}'] }, { user: null });
    await paste(app, 'Name', 'web1');
    await save(app);
    expect(screen.getByText('The profile has no user to put in place of {user}.')).toBeTruthy();
    expect(app.calls.updateProfile.seen).toEqual([]);
  });

  it('keeps nothing of a program when there is none', async () => {
    const app = await edit({ kind: 'program', argv: ['', '{hots}'] });
    await choose(app, 'Nothing');
    await save(app);
    expect(app.calls.updateProfile.seen[0]?.draft.after).toEqual({ kind: 'nothing' });
  });
});

describe('the primary action', () => {
  it.each<[AfterKnock, string]>([
    [{ kind: 'terminal' }, 'Knock & Connect'],
    [{ kind: 'url', url: 'https://web1/' }, 'Knock & Open'],
    [{ kind: 'program', argv: ['viewer'] }, 'Knock & Run'],
  ])('is named by what follows: %o', async (after, name) => {
    const app = await openApp({ profiles: [rotating(1, { after })] });
    app.calls.connect.ignore();
    await app.user.click(screen.getByRole('button', { name: new RegExp(`^${name}`) }));
    expect(app.calls.connect.seen).toHaveLength(1);
    expect(screen.getByRole('button', { name: 'Knock' })).toBeTruthy();
  });

  it('is the only one where nothing follows', async () => {
    await openApp({ profiles: [rotating(1, { after: { kind: 'nothing' } })] });
    expect(screen.getAllByRole('button', { name: /^Knock/ })).toHaveLength(1);
  });
});
