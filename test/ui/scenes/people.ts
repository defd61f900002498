/** Scenes of giving others a key and taking it back. */
import type { PersonKeyView, ProfileView, Snapshot } from '../../../shared/contract/views';
import { fixed, idOf, LONG, rotating } from './profiles';
import type { Scene, SceneStep } from './scenes';

export function personKeyView(more: Partial<PersonKeyView> = {}): PersonKeyView {
  const head = { profileId: idOf(1), user: 'bob', door: 'ssh', paper: false } as const;
  return { ...head, saved: null, server: 'waiting', notes: [], ...more };
}

const OPEN: readonly SceneStep[] = [
  { press: 'More actions', role: 'button' },
  { press: 'People and phones…', role: 'menuitem' },
];

export function peopleScenes(
  snapshot: (more?: Partial<Snapshot>) => Snapshot,
  profiles: readonly ProfileView[],
): Readonly<Record<string, Scene>> {
  const page = '/home/ada/Documents/servers/of-the-whole-team/sallyport-bob-web1.example.org.html';
  return {
    people: { snapshot: snapshot({ profiles }), steps: OPEN },
    'people-errors': {
      snapshot: snapshot({ profiles }),
      steps: [
        ...OPEN,
        { type: 'bob smith', into: 'Person or phone' },
        { type: '-', into: 'Door' },
        { press: 'Revoke over SSH…', role: 'button' },
      ],
    },
    'people-shown': { snapshot: snapshot({ profiles }), personKey: personKeyView(), steps: OPEN },
    'people-failed': {
      snapshot: snapshot({ profiles: [rotating(1, { name: LONG, host: `${LONG}.example.org` })] }),
      personKey: personKeyView({
        user: LONG.replaceAll(' ', '-').slice(0, 48),
        saved: page,
        server: 'refused',
        notes: [
          'This profile knocks with single packets; the new key is a rotating one, which sallyportd takes and fwknopd does not.',
        ],
      }),
      steps: [...OPEN, { press: 'Add over SSH', role: 'button' }],
    },
    'people-recovery': {
      snapshot: snapshot({ profiles }),
      personKey: personKeyView({ user: 'recovery', paper: true, saved: page, server: 'added' }),
      steps: OPEN,
    },
    'people-fixed': { snapshot: snapshot({ profiles: [fixed(1, { name: 'nas' })] }), steps: OPEN },
  };
}
