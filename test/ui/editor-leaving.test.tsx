// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openApp, type OpenApp } from './open-app';
import { rotating } from './scenes/profiles';

const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name });

async function edit(profile: ReturnType<typeof rotating>): Promise<OpenApp> {
  const app = await openApp({ profiles: [profile, rotating(9)] });
  await app.user.keyboard('{Control>}e{/Control}');
  return app;
}

describe('leaving an editor', () => {
  it('with changes is asked about, and can be taken back or gone through with', async () => {
    const app = await edit(rotating(1));
    await app.user.type(field('Name'), '-new');
    await app.user.click(screen.getByRole('option', { name: /^web9/ }));
    const question = screen.getByRole('alertdialog', { name: 'Unsaved changes' });
    expect(within(question).getByRole('button', { name: 'Keep editing' }) === document.activeElement).toBe(
      true,
    );
    await app.user.keyboard('{Enter}');
    expect(field('Name').value).toBe('web1-new');
    await app.user.click(screen.getByRole('button', { name: 'Settings' }));
    await app.user.click(screen.getByRole('button', { name: 'Discard changes' }));
    expect(screen.getByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy();
    expect(app.calls.updateProfile.seen).toEqual([]);
  });

  it('without changes is not', async () => {
    const app = await edit(rotating(1));
    await app.user.click(screen.getByRole('option', { name: /^web9/ }));
    expect(screen.getByRole('heading', { level: 1, name: 'web9' })).toBeTruthy();
    await app.user.keyboard('{Control>}e{/Control}{Escape}');
    await waitFor(() => expect(screen.queryByRole('form')).toBeNull());
  });

  it('by Esc is asked about while there is something to lose, and goes on where it was', async () => {
    const app = await edit(rotating(1));
    await app.user.type(field('Name'), '-new{Escape}');
    expect(screen.getByRole('alertdialog', { name: 'Unsaved changes' })).toBeTruthy();
    await app.user.keyboard('{Escape}');
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(field('Name') === document.activeElement).toBe(true);
    expect(field('Name').value).toBe('web1-new');
    await app.user.keyboard('{Escape}{Tab}{Enter}');
    expect(screen.getByRole('heading', { level: 1, name: 'web1' })).toBeTruthy();
  });

  it('by Cancel does not ask', async () => {
    const app = await edit(rotating(1));
    await app.user.type(field('Name'), '-new');
    await app.user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByRole('heading', { level: 1, name: 'web1' })).toBeTruthy();
  });
});
