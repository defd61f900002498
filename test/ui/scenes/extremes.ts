/** What is rare and must hold all the same: the longest names, the other verdicts, long imports, and what each call fails with. */
import type { Problem } from '../../../shared/contract/result';
import type { ProfileView, Snapshot } from '../../../shared/contract/views';
import { SPA_DEFAULTS } from '../../../shared/profile/spa';
import { failures } from './histories';
import { fixed, fleet, idOf, LONG, rotating } from './profiles';
import { fullReview, sealedReview } from './reviews';
import { ended, failedRun, grant, run } from './runs';
import type { Scene, SceneStep } from './scenes';

/** As long as a name may be. */
const NAME = `${LONG}-seen`.slice(0, 80).padEnd(80, '0');
const HOST = `${Array.from({ length: 3 }, () => LONG.slice(0, 60)).join('.')}.example.org`;

const FULL_DISK: Problem = {
  code: 'storage',
  message: 'The file could not be written: the disk is full.',
  hint: 'Make room on the disk, then save it again.',
  detail: "ENOSPC: no space left on device, write '/home/ada/Documents/sallyport-profiles.json'",
};
const WRONG_PASSPHRASE: Problem = {
  code: 'bad-input',
  message: 'The passphrase does not open it.',
  hint: 'Try again; capital letters count.',
};

const SETTINGS: SceneStep = { press: 'Settings', role: 'button' };
const MORE: SceneStep = { press: 'More actions', role: 'button' };
const SERVER: readonly SceneStep[] = [MORE, { press: 'Set up my server…', role: 'menuitem' }];
const IMPORT: readonly SceneStep[] = [
  { press: 'Import and export', role: 'button' },
  { press: 'Import…', role: 'menuitem' },
];

export function extremeScenes(
  snapshot: (more?: Partial<Snapshot>) => Snapshot,
  profiles: readonly ProfileView[],
): Readonly<Record<string, Scene>> {
  const some = snapshot({ profiles });
  const spa = rotating(1, { user: null, method: { kind: 'spa', ...SPA_DEFAULTS, timeout: 120 } });
  const nat = { kind: 'nat', host: '192.168.10.3', port: 2222 } as const;
  const longest = [rotating(1, { name: NAME, host: HOST, favourite: true }), ...profiles.slice(1)];
  return {
    longest: { snapshot: snapshot({ profiles: longest, runs: [ended(1, 'closed', 'open', 'filtered')] }) },
    'longest-server': { snapshot: snapshot({ profiles: longest }), steps: SERVER },
    'longest-removed': {
      snapshot: snapshot({ profiles: longest }),
      steps: [MORE, { press: 'Remove', role: 'menuitem' }],
    },
    'searched-in-vain': {
      snapshot: snapshot({ profiles: fleet() }),
      steps: [{ type: 'a host that nobody has', into: 'Search profiles' }],
    },
    closed: { snapshot: snapshot({ profiles, runs: [ended(1, 'closed', 'open', 'filtered')] }) },
    extending: {
      snapshot: snapshot({
        profiles,
        runs: [run(1, { phase: 'resolving' })],
        grants: [grant(1, { address: '2001:db8:1234:5678:9abc:def0:1234:5678' })],
      }),
    },
    cancelled: {
      snapshot: snapshot({
        profiles,
        runs: [
          run(1, {
            phase: 'done',
            verdict: 'error',
            problem: { code: 'cancelled', message: 'The knock was cancelled.' },
          }),
        ],
      }),
    },
    'spa-idle': { snapshot: snapshot({ profiles: [spa, rotating(2, { family: 'both' })] }) },
    'one-time-used-up': {
      snapshot: snapshot({
        profiles: [
          rotating(1, { name: 'pads', method: { kind: 'one-time', tcpFlags: ['syn', 'fin'], left: 0 } }),
        ],
      }),
    },
    'history-failures': {
      snapshot: snapshot({ profiles, runs: [failedRun(1)] }),
      histories: { [idOf(1)]: failures() },
    },
    'review-full': { snapshot: some, review: fullReview(), steps: FROM_SSH },
    'review-sealed-wrong': {
      snapshot: some,
      review: sealedReview,
      failing: { importUnlock: WRONG_PASSPHRASE },
      steps: [
        ...FROM_SSH,
        { type: 'open sesame', into: 'Passphrase of the secrets' },
        { press: 'Open', role: 'button' },
      ],
    },
    'review-failed': {
      snapshot: some,
      review: fullReview(),
      failing: { importApply: FULL_DISK },
      steps: [...FROM_SSH, { press: 'Import 40 hosts', role: 'button' }],
    },
    'import-failed': {
      snapshot: some,
      failing: {
        importText: {
          code: 'bad-input',
          message: 'This is no profile link and none of the files that can be read.',
          hint: 'Paste a link that begins with sallyport://profile/, or the text of a knockd.conf, a .fwknoprc or an export.',
        },
      },
      steps: [...IMPORT, { type: 'hello', into: 'Paste a profile' }, { press: 'Review', role: 'button' }],
    },
    'export-failed': {
      snapshot: some,
      failing: { exportProfiles: FULL_DISK },
      steps: [
        { press: 'Import and export', role: 'button' },
        { press: 'Export…', role: 'menuitem' },
        { press: 'Export…', role: 'button' },
      ],
    },
    'editor-failed': {
      snapshot: some,
      failing: { createProfile: FULL_DISK },
      steps: [
        { press: 'Add a host', role: 'button' },
        { type: 'web9', into: 'Name' },
        { type: 'web9.example.org', into: 'Host' },
        { press: 'Save', role: 'button' },
      ],
    },
    'vault-wrong': {
      snapshot: snapshot({
        profiles,
        secrets: {
          store: 'passphrase',
          state: 'locked',
          detail: 'The vault is locked.',
          hint: 'Unlock it in the settings, or with: sallyport secrets unlock',
          chosenBy: 'person',
          vault: 'locked',
        },
      }),
      failing: { unlockVault: WRONG_PASSPHRASE },
      steps: [
        SETTINGS,
        { type: 'open sesame', into: 'Passphrase of the vault' },
        { press: 'Unlock the vault', role: 'button' },
      ],
    },
    'ssh-failed': {
      snapshot: some,
      failing: {
        sshConfig: {
          code: 'storage',
          message: '/home/ada/.ssh/config could not be read: permission denied.',
          hint: 'Make it yours and readable: chmod 600 ~/.ssh/config',
          detail: "EACCES: permission denied, open '/home/ada/.ssh/config'",
        },
      },
      steps: [SETTINGS],
    },
    'keychain-locked': {
      snapshot: snapshot({ profiles }),
      failing: {
        knock: {
          code: 'keychain-locked',
          message: 'The system keychain is locked.',
          hint: 'Unlock it, then knock again.',
          detail: 'org.freedesktop.Secret.Error.IsLocked',
        },
      },
      steps: [{ press: 'Knock', role: 'button' }],
    },
    'people-nat': {
      snapshot: snapshot({ profiles: [{ ...spa, method: { kind: 'spa', ...SPA_DEFAULTS, nat } }] }),
      steps: [MORE, { press: 'People and phones…', role: 'menuitem' }],
    },
    'server-cloud': {
      snapshot: some,
      steps: [...SERVER, { select: 'cloud-init', into: 'Format' }],
    },
    'server-fixed': {
      snapshot: snapshot({ profiles: [fixed(1)] }),
      steps: [...SERVER, { select: 'knockd', into: 'Format' }],
    },
    notices: {
      snapshot: snapshot({
        profiles,
        notices: [1, 2, 3].map((at) => ({
          id: `notice-${at}`,
          message: `The door of ${at === 2 ? NAME : `web${at}`} was opened by ssh while this window was away.`,
          hint: at === 2 ? null : 'Look at its history for when and from where.',
        })),
      }),
    },
  };
}

const FROM_SSH: readonly SceneStep[] = [...IMPORT, { press: 'From ~/.ssh/config', role: 'button' }];
