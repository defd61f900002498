/** What an exported installer is made of: the texts that are built into this program, and the daemon's built binaries. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ProblemError } from '../../../shared/contract/result';
import type { DaemonBuild, InstallerTexts } from '../../../shared/installer/export-format';
import type { Arch } from '../../../shared/installer/options';
import type { InstallerParts } from '../ports';

const FOLDERS: Readonly<Record<Arch, string>> = {
  amd64: 'linux-amd64',
  arm64: 'linux-arm64',
  armv7: 'linux-arm',
};
const gzipped = promisify(gzip);

export class BuiltInstallerParts implements InstallerParts {
  readonly texts: InstallerTexts;
  readonly #helpers: string;

  /** @param helpers the folder with one folder of helpers for each system. */
  constructor(texts: InstallerTexts, helpers: string) {
    this.texts = texts;
    this.#helpers = helpers;
  }

  async daemon(arch: Arch): Promise<DaemonBuild> {
    const path = join(this.#helpers, FOLDERS[arch], 'sallyportd');
    let program: Buffer;
    try {
      program = await readFile(path);
    } catch (error) {
      throw new ProblemError({
        code: 'storage',
        message: `The server’s daemon for ${arch} is not here: ${path} cannot be read.`,
        hint:
          arch === 'armv7'
            ? 'Build it: npm run build:helpers -- --all'
            : 'Build it: npm run build:helpers. Or install Sallyport again.',
        detail: error instanceof Error ? error.message : String(error),
      });
    }
    const packed = await this.gzip(program);
    return {
      arch,
      sha256: this.sha256(program),
      program,
      gzip: packed,
      base64: Buffer.from(packed).toString('base64'),
    };
  }

  /** As small as it gets: an installer is copied over slow lines. The header has no time, so equal bytes stay equal. */
  async gzip(bytes: Uint8Array): Promise<Uint8Array> {
    return gzipped(bytes, { level: 9, memLevel: 9 });
  }

  sha256(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
  }
}
