// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import type { SecretsHealth, Snapshot } from '../../shared/contract/views';
import { openApp, type OpenApp } from './open-app';
import { idOf, rotating } from './scenes/profiles';

const keychain: SecretsHealth = {
  store: 'os',
  state: 'ok',
  detail: null,
  hint: null,
  chosenBy: 'default',
  vault: 'none',
};
const open: SecretsHealth = { ...keychain, store: 'passphrase', chosenBy: 'person', vault: 'open' };
const locked: SecretsHealth = { ...open, vault: 'locked', state: 'locked', detail: 'The vault is locked.' };
const native = { icmp: true, rawTcp: true, hint: null };

async function openSettings(secrets: SecretsHealth, more: Partial<Snapshot> = {}): Promise<OpenApp> {
  const app = await openApp({ profiles: [rotating(1)], secrets, ...more });
  await app.user.keyboard('{Control>},{/Control}');
  return app;
}

const type = async (app: OpenApp, label: string, text: string) => {
  await app.user.click(screen.getByLabelText(label));
  await app.user.paste(text);
};
const press = (app: OpenApp, name: string) => app.user.click(screen.getByRole('button', { name }));

describe('another store', () => {
  it('is moved to with a passphrase typed twice, told as it goes, and the passphrase is gone after', async () => {
    const app = await openSettings(keychain);
    await app.user.click(screen.getByRole('radio', { name: 'Passphrase vault' }));
    const move = 'Move secrets to the passphrase vault';
    await type(app, 'New passphrase', 'short');
    await press(app, move);
    expect(screen.getByText(/at least 8 characters/)).toBeTruthy();
    await type(app, 'New passphrase', ' but longer');
    await type(app, 'New passphrase again', 'short but long');
    await press(app, move);
    expect(screen.getByText('The two are not the same.')).toBeTruthy();
    expect(app.calls.moveSecrets.seen).toEqual([]);
    await type(app, 'New passphrase again', 'er');

    app.calls.moveSecrets.handle(async () => {
      app.tell('secretsMoving', { from: 'os', to: 'passphrase', done: 50, of: 120 });
      await waitFor(() => expect(screen.getByText('50 of 120 copied')).toBeTruthy());
      app.tell('secretsMoving', null);
      app.tell('healthChanged', { secrets: open, native });
      return ok({ from: 'os', to: 'passphrase', moved: 119, without: ['db7'], left: null });
    });
    await press(app, move);
    expect(
      await screen.findByText(
        '119 secrets are in the passphrase vault now. There was nothing to move for db7.',
      ),
    ).toBeTruthy();
    expect(app.calls.moveSecrets.seen).toEqual([{ to: 'passphrase', passphrase: 'short but longer' }]);
    expect(screen.getByRole('radio', { name: 'Passphrase vault (in use)' })).toBeTruthy();
    expect(screen.queryByLabelText('New passphrase')).toBeNull();
  });

  it('needs no passphrase where there is none, and says why nothing was moved', async () => {
    const app = await openSettings(keychain);
    await app.user.click(screen.getByRole('radio', { name: 'This run only' }));
    app.calls.moveSecrets.handle(() => fail('cancelled', 'Nothing was moved.'));
    await press(app, 'Move secrets to memory, for this run only');
    expect(screen.queryByRole('alert')).toBeNull();
    app.calls.moveSecrets.handle(() =>
      fail('keychain-locked', 'The keychain is locked.', { hint: 'Unlock it.' }),
    );
    await press(app, 'Move secrets to memory, for this run only');
    expect((await screen.findByRole('alert')).textContent).toContain('The keychain is locked.');
    expect(app.calls.moveSecrets.seen).toEqual([{ to: 'session' }, { to: 'session' }]);
  });

  it('asks for the passphrase of a vault that is locked, in both directions', async () => {
    const app = await openSettings({ ...keychain, vault: 'locked' });
    await app.user.click(screen.getByRole('radio', { name: 'Passphrase vault' }));
    expect(screen.getByLabelText('Passphrase of the vault')).toBeTruthy();
    expect(screen.queryByLabelText('New passphrase')).toBeNull();
    app.tell('healthChanged', { secrets: locked, native });
    await app.user.click(screen.getByRole('radio', { name: 'System keychain' }));
    expect(screen.getAllByLabelText('Passphrase of the vault')).toHaveLength(2);
  });

  it('is not offered against the environment, which is named', async () => {
    await openSettings({ ...keychain, chosenBy: 'environment' });
    expect(screen.getByText(/SALLYPORT_KEYCHAIN=os chooses the store/)).toBeTruthy();
    for (const radio of screen.getAllByRole('radio', { name: /keychain|vault|run only/ })) {
      expect((radio as HTMLInputElement).disabled).toBe(true);
    }
  });
});

describe('the vault', () => {
  it('is unlocked with its passphrase, and a wrong one is told', async () => {
    const app = await openSettings(locked);
    expect(screen.getByRole('button', { name: 'Vault locked: needs attention' })).toBeTruthy();
    app.calls.unlockVault.handle(() => fail('keychain-locked', 'The passphrase does not open the vault.'));
    await press(app, 'Unlock the vault');
    expect(screen.getByText('Enter the passphrase.')).toBeTruthy();
    await type(app, 'Passphrase of the vault', 'wrong');
    await app.user.keyboard('{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('does not open the vault');
    app.calls.unlockVault.handle(() => {
      app.tell('healthChanged', { secrets: open, native });
      return ok(null);
    });
    await press(app, 'Unlock the vault');
    expect(await screen.findByRole('button', { name: 'Lock the vault' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Vault: working' })).toBeTruthy();
  });

  it('is locked again, and sealed under another passphrase', async () => {
    const app = await openSettings(open);
    app.calls.lockVault.answer(null);
    await press(app, 'Lock the vault');
    expect(app.calls.lockVault.seen).toHaveLength(1);
    await press(app, 'Change the passphrase');
    await type(app, 'Passphrase of the vault', 'correct horse');
    await type(app, 'New passphrase', 'battery staple');
    await type(app, 'New passphrase again', 'battery staple');
    app.calls.changePassphrase.answer(null);
    await press(app, 'Seal under the new passphrase');
    expect(await screen.findAllByText('The passphrase was changed.')).not.toEqual([]);
    expect(app.calls.changePassphrase.seen).toEqual([{ current: 'correct horse', next: 'battery staple' }]);
    expect(screen.queryByLabelText('New passphrase')).toBeNull();
  });
});

describe('a new secret', () => {
  it('is made from the menu of a rotating profile, and waits for the person’s word', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    app.calls.prepareRekey.answer({ shown: true });
    await app.user.click(screen.getByRole('button', { name: 'More actions' }));
    await app.user.click(screen.getByRole('menuitem', { name: 'New secret…' }));
    expect(app.calls.prepareRekey.seen).toEqual([{ id: idOf(1) }]);
    expect(screen.queryByRole('region', { name: 'New secret' })).toBeNull();
    const profile = rotating(1);
    const method = { ...profile.method, rekeying: true } as typeof profile.method;
    app.tell('profilesChanged', [{ ...profile, method }]);
    app.calls.finishRekey.handle(() => fail('cancelled', 'The secret was not changed.'));
    await press(app, 'The server has it…');
    expect(screen.queryByRole('alert')).toBeNull();
    app.calls.finishRekey.answer(profile);
    await press(app, 'Drop it…');
    expect(app.calls.finishRekey.seen).toEqual([
      { id: idOf(1), use: true },
      { id: idOf(1), use: false },
    ]);
    await waitFor(() => expect(screen.queryByRole('region', { name: 'New secret' })).toBeNull());
  });
});
