/** What exports are made of, in memory: small programs, real texts, real compression and hashes. */
import { BuiltInstallerParts } from '../../electron/main/adapters/installer-parts';
import { installerTexts } from '../../electron/main/installer-texts';
import type { InstallerParts } from '../../electron/main/ports';
import type { DaemonBuild } from '../../shared/installer/export-format';
import type { Arch } from '../../shared/installer/options';

/** @param program what the daemon's build for a processor holds. */
export function fakeParts(
  program: (arch: Arch) => string = (arch) => `daemon for ${arch}\n`,
): InstallerParts {
  const real = new BuiltInstallerParts(installerTexts, '/nowhere');
  return {
    texts: installerTexts,
    gzip: (bytes) => real.gzip(bytes),
    sha256: (bytes) => real.sha256(bytes),
    daemon: async (arch): Promise<DaemonBuild> => {
      const bytes = Buffer.from(program(arch));
      const gzip = await real.gzip(bytes);
      const base64 = Buffer.from(gzip).toString('base64');
      return { arch, sha256: real.sha256(bytes), program: bytes, gzip, base64 };
    },
  };
}
