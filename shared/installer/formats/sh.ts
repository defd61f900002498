/**
 * The installer as one POSIX shell script: a header in words, the program in plain text (build/installer/), then the files
 * it installs, each with its SHA-256. Text files stay readable, programs are gzipped in base64. The last line has the
 * SHA-256 of everything above it, which finds damage and a file that was cut short, not tampering.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { plainLine, type ExportFormat, type Materials } from '../export-format';
import { payloadFiles, type PayloadFile } from '../payload';
import { formatRange } from '../../sequence/parameters';
import type { ServerSetup } from '../server-setup';
import { uploadCommand } from '../upload';
import { ownDaemonProblem } from './own-daemon';

/** The parts of the program, in the order they stand in. */
const SCRIPT_PARTS = [
  'words.sh',
  'arguments.sh',
  'payload.sh',
  'preflight.sh',
  'service.sh',
  'ask.sh',
  'apply.sh',
  'trial.sh',
  'uninstall.sh',
  'main.sh',
] as const;

/** Characters a line of base64; POSIX promises that tools take 2,048. */
const LINE = 1024;

export const shFormat: ExportFormat = {
  id: 'sh',
  title: 'Shell script',
  about: 'For one server: a readable script that tries the gate first, and takes it back unless you confirm.',
  extension: '.sh',
  wantsDaemons: true,
  secret: 'chosen',
  problem: ownDaemonProblem,
  write: (setup, materials) => ({ kind: 'text', text: shInstaller(setup, materials) }),
  nextSteps: (setup, fileName) => [
    uploadCommand(setup, fileName),
    `sudo sh ${fileName}`,
    'Knock from a new connection, log in, and there: sudo sallyport-setup --confirm',
  ],
};

/** @param carries where the files are that it installs: inside of it, or in a folder `files` beside it. */
export function shInstaller(
  setup: ServerSetup,
  materials: Materials,
  carries: 'inside' | 'beside' = 'inside',
): string {
  const program = SCRIPT_PARTS.map((part) => withoutDirective(materials.texts[part] ?? ''));
  const above = [
    '#!/bin/sh',
    ...header(setup, materials),
    ...facts(setup, materials),
    ...program,
    '# Nothing below is run. Files by name, encoding, SHA-256, mode, owner, place, and when they are wanted.',
    ...setup.asks.map(
      ({ placeholder, form, generate, what }) =>
        `#:ask ${placeholder} ${form} ${generate ?? '-'} ${holderOf(setup, placeholder)} ${what}`,
    ),
    ...payloadFiles(setup, materials).flatMap((file) =>
      carries === 'inside' ? payload(file) : [mark({ ...file, encoding: 'beside' }), '#:end'],
    ),
  ].join('\n');
  return `${above}\n#:sha256 ${bytesToHex(sha256(utf8ToBytes(`${above}\n`)))}\n`;
}

function header(setup: ServerSetup, { now }: Materials): string[] {
  const { profile, doors, user, options } = setup;
  const ports = doors.flatMap((door) => door.ports).join(', ');
  const secrets =
    options.secrets === 'include'
      ? [
          'THIS FILE HOLDS SECRETS. Whoever reads it can knock. Keep it to yourself (mode 0600), and delete it after',
          'the installation, here and on the server.',
        ]
      : ['This file holds no secrets: it asks for them on the server’s terminal, or makes them there.'];
  return [
    `Sallyport’s installer for "${profile.name}" (${profile.host}).`,
    // The part of this file that stays on the server leaves this line out: the day is no change.
    `Made on ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    '',
    ...secrets,
    '',
    `It installs sallyportd, which keeps ${ports} closed and opens it for ${profile.openFor} s to the address that knocks`,
    `with the key of "${user}". It makes the system user sallyport, and puts files into /etc/sallyport, /usr/local/sbin,`,
    '/usr/local/share/man and where services are kept (systemd, OpenRC or /etc/init.d). What the daemon remembers is in',
    '/var/lib/sallyport, what a removal has to know in /var/lib/sallyport-setup. The gate is a table of its own in',
    'nftables that only drops: other firewalls are not edited and keep their say. Open sessions stay open.',
    '',
    'The gate comes up on trial. Unless it is confirmed in time (sallyport-setup --confirm, taken only after a knock',
    'opened the door), everything is put back as it was, also when this session is lost or the server restarts.',
    '',
    'Look before you run it: sh FILE --help, --check and --dry-run change nothing.',
  ].map((line) => (line === '' ? '#' : `# ${plainLine(line)}`));
}

function facts(
  { profile, doors, user, key, needsClock, options }: ServerSetup,
  { version }: Materials,
): string[] {
  const spaPort = profile.method.kind === 'spa' ? profile.method.settings.serverPort : null;
  const range = profile.method.kind === 'rotating' ? formatRange(profile.method.parameters.range) : null;
  const knocks =
    spaPort !== null
      ? `udp ${spaPort}`
      : range !== null
        ? `${profile.method.kind === 'rotating' ? profile.method.parameters.protocols.join(' and ') : ''} ${range}`
        : `the steps of ${key.method === 'sequence' ? 'the sequence' : 'the knock'}`;
  const values: Readonly<Record<string, string>> = {
    SP_VERSION: version,
    SP_PROFILE: plainLine(profile.name),
    SP_USER: user,
    SP_PORTS: doors.flatMap((door) => door.ports).join(' '),
    SP_OPEN_FOR: String(profile.openFor),
    SP_KNOCKS: knocks,
    SP_CLOCK: needsClock ? 'yes' : 'no',
    SP_SECRETS: options.secrets === 'include' ? 'included' : 'asked',
  };
  return [
    '',
    // fail never returns, and the functions of main are called in words.
    '# shellcheck disable=SC2015,SC2317',
    // A file that was cut short would otherwise end in silence.
    'case ${0##*/} in',
    'sallyport-setup) ;;',
    '*)',
    `  if [ "$(tail -n 1 "$0" 2>/dev/null | cut -c1-9)" != '#:sha256 ' ]; then`,
    `    echo "$0 is not complete, or is read from a pipe: save it whole to a file, then: sh FILE" >&2`,
    '    exit 1',
    '  fi',
    '  ;;',
    'esac',
    ...Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`),
    '',
  ];
}

function payload(file: PayloadFile): string[] {
  const lines = file.encoding === 'text' ? barred(file.text) : broken(file.text);
  return [mark(file), ...lines, '#:end'];
}

type Mark = Omit<PayloadFile, 'encoding' | 'text'> & {
  readonly encoding: PayloadFile['encoding'] | 'beside';
};

function mark({ name, encoding, sum, mode, owner, path, when }: Mark): string {
  return `#:file ${name} ${encoding} ${sum} ${mode} ${owner} ${path} ${when}`;
}

/** Text with a bar before each line, so that none can be taken for a mark. */
function barred(text: string): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `|${line}`);
}

function broken(base64: string): string[] {
  return base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
}

function holderOf({ files }: ServerSetup, placeholder: string): string {
  const file = files.find(({ text }) => text.includes(placeholder));
  return file === undefined ? '-' : nameOf(file.path);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** In single quotes, which nothing inside can end. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function withoutDirective(text: string): string {
  return text.replace(/^# shellcheck shell=sh\n/, '');
}
