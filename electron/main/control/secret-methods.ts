/** The control socket's methods about where secrets live, and about a new secret for a profile. */
import type { ControlProfile } from '../../../shared/contract/control';
import type { Profile } from '../../../shared/profile/profile';
import type { Services } from '../compose';
import type { ControlMethods } from './connection';

type SecretMethods = Pick<ControlMethods, 'secrets' | 'moveSecrets' | 'vault' | 'rekey'>;

export function secretMethods(
  services: Services,
  shown: (profile: Profile) => ControlProfile,
): SecretMethods {
  const { profiles, health, mover, vault, recovery, rekey } = services;
  return {
    secrets: async () => {
      const { secrets } = await health.check();
      return { ...secrets, profiles: profiles.list().length, moving: recovery.left };
    },
    moveSecrets: async (wish, { signal, event }) => {
      const stop = mover.progress.on((progress) => {
        if (progress !== null) event({ kind: 'moved', done: progress.done, of: progress.of });
      });
      try {
        return await mover.move(wish, signal);
      } finally {
        stop();
        await health.check();
      }
    },
    vault: async (wish) => {
      if (wish.do === 'lock') await vault.lock();
      else if (wish.do === 'change') await vault.changePassphrase(wish.passphrase, wish.next);
      else {
        await vault.unlock(wish.passphrase);
        await recovery.tidy();
      }
      await health.check();
      return { vault: await vault.state() };
    },
    rekey: async (wish) => {
      const { id } = profiles.find(wish.name);
      const profile =
        wish.do === 'prepare' ? rekey.prepare(id, wish.secret) : rekey.finish(id, wish.do === 'use');
      return { profile: shown(await profile) };
    },
  };
}
