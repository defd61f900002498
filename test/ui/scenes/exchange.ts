/** Scenes of imports and exports. */
import type { ProfileView, Snapshot } from '../../../shared/contract/views';
import { emptyReview, knockdReview, longReview, sealedReview, sshReview } from './reviews';
import type { Scene, SceneStep } from './scenes';

const MENU: SceneStep = { press: 'Import and export', role: 'button' };
const IMPORT: readonly SceneStep[] = [MENU, { press: 'Import…', role: 'menuitem' }];
const FROM_SSH: readonly SceneStep[] = [...IMPORT, { press: 'From ~/.ssh/config', role: 'button' }];
const EXPORT: readonly SceneStep[] = [MENU, { press: 'Export…', role: 'menuitem' }];

export function exchangeScenes(
  snapshot: (more?: Partial<Snapshot>) => Snapshot,
  profiles: readonly ProfileView[],
): Readonly<Record<string, Scene>> {
  const some = snapshot({ profiles });
  return {
    'sidebar-menu': { snapshot: some, steps: [MENU] },
    import: { snapshot: some, steps: IMPORT },
    'import-paste-wrong': {
      snapshot: some,
      steps: [...IMPORT, { press: 'Review', role: 'button' }],
    },
    'review-ssh': { snapshot: some, review: sshReview(), steps: FROM_SSH },
    'review-skipped': {
      snapshot: some,
      review: sshReview(),
      steps: [...FROM_SSH, { press: '2 parts were skipped', role: 'text' }],
    },
    'review-knockd': {
      snapshot: some,
      review: knockdReview,
      steps: [...FROM_SSH, { press: 'Import 1 host', role: 'button' }],
    },
    'review-sealed': { snapshot: some, review: sealedReview, steps: FROM_SSH },
    'review-empty': { snapshot: some, review: emptyReview, steps: FROM_SSH },
    'review-long': { snapshot: some, review: longReview, steps: FROM_SSH },
    export: { snapshot: some, steps: EXPORT },
    'export-secrets': {
      snapshot: some,
      steps: [
        ...EXPORT,
        { press: 'With their secrets, under a passphrase', role: 'checkbox' },
        { type: 'correct horse battery', into: 'Passphrase' },
        { type: 'correct', into: 'Once more' },
        { press: 'Export…', role: 'button' },
      ],
    },
  };
}
