/** The files that an installer carries: what they hold, and where on which server they go. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Materials } from './export-format';
import type { ServerSetup } from './server-setup';

export interface PayloadFile {
  readonly name: string;
  readonly encoding: 'text' | 'gzip';
  /** Of the file as it stands on the server, hex. */
  readonly sum: string;
  readonly mode: '0644' | '0755' | '0640';
  readonly owner: 'root:root' | 'root:sallyport';
  readonly path: string;
  /** A processor, a kind of services, `config` (left alone by an upgrade), or `always`. */
  readonly when: string;
  /** The text; for `gzip` base64 of the gzipped bytes. */
  readonly text: string;
}

/** Texts of the materials that are installed. */
const TEXTS = [
  ['sallyportd.service', '0644', '/etc/systemd/system/sallyportd.service', 'systemd'],
  ['sallyport-gate.service', '0644', '/etc/systemd/system/sallyport-gate.service', 'systemd'],
  ['sallyportd.openrc', '0755', '/etc/init.d/sallyportd', 'openrc'],
  ['sallyportd.sysv', '0755', '/etc/init.d/sallyportd', 'sysv'],
  ['sallyportd.8', '0644', '/usr/local/share/man/man8/sallyportd.8', 'always'],
  ['sallyportd.toml.5', '0644', '/usr/local/share/man/man5/sallyportd.toml.5', 'always'],
] as const;

export function payloadFiles(setup: ServerSetup, { texts, daemons }: Materials): readonly PayloadFile[] {
  return [
    ...setup.files.map(({ path, text }): PayloadFile => ({
      name: path.slice(path.lastIndexOf('/') + 1),
      encoding: 'text',
      sum: sumOf(text),
      mode: '0640',
      owner: 'root:sallyport',
      path,
      when: 'config',
      text,
    })),
    ...TEXTS.map(([name, mode, path, when]): PayloadFile => {
      const text = texts[name];
      if (text === undefined) throw new Error(`the text ${name} is missing`);
      return { name, encoding: 'text', sum: sumOf(text), mode, owner: 'root:root', path, when, text };
    }),
    ...daemons.map(({ arch, sha256: sum, base64 }): PayloadFile => ({
      name: `daemon-${arch}`,
      encoding: 'gzip',
      sum,
      mode: '0755',
      owner: 'root:root',
      path: '/usr/local/sbin/sallyportd',
      when: arch,
      text: base64,
    })),
  ];
}

function sumOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
