/** A role for Ansible, with a playbook that uses it: secrets come from variables and never stand in it. */
import { plainLine, type ArchiveEntry, type ExportFormat, type Materials } from '../export-format';
import type { Arch } from '../options';
import type { Ask, ServerFile } from '../server-key';
import type { ServerSetup } from '../server-setup';
import { ownDaemonProblem } from './own-daemon';

const FOLDER = 'sallyport-ansible';
const ROLE = 'roles/sallyport';
const UNITS = ['sallyportd.service', 'sallyport-gate.service'] as const;
const TASKS = ['main', 'install', 'trial', 'lasting', 'remove'] as const;
/** What the kernel calls the processors. */
const MACHINES: Readonly<Record<Arch, readonly string[]>> = {
  amd64: ['x86_64'],
  arm64: ['aarch64'],
  armv7: ['armv7l', 'armv8l'],
};
/** What nothing but the secret itself can be, so that no value can end the text that it stands in. */
const FORMS: Readonly<Record<Ask['form'], string>> = {
  base32: '^[A-Za-z2-7= ]+\\Z',
  base64: '^[A-Za-z0-9+/=]+\\Z',
  sequence: '^[0-9a-z:, ]+\\Z',
};

export const ansible: ExportFormat = {
  id: 'ansible',
  title: 'Ansible role',
  about: 'For servers that Ansible keeps: a role that takes the secret from your vault.',
  extension: '.tar.gz',
  wantsDaemons: true,
  secret: 'out',
  problem: ownDaemonProblem,
  write: (setup, materials) => ({ kind: 'archive', folder: FOLDER, entries: entries(setup, materials) }),
  nextSteps: ({ asks }, file) => [
    `tar xzf ${file} && cd ${FOLDER}`,
    `Put ${asks.map(variableOf).join(' and ')} into a vault: ansible-vault create secrets.yml (see secrets.example.yml)`,
    'ansible-playbook -i SERVER, -b --ask-vault-pass site.yml',
    'Knock, log in over a new connection, then make it last: the same with -e sallyport_trial=false',
  ],
};

function entries(setup: ServerSetup, { texts, daemons, version }: Materials): readonly ArchiveEntry[] {
  const file = (path: string, content: string | Uint8Array): ArchiveEntry => ({ path, mode: 0o600, content });
  const text = (name: string) => {
    const found = texts[name];
    if (found === undefined) throw new Error(`the text ${name} is missing`);
    return found;
  };
  return [
    file('README', lines(readme(setup, version))),
    file('site.yml', lines(SITE)),
    file('secrets.example.yml', lines(secretsExample(setup))),
    file(`${ROLE}/defaults/main.yml`, lines(defaults(setup))),
    file(`${ROLE}/handlers/main.yml`, text('ansible/handlers.yml')),
    ...TASKS.map((name) => file(`${ROLE}/tasks/${name}.yml`, text(`ansible/${name}.yml`))),
    ...setup.files.map((one) => file(`${ROLE}/templates/${nameOf(one)}.j2`, template(one, setup.asks))),
    ...UNITS.map((name) => file(`${ROLE}/files/${name}`, text(name))),
    ...daemons.map(({ arch, program }) => file(`${ROLE}/files/sallyportd-${arch}`, program)),
  ];
}

const lines = (texts: readonly string[]) => `${texts.join('\n')}\n`;
const nameOf = ({ path }: ServerFile) => path.slice(path.lastIndexOf('/') + 1);

/** `sallyport_hmac_key` for `@HMAC_KEY@`. */
function variableOf({ placeholder }: Ask): string {
  return `sallyport_${placeholder.replaceAll('@', '').toLowerCase()}`;
}

function template({ text }: ServerFile, asks: readonly Ask[]): string {
  return asks.reduce(
    (made, ask) => made.replaceAll(ask.placeholder, `{{ ${variableOf(ask)} }}`),
    // Nothing but the variables is Ansible's to read.
    text.replaceAll(/\{[{%#]/g, (brace) => `{{ '${brace}' }}`),
  );
}

/** A scalar in single quotes, which YAML reads as it stands. */
function yaml(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const SITE = [
  '- name: Sallyport',
  '  hosts: all',
  '  vars_files: [secrets.yml]',
  '  roles: [sallyport]',
] as const;

function secretsExample({ asks }: ServerSetup): readonly string[] {
  return [
    '# Copy this to secrets.yml, fill it in, then: ansible-vault encrypt secrets.yml',
    ...asks.flatMap((ask) => [`# ${ask.what}`, `${variableOf(ask)}: ''`]),
  ];
}

function defaults({ asks, files, options, needsClock }: ServerSetup): readonly string[] {
  return [
    '# Whether the gate comes up on trial: it opens again by itself unless the playbook is run with false in time, which is',
    '# taken only after a knock has opened the door. Where the daemon starts at boot already, there is no trial.',
    'sallyport_trial: true',
    'sallyport_trial_seconds: 180',
    '# False removes everything.',
    'sallyport_present: true',
    '# Installs although the clock is not synchronized.',
    'sallyport_force_clock: false',
    '',
    '# What the rest of the role is told; not to be changed.',
    `sallyport_needs_clock: ${needsClock}`,
    'sallyport_files:',
    ...files.map((one) => `  - ${yaml(nameOf(one))}`),
    'sallyport_daemons:',
    ...options.arches.flatMap((arch) => MACHINES[arch].map((machine) => `  ${machine}: sallyportd-${arch}`)),
    'sallyport_secrets:',
    ...asks.flatMap((ask) => [
      `  - variable: ${variableOf(ask)}`,
      `    form: ${yaml(FORMS[ask.form])}`,
      `    what: ${yaml(ask.what)}`,
    ]),
  ];
}

function readme({ profile, doors, asks }: ServerSetup, version: string): readonly string[] {
  const ports = doors.flatMap((door) => door.ports).join(', ');
  return [
    `A role for Ansible (2.14 or newer): sallyportd for the profile "${plainLine(profile.name)}", by Sallyport ${version}.`,
    `It keeps ${ports} closed and opens it for ${profile.openFor} s to the address that knocks. Servers need systemd and Python 3.`,
    '',
    'The secret is not in here. Take it from Sallyport, and put it into a vault as these variables:',
    ...asks.map((ask) => `  ${variableOf(ask)}: ${ask.what}`),
    '  cp secrets.example.yml secrets.yml && chmod 600 secrets.yml     then fill it in, and',
    '  ansible-vault encrypt secrets.yml',
    '',
    'Apply, with a second SSH session open:',
    '  ansible-playbook -i SERVER, -b --ask-vault-pass site.yml',
    '      closes the door on trial; it opens again by itself after 3 minutes, and after a restart of the server',
    '  Knock, and log in over a new connection. Then',
    '  ansible-playbook -i SERVER, -b --ask-vault-pass site.yml -e sallyport_trial=false',
    '      makes it last. It fails when no knock has opened the door; then the trial ends as it would have.',
    'Each run keeps its one connection (ControlPersist, which Ansible has on by itself): it outlives the closing of the door.',
    'After that the playbook changes only what differs, and the door stays closed: knock before you run it.',
    '',
    'Undo: the same with -e sallyport_present=false. Config, secrets and the user sallyport are removed as well.',
  ];
}
