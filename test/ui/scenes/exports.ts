/** Scenes of setting a server up, and what exports end with in them. */
import type { Problem } from '../../../shared/contract/result';
import type { ExportView, ProfileView, Snapshot } from '../../../shared/contract/views';
import { LONG, rotating } from './profiles';
import type { Scene, SceneStep } from './scenes';

export const EXPORTED: ExportView = {
  kind: 'saved',
  path: '/home/ada/Documents/servers/of-the-whole-team/sallyport-a-name-that-somebody-typed-20261121.sh',
  size: 5_947_614,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  holdsSecrets: true,
  nextSteps: [
    'scp sallyport-a-name-that-somebody-typed-20261121.sh ops@web1.example.org:',
    'sudo sh sallyport-a-name-that-somebody-typed-20261121.sh',
    'Knock from a new connection, log in, and there: sudo sallyport-setup --confirm',
  ],
};

export const NO_DAEMON: Problem = {
  code: 'storage',
  message: 'The server’s daemon for arm64 is not here.',
  hint: 'Build it: npm run build:helpers. Or install Sallyport again.',
  detail: 'ENOENT: no such file or directory',
};

const OPEN: readonly SceneStep[] = [
  { press: 'More actions', role: 'button' },
  { press: 'Set up my server…', role: 'menuitem' },
];

export function exportScenes(
  snapshot: (more?: Partial<Snapshot>) => Snapshot,
  profiles: readonly ProfileView[],
): Readonly<Record<string, Scene>> {
  return {
    server: { snapshot: snapshot({ profiles }), steps: OPEN },
    'server-saved': {
      snapshot: snapshot({ profiles: [rotating(1, { name: LONG })] }),
      steps: [...OPEN, { press: 'Save file…', role: 'button' }],
    },
    'server-errors': {
      snapshot: snapshot({ profiles }),
      steps: [...OPEN, { type: '203.0.113.0/24, 10.0.0.0/99', into: 'Networks that need no knock' }],
    },
    'server-failed': {
      snapshot: snapshot({ profiles }),
      steps: [...OPEN, { press: 'Install over SSH', role: 'button' }],
    },
  };
}
