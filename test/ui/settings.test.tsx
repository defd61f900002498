// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import type { Snapshot } from '../../shared/contract/views';
import { openApp, type OpenApp } from './open-app';
import { idOf, rotating } from './scenes/profiles';
import { NO_TERMINAL, NOT_IN_SSH, NOT_RUN } from './scenes/terminals';

async function openSettings(more: Partial<Snapshot> = {}): Promise<OpenApp> {
  const app = await openApp({ profiles: [rotating(1)], ...more });
  app.calls.saveSettings.handle((settings) => ok(settings));
  await app.user.keyboard('{Control>},{/Control}');
  return app;
}

const OFF = { kind: 'off' } as const;
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
  const select = () => screen.getByRole<HTMLSelectElement>('combobox', { name: 'Start ssh in' });
  const offered = () => [...select().options].map(({ text }) => text);

  it('is one of those that were found', async () => {
    const app = await openSettings();
    await screen.findByText('/usr/bin/gnome-terminal');
    expect(offered()).toEqual(['Find one: GNOME Terminal', 'GNOME Terminal', 'kitty', 'Custom command']);
    await app.user.selectOptions(select(), 'kitty');
    expect(screen.getByText('/usr/bin/kitty')).toBeTruthy();
    await app.user.click(screen.getByRole('button', { name: 'Save terminal' }));
    expect(app.calls.saveSettings.seen).toEqual([
      { theme: 'system', terminal: { kind: 'known', id: 'kitty' }, clockServer: OFF },
    ]);
  });

  it('that was chosen and has gone is told of', async () => {
    await openSettings({
      settings: { theme: 'light', terminal: { kind: 'known', id: 'foot' }, clockServer: OFF },
    });
    await screen.findByRole('option', { name: 'kitty' });
    expect(offered()).toContain('foot: not installed any more');
    expect(select().value).toBe('foot');
  });

  it('is said to be missing, with what comes of that', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    app.calls.findTerminals.answer([]);
    await app.user.keyboard('{Control>},{/Control}');
    expect(await screen.findByText(/No terminal was found. Install one/)).toBeTruthy();
    expect(offered()[0]).toBe('Find one: none is installed');
  });

  it('is a program and arguments, each kept as it is typed', async () => {
    const app = await openSettings();
    await app.user.selectOptions(select(), 'Custom command');
    await app.user.click(screen.getByRole('textbox', { name: 'Program' }));
    await app.user.paste('/opt/my term');
    for (const [index, argument] of ['--title="a b"; rm', '{command}'].entries()) {
      await app.user.click(screen.getByRole('button', { name: 'Add argument' }));
      await app.user.click(screen.getByRole('textbox', { name: `Argument ${index + 1}` }));
      await app.user.paste(argument);
    }
    await app.user.click(screen.getByRole('button', { name: 'Save terminal' }));
    const argv = ['/opt/my term', '--title="a b"; rm', '{command}'];
    expect(app.calls.saveSettings.seen).toEqual([
      { theme: 'system', terminal: { kind: 'custom', argv }, clockServer: OFF },
    ]);
    expect(await screen.findByText('Saved.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Save terminal' })).toBeNull();
  });

  it('is not saved without a program or with an empty argument', async () => {
    const app = await openSettings();
    await app.user.selectOptions(select(), 'Custom command');
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
      settings: { theme: 'light', terminal: { kind: 'custom', argv }, clockServer: OFF },
    });
    app.calls.testTerminal.handle(() => ({ ok: false, error: NOT_RUN }));
    await app.user.click(screen.getByRole('button', { name: 'Test terminal' }));
    expect((await screen.findByRole('alert')).textContent).toContain('did not run the command.');
    expect(screen.getByText(/cannot open display/)).toBeTruthy();
    expect(app.calls.saveSettings.seen).toEqual([]);
    app.calls.testTerminal.answer({ program: '/usr/bin/kitty', ms: 300 });
    await app.user.selectOptions(select(), 'kitty');
    await app.user.click(screen.getByRole('button', { name: 'Save and test' }));
    expect(app.calls.saveSettings.seen).toEqual([
      { theme: 'light', terminal: { kind: 'known', id: 'kitty' }, clockServer: OFF },
    ]);
    expect(
      await screen.findByText('It works: /usr/bin/kitty ran the command and reported back.'),
    ).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('plain ssh', () => {
  const region = () => within(screen.getByRole('region', { name: 'Plain ssh' }));

  it('is put in and taken out after main has asked', async () => {
    const app = await openSettings();
    expect(await region().findByText('Not installed. 3 hosts would be there.')).toBeTruthy();
    expect(region().queryByRole('button', { name: 'Take out…' })).toBeNull();
    app.calls.sshConfig.answer({ ...NOT_IN_SSH, state: 'current' });
    await app.user.click(region().getByRole('button', { name: 'Install…' }));
    expect(await region().findByText('Installed: 3 hosts. Try ssh web1')).toBeTruthy();
    expect(region().getByText('Written.')).toBeTruthy();
    app.calls.sshConfig.answer(NOT_IN_SSH);
    await app.user.click(region().getByRole('button', { name: 'Take out…' }));
    expect(await region().findByText('Taken out.')).toBeTruthy();
    expect(app.calls.sshConfig.seen.map(({ action }) => action)).toEqual(['show', 'install', 'remove']);
  });

  it('says nothing when the person declined, and why when it failed', async () => {
    const app = await openSettings();
    app.calls.sshConfig.handle(() => fail('cancelled', 'It was not changed.'));
    await app.user.click(region().getByRole('button', { name: 'Install…' }));
    expect(region().queryByRole('alert')).toBeNull();
    app.calls.sshConfig.handle(() => fail('storage', '~/.ssh/config could not be written.'));
    await app.user.click(region().getByRole('button', { name: 'Install…' }));
    expect((await region().findByRole('alert')).textContent).toContain('could not be written');
  });
});

describe('without a terminal', () => {
  it('Knock & Connect offers the ssh command to copy', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    app.calls.connect.handle(() => ({ ok: false, error: NO_TERMINAL }));
    app.calls.copySshCommand.answer(null);
    await app.user.click(screen.getByRole('button', { name: /^Knock & Connect/ }));
    await app.user.click(await screen.findByRole('button', { name: 'Copy ssh command' }));
    expect(app.calls.copySshCommand.seen).toEqual([{ id: idOf(1) }]);
  });
});

describe('health', () => {
  const secrets = {
    store: 'os',
    state: 'locked',
    detail: 'org.freedesktop.Secret.Error',
    hint: 'Unlock it.',
    chosenBy: 'default',
    vault: 'none',
  } as const;
  const native = { icmp: true, rawTcp: false, hint: 'Install sallyport-send.' };

  it('is told in the footer, in words, and explained in the settings', async () => {
    await openSettings({ secrets, native });
    const footer = within(screen.getByRole('complementary', { name: 'Profiles' }));
    expect(footer.getByRole('button', { name: 'Keychain locked: needs attention' }).title).toContain(
      'Unlock it.',
    );
    expect(footer.getByRole('button', { name: 'No raw TCP: needs attention' })).toBeTruthy();
    expect(footer.getByRole('button', { name: 'Settings' }).title).toBe('Settings (Ctrl ,)');
    const section = screen.getByRole('region', { name: 'Secrets and sockets' });
    expect(section.textContent).toContain('Unlock it.');
    expect(section.textContent).toContain('ICMP steps work, other TCP flags do not.');
    expect(section.textContent).toContain('Install sallyport-send.');
  });

  it('is looked at again when asked, and follows main', async () => {
    const app = await openSettings({ secrets, native });
    const fine = {
      secrets: { ...secrets, state: 'ok', detail: null, hint: null },
      native: { icmp: true, rawTcp: true, hint: null },
    } as const;
    app.calls.recheckHealth.answer(fine);
    await app.user.click(screen.getByRole('button', { name: 'Check again' }));
    expect(await screen.findByRole('button', { name: 'Keychain: working' })).toBeTruthy();
    expect(screen.getByText(/Every kind of step can be sent\.$/)).toBeTruthy();
    app.tell('healthChanged', { ...fine, secrets: { ...secrets, store: 'session', state: 'ok' } });
    expect(screen.getByRole('button', { name: 'This run only: needs attention' })).toBeTruthy();
  });
});
