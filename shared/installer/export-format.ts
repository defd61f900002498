/**
 * The ways in which a server's setup can be written down. Each is a module of this shape in formats/, and pure: what it
 * needs besides the setup comes in as materials, and what it makes is text, or files for an archive. It does no
 * compression and no writing.
 */
import type { Arch } from './options';
import type { ServerSetup } from './server-setup';

export const FORMAT_IDS = [
  'sh',
  'tar',
  'ansible',
  'cloud-init',
  'nftables',
  'iptables',
  'knockd',
  'fwknop',
] as const;
export type FormatId = (typeof FORMAT_IDS)[number];

/** The daemon for one kind of processor. */
export interface DaemonBuild {
  readonly arch: Arch;
  /** Of the program itself, hex. */
  readonly sha256: string;
  readonly program: Uint8Array;
  /** The program, gzipped. */
  readonly gzip: Uint8Array;
  /** The same as base64. */
  readonly base64: string;
}

/** Texts that come with Sallyport, by file name: `install.sh`, `sallyportd.service`, … */
export type InstallerTexts = Readonly<Record<string, string>>;

export interface Materials {
  readonly texts: InstallerTexts;
  /** One for each of the options' arches if the format wants daemons, else none. */
  readonly daemons: readonly DaemonBuild[];
  /** Sallyport's version. */
  readonly version: string;
  /** When this is written, milliseconds since the epoch. */
  readonly now: number;
}

export interface ArchiveEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly mode: number;
  readonly content: string | Uint8Array;
}

export type Artifact =
  | { readonly kind: 'text'; readonly text: string }
  /** Becomes a tar.gz; `folder` is the one folder at its top. */
  | { readonly kind: 'archive'; readonly folder: string; readonly entries: readonly ArchiveEntry[] };

export interface ExportFormat {
  readonly id: FormatId;
  /** For a menu: "Shell script". */
  readonly title: string;
  /** For whom it is, one sentence. */
  readonly about: string;
  /** With the dot: `.sh`, `.tar.gz`. */
  readonly extension: string;
  readonly wantsDaemons: boolean;
  /** Whether the secret is always in it, for want of somebody to ask on the server; never, whatever the options say; or as chosen. */
  readonly secret: 'in' | 'out' | 'chosen';
  /** Words on why this setup cannot be written so, or null. */
  readonly problem: (setup: ServerSetup) => string | null;
  readonly write: (setup: ServerSetup, materials: Materials) => Artifact;
  /** What to do with the file, a line each; commands first. */
  readonly nextSteps: (setup: ServerSetup, fileName: string) => readonly string[];
}

/** Letters, digits and dashes of a text, for a file's name. */
export function fileNamePart(text: string): string {
  return text.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'server';
}

/** One line that shows as it is, for comments. */
export function plainLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/** `sallyport-web1-20261121.sh` */
export function exportFileName(format: ExportFormat, { profile }: ServerSetup, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  return `sallyport-${fileNamePart(profile.name)}-${day}${format.id === 'sh' ? '' : `-${format.id}`}${format.extension}`;
}
