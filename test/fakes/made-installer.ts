/** Installers as the app writes them, for tests that run them. */
import { installerTexts } from '../../electron/main/installer-texts';
import type { InstallerParts } from '../../electron/main/ports';
import type { Materials } from '../../shared/installer/export-format';
import { shFormat } from '../../shared/installer/formats/sh';
import { exportOptionsSchema } from '../../shared/installer/options';
import { serverSetup } from '../../shared/installer/server-setup';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { ROTATING_SECRET, rotatingProfile } from './sample-profiles';

const WEB1 = rotatingProfile({ name: "o'web 1", host: '192.0.2.1' });

export interface Wish {
  readonly profile?: Profile;
  readonly secret?: ProfileSecret;
  readonly options?: unknown;
  readonly version?: string;
  readonly texts?: Materials['texts'];
  /** Milliseconds since the epoch. */
  readonly now?: number;
}

export async function madeInstaller(parts: InstallerParts, wish: Wish = {}): Promise<string> {
  const options = exportOptionsSchema.parse(wish.options ?? {});
  const setup = serverSetup(wish.profile ?? WEB1, wish.secret ?? ROTATING_SECRET, options);
  if (!setup.ok) throw new Error(setup.error.message);
  const made = shFormat.write(setup.value, {
    texts: wish.texts ?? installerTexts,
    daemons: await Promise.all(options.arches.map((arch) => parts.daemon(arch))),
    version: wish.version ?? '0.1.0',
    now: wish.now ?? Date.UTC(2026, 10, 21, 12),
  });
  if (made.kind !== 'text') throw new Error('not text');
  return made.text;
}
