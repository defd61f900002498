// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import type { Settings, Snapshot } from '../../shared/contract/views';
import { openApp, type OpenApp } from './open-app';
import { rotating } from './scenes/profiles';

async function openSettings(more: Partial<Snapshot> = {}): Promise<OpenApp> {
  const app = await openApp({ profiles: [rotating(1)], ...more });
  app.calls.saveSettings.handle((settings) => ok(settings));
  await app.user.keyboard('{Control>},{/Control}');
  return app;
}

const scheme = () => document.documentElement.dataset['mantineColorScheme'];

describe('the theme', () => {
  it('is saved and put on at once', async () => {
    const app = await openSettings();
    expect(scheme()).toBe('light');
    await app.user.click(screen.getByRole('radio', { name: 'Dark' }));
    expect(app.calls.saveSettings.seen).toEqual([
      { theme: 'dark', terminal: { kind: 'auto' }, clockServer: { kind: 'off' } },
    ]);
    await waitFor(() => expect(scheme()).toBe('dark'));
  });

  it('stays as it was when it could not be saved, and says why', async () => {
    const app = await openSettings();
    app.calls.saveSettings.handle(() => fail('storage', 'settings.json could not be written.'));
    await app.user.click(screen.getByRole('radio', { name: 'Dark' }));
    expect((await screen.findByRole('alert')).textContent).toContain('could not be written');
    expect(scheme()).toBe('light');
  });

  it('follows main', async () => {
    const app = await openSettings();
    app.tell('settingsChanged', { theme: 'dark', terminal: { kind: 'auto' }, clockServer: { kind: 'off' } });
    expect(scheme()).toBe('dark');
  });
});

describe('the terminal', () => {
  it('is a program and arguments, each kept as it is typed', async () => {
    const app = await openSettings();
    await app.user.click(screen.getByRole('radio', { name: 'Custom command' }));
    await app.user.click(screen.getByRole('textbox', { name: 'Program' }));
    await app.user.paste('/opt/my term');
    await app.user.click(screen.getByRole('button', { name: 'Add argument' }));
    await app.user.click(screen.getByRole('textbox', { name: 'Argument 1' }));
    await app.user.paste('--title="a b"; rm');
    await app.user.click(screen.getByRole('button', { name: 'Save terminal' }));
    const terminal: Settings['terminal'] = { kind: 'custom', argv: ['/opt/my term', '--title="a b"; rm'] };
    expect(app.calls.saveSettings.seen).toEqual([
      { theme: 'system', terminal, clockServer: { kind: 'off' } },
    ]);
    expect(await screen.findByText('Saved.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Save terminal' })).toBeNull();
  });

  it('is not saved without a program or with an empty argument', async () => {
    const app = await openSettings();
    await app.user.click(screen.getByRole('radio', { name: 'Custom command' }));
    await app.user.click(screen.getByRole('button', { name: 'Save terminal' }));
    expect(screen.getByText('Name the program to start.')).toBeTruthy();
    await app.user.click(screen.getByRole('textbox', { name: 'Program' }));
    await app.user.paste('foot');
    await app.user.click(screen.getByRole('button', { name: 'Add argument' }));
    await app.user.click(screen.getByRole('button', { name: 'Save terminal' }));
    expect(screen.getByText('An argument is not empty.')).toBeTruthy();
    expect(app.calls.saveSettings.seen).toEqual([]);
    await app.user.click(screen.getByRole('button', { name: 'Remove argument 1' }));
    await app.user.click(screen.getByRole('button', { name: 'Save terminal' }));
    expect(app.calls.saveSettings.seen).toHaveLength(1);
  });

  it('is saved before it is tested, and the test tells how it went', async () => {
    const argv = ['foot', '-e'];
    const app = await openSettings({
      settings: { theme: 'light', terminal: { kind: 'custom', argv }, clockServer: { kind: 'off' } },
    });
    app.calls.testTerminal.handle(() =>
      fail('not-found', 'There is no program "foot".', { hint: 'Install it.' }),
    );
    await app.user.click(screen.getByRole('button', { name: 'Test terminal' }));
    expect((await screen.findByRole('alert')).textContent).toContain(
      'There is no program "foot".Install it.',
    );
    expect(app.calls.saveSettings.seen).toEqual([]);
    app.calls.testTerminal.answer(null);
    await app.user.click(screen.getByRole('radio', { name: 'Find one' }));
    await app.user.click(screen.getByRole('button', { name: 'Save and test' }));
    expect(app.calls.saveSettings.seen).toEqual([
      { theme: 'light', terminal: { kind: 'auto' }, clockServer: { kind: 'off' } },
    ]);
    expect(await screen.findByText(/A terminal was started/)).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('health', () => {
  const secrets = {
    store: 'os',
    state: 'locked',
    detail: 'org.freedesktop.Secret.Error',
    hint: 'Unlock it.',
  } as const;
  const native = { icmp: true, rawTcp: false, hint: 'Install sallyport-send.' };

  it('is told in the footer, in words, and explained in the settings', async () => {
    await openSettings({ secrets, native });
    const footer = within(screen.getByRole('complementary', { name: 'Profiles' }));
    expect(footer.getByRole('button', { name: 'Keychain locked: needs attention' }).title).toContain(
      'Unlock it.',
    );
    expect(footer.getByRole('button', { name: 'No raw TCP: needs attention' })).toBeTruthy();
    const section = screen.getByRole('region', { name: 'Secrets and sockets' });
    expect(section.textContent).toContain('Unlock it.');
    expect(section.textContent).toContain('ICMP steps work, other TCP flags do not.');
    expect(section.textContent).toContain('Install sallyport-send.');
  });

  it('is looked at again when asked, and follows main', async () => {
    const app = await openSettings({ secrets, native });
    const fine = {
      secrets: { store: 'os', state: 'ok', detail: null, hint: null },
      native: { icmp: true, rawTcp: true, hint: null },
    } as const;
    app.calls.recheckHealth.answer(fine);
    await app.user.click(screen.getByRole('button', { name: 'Check again' }));
    expect(await screen.findByRole('button', { name: 'Keychain: working' })).toBeTruthy();
    app.tell('healthChanged', { ...fine, secrets: { ...secrets, store: 'session', state: 'ok' } });
    expect(screen.getByRole('button', { name: 'This run only: needs attention' })).toBeTruthy();
  });
});
