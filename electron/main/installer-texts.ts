/** The texts that exports are made of, built into the program: what is exported cannot differ from what was released. */
import wordsPart from '../../build/installer/words.sh?raw';
import argumentsPart from '../../build/installer/arguments.sh?raw';
import payloadPart from '../../build/installer/payload.sh?raw';
import preflightPart from '../../build/installer/preflight.sh?raw';
import servicePart from '../../build/installer/service.sh?raw';
import askPart from '../../build/installer/ask.sh?raw';
import applyPart from '../../build/installer/apply.sh?raw';
import trialPart from '../../build/installer/trial.sh?raw';
import uninstallPart from '../../build/installer/uninstall.sh?raw';
import mainPart from '../../build/installer/main.sh?raw';
import openrcScript from '../../build/installer/sallyportd.openrc?raw';
import sysvScript from '../../build/installer/sallyportd.sysv?raw';
import daemonService from '../../build/systemd/sallyportd.service?raw';
import gateService from '../../build/systemd/sallyport-gate.service?raw';
import daemonPage from '../../docs/man/sallyportd.8?raw';
import configPage from '../../docs/man/sallyportd.toml.5?raw';
import type { InstallerTexts } from '../../shared/installer/export-format';

export const installerTexts: InstallerTexts = {
  'words.sh': wordsPart,
  'arguments.sh': argumentsPart,
  'payload.sh': payloadPart,
  'preflight.sh': preflightPart,
  'service.sh': servicePart,
  'ask.sh': askPart,
  'apply.sh': applyPart,
  'trial.sh': trialPart,
  'uninstall.sh': uninstallPart,
  'main.sh': mainPart,
  'sallyportd.openrc': openrcScript,
  'sallyportd.sysv': sysvScript,
  'sallyportd.service': daemonService,
  'sallyport-gate.service': gateService,
  'sallyportd.8': daemonPage,
  'sallyportd.toml.5': configPage,
};
