/** Where secrets live, chosen, moved, locked; and a new secret that waits. */
import type { SecretsHealth, Snapshot } from '../../../shared/contract/views';
import { rotating } from './profiles';
import type { Scene, SceneStep } from './scenes';

const fine: SecretsHealth = {
  store: 'os',
  state: 'ok',
  detail: null,
  hint: null,
  chosenBy: 'default',
  vault: 'none',
};
const vaultOpen: SecretsHealth = { ...fine, store: 'passphrase', chosenBy: 'person', vault: 'open' };
const vaultLocked: SecretsHealth = {
  ...vaultOpen,
  vault: 'locked',
  state: 'locked',
  detail: 'The vault is locked.',
  hint: 'Unlock it in the settings, or with: sallyport secrets unlock',
};
const toSettings: SceneStep = { press: 'Settings', role: 'button' };
const profiles = [rotating(1, { favourite: true }), rotating(2)];

export function secretScenes(
  snapshot: (more: Partial<Snapshot>) => Snapshot,
): Readonly<Record<string, Scene>> {
  const settings = (secrets: SecretsHealth, ...steps: SceneStep[]): Scene => ({
    snapshot: snapshot({ profiles, secrets }),
    steps: [toSettings, ...steps],
  });
  const [first, ...others] = profiles;
  const rekeying = first?.method.kind === 'rotating' ? { ...first.method, rekeying: true } : undefined;
  return {
    'store-new-vault': settings(
      fine,
      { press: 'Passphrase vault', role: 'radio' },
      { type: 'correct horse', into: 'New passphrase' },
      { type: 'correct house', into: 'New passphrase again' },
      { press: 'Move secrets to the passphrase vault', role: 'button' },
    ),
    'store-locked': settings(vaultLocked),
    'store-passphrase': settings(vaultOpen, { press: 'Change the passphrase', role: 'button' }),
    'store-bound': settings({ ...fine, chosenBy: 'environment' }),
    rekey: {
      snapshot: snapshot({
        profiles: rekeying === undefined ? profiles : [rotating(1, { method: rekeying }), ...others],
      }),
    },
  };
}
