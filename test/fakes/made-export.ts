/** A profile's server in any format that needs no daemon of its own, for tests that look at what is written. */
import { installerTexts } from '../../electron/main/installer-texts';
import type { Artifact, ExportFormat, FormatId, Materials } from '../../shared/installer/export-format';
import { exportFormat } from '../../shared/installer/formats/registry';
import { exportOptionsSchema } from '../../shared/installer/options';
import { serverSetup, type ServerSetup } from '../../shared/installer/server-setup';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';

/** @throws what the format's or the setup's problem says. */
export function setupOf(
  id: FormatId,
  profile: Profile,
  secret: ProfileSecret,
  options: unknown = {},
): { readonly format: ExportFormat; readonly setup: ServerSetup } {
  const setup = serverSetup(profile, secret, exportOptionsSchema.parse(options));
  const format = exportFormat(id);
  if (!setup.ok) throw new Error(setup.error.message);
  if (!format.ok) throw new Error(format.error.message);
  return { format: format.value, setup: setup.value };
}

export function madeExport(
  id: FormatId,
  profile: Profile,
  secret: ProfileSecret,
  options: unknown = {},
  materials: Partial<Materials> = {},
): Artifact {
  const { format, setup } = setupOf(id, profile, secret, options);
  const problem = format.problem(setup);
  if (problem !== null) throw new Error(problem);
  return format.write(setup, { texts: installerTexts, daemons: [], version: '0.1.0', now: 0, ...materials });
}
