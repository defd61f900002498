// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import { openApp, type OpenApp } from './open-app';
import { idOf, rotating } from './scenes/profiles';

const profiles = [rotating(1), rotating(2), rotating(3)];

async function choose({ user }: OpenApp, item: string): Promise<void> {
  await user.click(screen.getByRole('button', { name: 'More actions' }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

function names(): string[] {
  return screen.getAllByRole('option').map((option) => option.title.split('\n')[0] ?? '');
}

describe('removing', () => {
  it('shows the next host, and Undo brings the removed one back', async () => {
    const app = await openApp({ profiles });
    app.calls.removeProfile.answer(null);
    app.calls.restoreProfile.handle(({ id }) => ok({ ...profiles[0]!, id }));
    await choose(app, 'Remove');
    expect(app.calls.removeProfile.seen).toEqual([{ id: idOf(1) }]);
    expect(names()).toEqual(['web2', 'web3']);
    expect(screen.getByRole('heading', { level: 1, name: 'web2' })).toBeTruthy();
    await app.user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(app.calls.restoreProfile.seen).toEqual([{ id: idOf(1) }]);
    expect(await screen.findByRole('heading', { level: 1, name: 'web1' })).toBeTruthy();
    expect(names()).toEqual(['web1', 'web2', 'web3']);
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
  });

  it('of several is taken back one by one by Ctrl Z, the last first', async () => {
    const app = await openApp({ profiles });
    app.calls.removeProfile.answer(null);
    app.calls.restoreProfile.handle(({ id }) => ok(profiles.find((profile) => profile.id === id)!));
    await choose(app, 'Remove');
    await choose(app, 'Remove');
    expect(names()).toEqual(['web3']);
    await app.user.keyboard('{Control>}zz{/Control}');
    await screen.findByRole('option', { name: /^web1/ });
    expect(app.calls.restoreProfile.seen).toEqual([{ id: idOf(2) }, { id: idOf(1) }]);
    await app.user.keyboard('{Control>}z{/Control}');
    await app.user.click(screen.getAllByRole('button', { name: 'Undo' })[0]!);
    expect(app.calls.restoreProfile.seen).toHaveLength(2);
  });

  it('leaves Ctrl Z to a text field that has the focus', async () => {
    const app = await openApp({ profiles });
    app.calls.removeProfile.answer(null);
    await choose(app, 'Remove');
    await app.user.click(screen.getByRole('searchbox'));
    await app.user.keyboard('{Control>}z{/Control}');
    expect(app.calls.restoreProfile.seen).toEqual([]);
  });

  it('that fails leaves the host where it is and says so', async () => {
    const app = await openApp({ profiles });
    app.calls.removeProfile.handle(() => fail('storage', 'profiles.json could not be written.'));
    await choose(app, 'Remove');
    expect((await screen.findByRole('alert')).textContent).toContain('could not be written');
    expect(names()).toHaveLength(3);
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
  });

  it('the last one leads back to the first screen', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    app.calls.removeProfile.answer(null);
    await choose(app, 'Remove');
    const welcome = await screen.findByRole('region', { name: 'Welcome' });
    expect(within(welcome).getByRole('button', { name: 'Add a host' })).toBeTruthy();
  });
});

describe('the menu', () => {
  it('duplicates and opens the copy for editing', async () => {
    const app = await openApp({ profiles });
    app.calls.duplicateProfile.answer(rotating(4, { name: 'web1 copy' }));
    await choose(app, 'Duplicate');
    const form = await screen.findByRole('form', { name: 'Edit web1 copy' });
    expect(within(form).getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('web1 copy');
  });

  it('copies the ssh command and says so', async () => {
    const app = await openApp({ profiles });
    app.calls.copySshCommand.answer(null);
    await choose(app, 'Copy ssh command');
    expect(await screen.findByText('The ssh command is on the clipboard.')).toBeTruthy();
  });

  it('asks main to reveal, and shows nothing itself', async () => {
    const app = await openApp({ profiles });
    app.calls.revealSecret.answer({ shown: true });
    const before = screen.getByRole('article').textContent;
    await choose(app, 'Reveal secret…');
    expect(app.calls.revealSecret.seen).toEqual([{ id: idOf(1) }]);
    expect(screen.getByRole('article').textContent).toBe(before);
  });

  it('closes the door', async () => {
    const app = await openApp({ profiles });
    app.calls.knock.ignore();
    await choose(app, 'Close door');
    expect(app.calls.knock.seen).toEqual([{ id: idOf(1), action: 'close' }]);
  });

  it('is opened and walked by keyboard', async () => {
    const app = await openApp({ profiles });
    screen.getByRole('button', { name: 'More actions' }).focus();
    await app.user.keyboard('{Enter}');
    await screen.findByRole('menu');
    await app.user.keyboard('{ArrowDown}');
    expect(document.activeElement?.getAttribute('role')).toBe('menuitem');
  });
});
