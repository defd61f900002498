// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import { openApp, type OpenApp } from './open-app';
import { idOf, rotating } from './scenes/profiles';

const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const saved = {
  kind: 'saved',
  path: '/home/ada/sallyport-web1.sh',
  size: 5_940_000,
  sha256: SHA256,
  holdsSecrets: true,
  nextSteps: ['sudo sh sallyport-web1.sh'],
} as const;

async function open(): Promise<OpenApp> {
  const app = await openApp({ profiles: [rotating(1), rotating(2)] });
  await app.user.click(screen.getByRole('button', { name: 'More actions' }));
  await app.user.click(await screen.findByRole('menuitem', { name: 'Set up my server…' }));
  return app;
}

describe('Set up my server', () => {
  it('begins on the first screen: the host is added, and its set-up is next', async () => {
    const { user, calls } = await openApp();
    await user.click(screen.getByRole('button', { name: 'Set up my server' }));
    await user.keyboard('web1');
    await user.click(screen.getByRole('textbox', { name: 'Host' }));
    await user.paste('web1.example.org');
    calls.createProfile.answer(rotating(1));
    await user.click(screen.getByRole('button', { name: /Save/ }));
    expect(await screen.findByRole('article', { name: 'Set up my server' })).toBeTruthy();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Set up the server of web1');
  });

  it('saves what was chosen, and shows where, its hash and what comes next', async () => {
    const { user, calls } = await open();
    calls.exportInstaller.answer(saved);
    await user.click(screen.getByRole('radio', { name: /Left out/ }));
    await user.type(screen.getByRole('textbox', { name: /Networks/ }), '203.0.113.0/24, 2001:db8::/32');
    await user.click(screen.getByRole('checkbox', { name: /64 bit/ }));
    await user.click(screen.getByRole('button', { name: 'Save file…' }));
    expect(calls.exportInstaller.seen).toEqual([
      {
        id: idOf(1),
        format: 'sh',
        options: {
          secrets: 'ask',
          allow: ['203.0.113.0/24', '2001:db8::/32'],
          arches: ['amd64'],
          daemonUrl: null,
        },
      },
    ]);
    const shown = within(screen.getByRole('region', { name: 'Saved' }));
    expect(shown.getByText(SHA256)).toBeTruthy();
    expect(shown.getByText('/home/ada/sallyport-web1.sh')).toBeTruthy();
    expect(shown.getByText('sudo sh sallyport-web1.sh')).toBeTruthy();
    // What is shown is of the file as it was asked for.
    await user.click(screen.getByRole('radio', { name: /In the file/ }));
    expect(screen.queryByRole('region', { name: 'Saved' })).toBeNull();
  });

  it('takes an address for the daemon where a server fetches it, and only there', async () => {
    const { user, calls } = await open();
    calls.exportInstaller.answer({ ...saved, size: 3412 });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Format' }), 'cloud-init');
    const address = screen.getByRole('textbox', { name: /fetches the daemon/ });
    await user.type(address, 'http://files.example.org/x');
    expect(screen.getByText(/like https:\/\/files\.example\.org/)).toBeTruthy();
    await user.clear(address);
    await user.type(address, 'https://files.example.org/d-{{arch}');
    await user.click(screen.getByRole('button', { name: 'Save file…' }));
    expect(calls.exportInstaller.seen.at(-1)).toMatchObject({
      format: 'cloud-init',
      options: { daemonUrl: 'https://files.example.org/d-{arch}' },
    });
    expect((await screen.findByRole('region', { name: 'Saved' })).textContent).toContain(', 4 kB');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Format' }), 'ansible');
    expect(screen.queryByRole('radio')).toBeNull();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Format' }), 'sh');
    expect(screen.queryByRole('textbox', { name: /fetches the daemon/ })).toBeNull();
  });

  it('offers the other formats, which are only saved', async () => {
    const { user, calls } = await open();
    calls.exportInstaller.answer({ kind: 'cancelled' });
    await user.click(screen.getByRole('radio', { name: /^Left out/ }));
    await user.selectOptions(screen.getByRole('combobox', { name: 'Format' }), 'nftables');
    expect(screen.queryByRole('button', { name: 'Install over SSH' })).toBeNull();
    expect(screen.queryByRole('checkbox')).toBeNull();
    // Nothing runs there that could ask for it.
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByText(/secret is in the file/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Save file…' }));
    expect(calls.exportInstaller.seen).toMatchObject([
      { format: 'nftables', options: { secrets: 'include' } },
    ]);
    expect(screen.queryByRole('region', { name: 'Saved' })).toBeNull();
  });

  it('refuses what is no network and no processor before anything is asked for', async () => {
    const { user, calls } = await open();
    await user.type(screen.getByRole('textbox', { name: /Networks/ }), '10.0.0.0/99');
    expect(screen.getByText(/^10\.0\.0\.0\/99: Write an address or a network/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Save file…' }));
    await user.clear(screen.getByRole('textbox', { name: /Networks/ }));
    for (const name of [/amd64/, /arm64/]) await user.click(screen.getByRole('checkbox', { name }));
    expect(screen.getByText('Choose at least one processor.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Install over SSH' }));
    expect([calls.exportInstaller.seen, calls.installOverSsh.seen]).toEqual([[], []]);
  });

  it('hands an installation to the terminal, or says why it could not', async () => {
    const { user, calls } = await open();
    calls.installOverSsh.handle(() => fail('storage', 'The daemon is not here.', { hint: 'Build it.' }));
    await user.click(screen.getByRole('button', { name: 'Install over SSH' }));
    expect(screen.getByRole('alert').textContent).toContain('The daemon is not here.');
    calls.installOverSsh.handle(() => ok(null));
    await user.click(screen.getByRole('button', { name: 'Install over SSH' }));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText(/Your terminal has it now/)).toBeTruthy();
  });

  it('is left by Escape, and is where the tray leads', async () => {
    const { user, tell } = await open();
    await user.keyboard('{Escape}');
    expect(screen.getByRole('heading', { level: 1, name: 'web1' })).toBeTruthy();
    tell('profileAsked', { id: idOf(2), pane: 'server' });
    expect(screen.getByRole('heading', { level: 1, name: 'Set up the server of web2' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'People and phones' }));
    expect(screen.getByRole('heading', { level: 1, name: 'People and phones of web2' })).toBeTruthy();
  });
});
