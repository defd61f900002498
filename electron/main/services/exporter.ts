/** Writes a server's setup in one of the formats: profile and secret in, the bytes of one file out. */
import {
  exportFileName,
  type Artifact,
  type ExportFormat,
  type FormatId,
} from '../../../shared/installer/export-format';
import { exportFormat } from '../../../shared/installer/formats/registry';
import type { ExportOptions } from '../../../shared/installer/options';
import { serverSetup, type ServerSetup } from '../../../shared/installer/server-setup';
import { tarArchive } from '../../../shared/installer/tar';
import { fail, unwrap } from '../../../shared/contract/result';
import type { Clock, InstallerParts } from '../ports';
import type { ProfileStore } from './profile-store';
import type { SecretStore } from './secret-store';

export interface ExportWish {
  readonly format: FormatId;
  readonly options: ExportOptions;
}

export interface Exported {
  /** What the file could be called. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** Of the bytes, hex. */
  readonly sha256: string;
  /** Whether whoever reads the file can knock. */
  readonly holdsSecrets: boolean;
  readonly nextSteps: readonly string[];
}

interface Prepared {
  readonly format: ExportFormat;
  readonly setup: ServerSetup;
}

export class Exporter {
  readonly #profiles: ProfileStore;
  readonly #secrets: SecretStore;
  readonly #parts: InstallerParts;
  readonly #clock: Clock;
  readonly #version: string;

  constructor(
    profiles: ProfileStore,
    secrets: SecretStore,
    parts: InstallerParts,
    clock: Clock,
    version: string,
  ) {
    this.#profiles = profiles;
    this.#secrets = secrets;
    this.#parts = parts;
    this.#clock = clock;
    this.#version = version;
  }

  /** Rejects with what would keep this from being written. */
  async check(profileId: string, wish: ExportWish): Promise<void> {
    await this.#prepared(profileId, wish);
  }

  async export(profileId: string, wish: ExportWish): Promise<Exported> {
    const { format, setup } = await this.#prepared(profileId, wish);
    const { options } = wish;
    const now = this.#clock.now();
    const daemons = format.wantsDaemons
      ? await Promise.all(options.arches.map((arch) => this.#parts.daemon(arch)))
      : [];
    const artifact = format.write(setup, { texts: this.#parts.texts, daemons, version: this.#version, now });
    const bytes = await this.#packed(artifact, now);
    const fileName = exportFileName(format, setup, now);
    return {
      fileName,
      bytes,
      sha256: this.#parts.sha256(bytes),
      holdsSecrets: setup.secret !== null,
      nextSteps: format.nextSteps(setup, fileName),
    };
  }

  async #prepared(profileId: string, { format: id, options }: ExportWish): Promise<Prepared> {
    const format = unwrap(exportFormat(id));
    const profile = this.#profiles.get(profileId);
    const wished = format.secret === 'out' ? { ...options, secrets: 'ask' as const } : options;
    const setup = unwrap(serverSetup(profile, await this.#secrets.get(profileId), wished));
    const problem = format.problem(setup);
    if (problem !== null) {
      unwrap(fail('bad-input', problem, { hint: 'Choose another format.' }));
    }
    return { format, setup };
  }

  #packed(artifact: Artifact, now: number): Promise<Uint8Array> {
    if (artifact.kind === 'text') return Promise.resolve(new TextEncoder().encode(artifact.text));
    return this.#parts.gzip(tarArchive(artifact.folder, artifact.entries, Math.floor(now / 1000)));
  }
}
