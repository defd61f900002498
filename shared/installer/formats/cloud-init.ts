/** User-data for cloud-init: a server that is closed from its first boot on. The daemon is in it, or fetched by it. */
import { plainLine, type ExportFormat, type Materials } from '../export-format';
import type { ServerSetup } from '../server-setup';
import { ownDaemonProblem } from './own-daemon';
import { quoted } from './sh';

const UNITS = ['sallyportd.service', 'sallyport-gate.service'] as const;
const SCRIPT = '/usr/local/sbin/sallyport-first-boot';
const LIMITS =
  'User-data is limited: AWS 16 KB, Hetzner 32 KB, DigitalOcean, Azure and OpenStack 64 KB, NoCloud not at all.';
const ARCH = '{arch}';

export const cloudInit: ExportFormat = {
  id: 'cloud-init',
  title: 'cloud-init',
  about: 'For a server that does not exist yet: user-data that closes it from its first boot on.',
  extension: '.yaml',
  wantsDaemons: true,
  secret: 'in',
  problem: (setup) => {
    const { secret, options } = setup;
    const { daemonUrl, arches } = options;
    const unserved = ownDaemonProblem(setup);
    if (unserved !== null) return unserved;
    if (secret === null) {
      return 'cloud-init has nobody to ask for the secret. Include it, or choose the shell script once the server runs.';
    }
    return daemonUrl !== null && arches.length > 1 && !daemonUrl.includes(ARCH)
      ? `One address cannot serve ${arches.join(' and ')}: write ${ARCH} into it where they differ, or choose one processor.`
      : null;
  },
  write: (setup, materials) => ({ kind: 'text', text: `${userData(setup, materials).join('\n')}\n` }),
  nextSteps: ({ options: { daemonUrl, arches } }, file) => [
    'Whoever can read the server’s user-data can knock: the provider, and on the server whoever may ask its metadata service.',
    LIMITS,
    ...(daemonUrl === null
      ? ['The daemon is inside, so this file fits NoCloud only; for clouds write it with --daemon-url.']
      : arches.map((arch) => `Put the ${arch} build of sallyportd at ${daemonUrl.replace(ARCH, arch)}`)),
    `cloud-init schema --config-file ${file}`,
    'Create the server with this file as its user-data, and have the provider’s console at hand: there is no trial.',
    'To undo: on the server, sallyportd panic opens the gate; systemctl disable --now sallyportd sallyport-gate, sallyportd cleanup.',
  ],
};

interface Written {
  readonly path: string;
  readonly mode: '0600' | '0644' | '0700';
  readonly content: readonly string[];
}

function userData(setup: ServerSetup, materials: Materials): readonly string[] {
  const { texts, daemons } = materials;
  const text = (name: string) => {
    const found = texts[name];
    if (found === undefined) throw new Error(`the text ${name} is missing`);
    return found;
  };
  const inside = setup.options.daemonUrl === null;
  const files: readonly Written[] = [
    ...setup.files.map(({ path, text: held }) => ({ path, mode: '0600', content: block(held) }) as const),
    ...UNITS.map(
      (name) => ({ path: `/etc/systemd/system/${name}`, mode: '0644', content: block(text(name)) }) as const,
    ),
    {
      path: SCRIPT,
      mode: '0700',
      content: block(['#!/bin/sh', ...facts(setup, materials), text('first-boot.sh')].join('\n')),
    },
    ...(inside ? daemons : []).map(
      ({ arch, base64 }) =>
        ({
          path: `/run/sallyport-setup/daemon-${arch}`,
          mode: '0700',
          content: ['    encoding: gz+b64', `    content: ${base64}`],
        }) as const,
    ),
  ];
  return [
    '#cloud-config',
    ...header(setup, materials),
    'write_files:',
    ...files.flatMap(({ path, mode, content }) => [
      `  - path: ${path}`,
      '    owner: root:root',
      `    permissions: '${mode}'`,
      ...content,
    ]),
    'runcmd:',
    `  - [sh, ${SCRIPT}]`,
  ];
}

/** A literal block: YAML reads every line as it stands, because all are set in alike. */
function block(text: string): readonly string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return ['    content: |2', ...lines.map((line) => (line === '' ? '' : `      ${line}`))];
}

function facts({ options }: ServerSetup, { daemons }: Materials): readonly string[] {
  return [
    `SP_URL=${quoted(options.daemonUrl ?? '')}`,
    `SP_SUMS=${quoted(daemons.map(({ arch, sha256 }) => `${arch}:${sha256}`).join(' '))}`,
  ];
}

function header({ profile, doors, options, needsClock }: ServerSetup, { version }: Materials) {
  const ports = doors.flatMap((door) => door.ports).join(', ');
  return [
    `sallyportd for the profile "${plainLine(profile.name)}", by Sallyport ${version}.`,
    'THIS FILE HOLDS THE SECRET, and user-data is readable: by the provider, in its console and its API, and on the server',
    'by whoever may ask the metadata service. Where that is not good enough, set the server up with the shell script.',
    '',
    `From its first boot the server keeps ${ports} closed, and opens it for ${profile.openFor} s to the address that knocks.`,
    'There is no trial: knock soon after, and have the provider’s console at hand. When anything fails before the daemon',
    'runs, nothing is closed; /var/log/cloud-init-output.log says why.',
    ...(needsClock ? ['The knocks depend on the time: the image must synchronize its clock.'] : []),
    options.daemonUrl === null
      ? 'The daemon is in this file, which is more than clouds take; it is for NoCloud.'
      : `The daemon is fetched from ${options.daemonUrl} and not run unless it has the SHA-256 in here.`,
    LIMITS,
    '',
    'Look:  cloud-init schema --config-file FILE',
    'Undo:  sallyportd panic (opens it); systemctl disable --now sallyportd sallyport-gate; sallyportd cleanup; then remove',
    '       /etc/sallyport /var/lib/sallyport /usr/local/sbin/sallyportd /etc/systemd/system/sallyport*, userdel sallyport',
  ].map((line) => (line === '' ? '#' : `# ${line}`));
}
