/** What was found after a knock without effect, the other verdicts with their next actions, and the history. */
import type { ProfileView, Snapshot } from '../../../shared/contract/views';
import { history } from './histories';
import { idOf } from './profiles';
import { checking, ended, FOUND, grant, noEffect, opened } from './runs';
import type { Scene } from './scenes';

export function adviceScenes(
  snapshot: (more?: Partial<Snapshot>) => Snapshot,
  profiles: readonly ProfileView[],
): Readonly<Record<string, Scene>> {
  return {
    'no-effect-found': { snapshot: snapshot({ profiles, runs: [noEffect(1, FOUND)] }) },
    checking: { snapshot: snapshot({ profiles, runs: [checking(1)] }) },
    reachable: {
      snapshot: snapshot({ profiles, runs: [ended(1, 'reachable-not-proven', 'open', 'open')] }),
      steps: [{ press: 'Check server gate', role: 'button' }],
    },
    'nothing-listening': {
      snapshot: snapshot({ profiles, runs: [ended(1, 'nothing-listening', 'filtered', 'refused')] }),
      steps: [{ press: 'Check sshd', role: 'button' }],
    },
    history: {
      snapshot: snapshot({ profiles, runs: [opened(1)], grants: [grant(1)] }),
      histories: { [idOf(1)]: history() },
    },
    'history-all': {
      snapshot: snapshot({ profiles }),
      histories: { [idOf(1)]: history() },
      steps: [{ press: 'Show all 50', role: 'button' }],
    },
  };
}
