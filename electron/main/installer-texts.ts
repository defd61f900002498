/** The texts that exports are made of, built into the program: what is exported cannot differ from what was released. */
import gateService from '../../build/systemd/sallyport-gate.service?raw';
import daemonService from '../../build/systemd/sallyportd.service?raw';
import type { InstallerTexts } from '../../shared/installer/export-format';

export const installerTexts: InstallerTexts = {
  'sallyportd.service': daemonService,
  'sallyport-gate.service': gateService,
};
