/** The window's calls about where secrets live, and about a new secret for a profile. */
import type { Handlers } from '../../../shared/contract/ipc';
import { fail, ok } from '../../../shared/contract/result';
import type { StoreKind } from '../../../shared/contract/views';
import { storeName } from '../../../shared/text/health';
import type { Services } from '../compose';
import { profileView } from '../services/profile-views';
import type { WindowActions } from './handlers';

type SecretHandlers = Pick<
  Handlers,
  'moveSecrets' | 'unlockVault' | 'lockVault' | 'changePassphrase' | 'prepareRekey' | 'finishRekey'
>;

const AFTERWARDS: Readonly<Record<StoreKind, string>> = {
  os: 'Whoever can use your session can use them, as with your other passwords.',
  passphrase:
    'They can be used only while the vault is unlocked. Whoever forgets the passphrase has lost them.',
  session: 'When Sallyport quits they are gone, and each must be entered again.',
};

export function secretHandlers(services: Services, actions: WindowActions): SecretHandlers {
  const { profiles, ports, secrets, mover, vault, recovery, rekey, health } = services;
  return {
    moveSecrets: async (wish) => {
      // Where secrets live is not the page's to say: it could name a vault whose passphrase it chose.
      const agreed = await actions.confirm({
        message: `Keep secrets in ${storeName(wish.to)} from now on?`,
        detail: `All of them move there from ${storeName(secrets.kind)}. ${AFTERWARDS[wish.to]}`,
        yes: 'Move secrets',
      });
      if (!agreed) return fail('cancelled', 'Nothing was moved.');
      try {
        return ok(await mover.move(wish));
      } finally {
        await health.check();
      }
    },
    unlockVault: async ({ passphrase }) => {
      await vault.unlock(passphrase);
      await recovery.tidy();
      await health.check();
      return ok(null);
    },
    lockVault: async () => {
      await vault.lock();
      await health.check();
      return ok(null);
    },
    changePassphrase: async ({ current, next }) => {
      await vault.changePassphrase(current, next);
      await health.check();
      return ok(null);
    },
    prepareRekey: async ({ id }) => ok({ shown: await actions.revealNext(id) }),
    finishRekey: async ({ id, use }) => {
      const { name } = profiles.get(id);
      const agreed = await actions.confirm(
        use
          ? {
              message: `Does the server have the new secret of "${name}"?`,
              detail: 'From now on only the new one is used here. The old one is deleted.',
              yes: 'The server has it',
            }
          : {
              message: `Drop the new secret of "${name}"?`,
              detail:
                'The old one stays in use. If the server has the new one already, it must get the old one back.',
              yes: 'Drop it',
            },
      );
      if (!agreed) return fail('cancelled', 'The secret was not changed.');
      return ok(profileView(await rekey.finish(id, use), ports.lists));
    },
  };
}
