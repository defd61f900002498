/**
 * The scenes that are looked at and checked: each is a snapshot as main would answer it, and for some what a person does
 * first. Pictures and accessibility checks walk all of them.
 */
import type { CallName } from '../../../shared/contract/ipc';
import type { Problem } from '../../../shared/contract/result';
import type { RunRecord } from '../../../shared/history/record';
import type { PersonKeyView, Snapshot } from '../../../shared/contract/views';
import type { SshConfigView } from '../../../shared/ssh/config-plan';
import type { ImportReview } from '../../../shared/exchange/review';
import type { FoundTerminal } from '../../../shared/terminal/choice';
import { failedRun, grant, noEffect, opened, run, sending, staticSteps, waiting } from './runs';
import { adviceScenes } from './advice';
import { editorScenes } from './editor';
import { exchangeScenes } from './exchange';
import { exportScenes } from './exports';
import { extremeScenes } from './extremes';
import { peopleScenes } from './people';
import { LONG, crowd, fixed, fleet, rotating } from './profiles';
import { methodScenes } from './methods';
import { secretScenes } from './secrets';

export interface Scene {
  readonly snapshot: Snapshot;
  /** What is kept of earlier runs, by the profile's id. */
  readonly histories?: Readonly<Record<string, readonly RunRecord[]>>;
  /** Presses of named controls, in order, before the scene is looked at. */
  readonly steps?: readonly SceneStep[];
  /** The terminals that are found; two unless told. */
  readonly terminals?: readonly FoundTerminal[];
  /** How our hosts stand in ssh's configuration; not at all unless told. */
  readonly sshConfig?: SshConfigView;
  /** The key for somebody else that is on its way; none unless told. */
  readonly personKey?: PersonKeyView;
  /** What an import turns out to be. */
  readonly review?: ImportReview;
  /** What calls fail with. */
  readonly failing?: Partial<Readonly<Record<CallName, Problem>>>;
}

export type SceneStep =
  | {
      readonly press: string;
      readonly role: 'button' | 'radio' | 'checkbox' | 'menuitem' | 'option' | 'text';
    }
  | { readonly type: string; readonly into: string }
  | { readonly select: string; readonly into: string };

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    version: '0.1.0',
    platform: 'linux',
    profiles: [],
    runs: [],
    grants: [],
    secrets: { store: 'os', state: 'ok', detail: null, hint: null, chosenBy: 'default', vault: 'none' },
    native: { icmp: true, rawTcp: true, hint: null },
    settings: { theme: 'system', terminal: { kind: 'auto' }, clockServer: { kind: 'off' } },
    notices: [],
    ...more,
  };
}

const few = [
  rotating(1, { favourite: true }),
  fixed(2, { group: 'Production' }),
  rotating(3, { group: 'Production' }),
  fixed(4, { group: 'Lab' }),
];

const unlucky = {
  secrets: {
    store: 'session',
    state: 'missing',
    detail: 'Cannot autolaunch D-Bus without X11 $DISPLAY',
    hint: 'Start gnome-keyring or KWallet, or set a passphrase; until then secrets are gone when the app quits.',
    chosenBy: 'person',
    vault: 'none',
  },
  native: {
    icmp: false,
    rawTcp: false,
    hint: 'Give sallyport-send its capability: sudo setcap cap_net_raw+ep sallyport-send.',
  },
} as const;

export const scenes: Readonly<Record<string, Scene>> = {
  'first-run': { snapshot: snapshot() },
  idle: { snapshot: snapshot({ profiles: few }) },
  fleet: {
    snapshot: snapshot({
      profiles: fleet(),
      runs: [opened(1), noEffect(4), sending(5), failedRun(8)],
      grants: [grant(1)],
    }),
  },
  crowd: { snapshot: snapshot({ profiles: crowd() }) },
  sending: { snapshot: snapshot({ profiles: few, runs: [sending(1)] }) },
  waiting: { snapshot: snapshot({ profiles: few, runs: [waiting(1)] }) },
  opened: { snapshot: snapshot({ profiles: few, runs: [opened(1)], grants: [grant(1)] }) },
  static: {
    snapshot: snapshot({
      profiles: few.slice(1, 2),
      runs: [
        run(2, { phase: 'sending', address: '2001:db8::7', steps: staticSteps(2), attempt: 2, attempts: 3 }),
      ],
    }),
  },
  'no-effect': { snapshot: snapshot({ profiles: few, runs: [noEffect(1)], ...unlucky }) },
  ...adviceScenes(snapshot, few),
  error: { snapshot: snapshot({ profiles: few, runs: [failedRun(1)] }) },
  menu: { snapshot: snapshot({ profiles: few }), steps: [{ press: 'More actions', role: 'button' }] },
  removed: {
    snapshot: snapshot({ profiles: few }),
    steps: [
      { press: 'More actions', role: 'button' },
      { press: 'Remove', role: 'menuitem' },
    ],
  },
  page: {
    snapshot: snapshot({
      profiles: [rotating(1, { after: { kind: 'url', url: 'https://web1.example.org/' } })],
    }),
  },
  'nothing-after': { snapshot: snapshot({ profiles: [rotating(1, { after: { kind: 'nothing' } })] }) },
  settings: {
    snapshot: snapshot({
      profiles: few,
      settings: {
        theme: 'system',
        terminal: { kind: 'custom', argv: ['/usr/bin/foot', '--title', 'ssh'] },
        clockServer: { kind: 'ntp', host: 'ntp.example.org' },
      },
      ...unlucky,
    }),
    steps: [{ press: 'Settings', role: 'button' }],
  },
  'settings-clock': {
    snapshot: snapshot({ profiles: few }),
    steps: [
      { press: 'Settings', role: 'button' },
      { press: 'Web server', role: 'radio' },
      { type: 'example.org', into: 'Web server' },
      { press: 'Save clock', role: 'button' },
    ],
  },
  'settings-terminal': {
    snapshot: snapshot({
      profiles: few,
      settings: {
        theme: 'system',
        terminal: { kind: 'known', id: 'kitty' },
        clockServer: { kind: 'off' },
      },
    }),
    steps: [
      { press: 'Settings', role: 'button' },
      { press: 'Test terminal', role: 'button' },
      { press: 'Details', role: 'text' },
    ],
  },
  'settings-no-terminal': {
    snapshot: snapshot({ profiles: few }),
    terminals: [],
    steps: [{ press: 'Settings', role: 'button' }],
  },
  'settings-ssh': {
    snapshot: snapshot({ profiles: few }),
    sshConfig: {
      state: 'outdated',
      hosts: ['web1', 'db2', 'web3'],
      skipped: [
        { name: LONG, reason: 'its name has a space, which ssh takes in no host; rename the profile' },
      ],
      notes: [
        'line 12 of /home/ada/.ssh/config: this ProxyJump does not hold for web1: the first value that ssh reads wins',
      ],
    },
    steps: [{ press: 'Settings', role: 'button' }],
  },
  'no-terminal': {
    snapshot: snapshot({ profiles: few, runs: [opened(1)], grants: [grant(1)] }),
    steps: [{ press: 'Knock & Connect', role: 'button' }],
  },
  ...methodScenes(snapshot),
  ...secretScenes(snapshot),
  notice: {
    snapshot: snapshot({
      profiles: few,
      notices: [
        {
          id: 'corrupt',
          message: 'profiles.json could not be read and was kept aside as profiles.json.corrupt-1.',
          hint: 'Compare it with the list here, then delete it.',
        },
      ],
    }),
  },
  'long-names': {
    snapshot: snapshot({
      profiles: [
        rotating(1, {
          name: LONG,
          host: `${LONG}.${LONG}.example.org`,
          group: LONG,
          user: LONG.slice(0, 40),
          favourite: true,
        }),
        fixed(2, { name: `${LONG.slice(0, 60)}-2`, group: LONG }),
        rotating(3, { name: '東京のサーバー' }),
      ],
      runs: [opened(1)],
      grants: [grant(1, { address: '2001:db8:1234:5678:9abc:def0:1234:5678' })],
    }),
  },
  ...editorScenes(snapshot, few, unlucky),
  ...exchangeScenes(snapshot, few),
  ...exportScenes(snapshot, few),
  ...peopleScenes(snapshot, few),
  ...extremeScenes(snapshot, few),
};
