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
import ansibleMain from '../../build/ansible/main.yml?raw';
import ansibleInstall from '../../build/ansible/install.yml?raw';
import ansibleTrial from '../../build/ansible/trial.yml?raw';
import ansibleLasting from '../../build/ansible/lasting.yml?raw';
import ansibleRemove from '../../build/ansible/remove.yml?raw';
import ansibleHandlers from '../../build/ansible/handlers.yml?raw';
import firstBoot from '../../build/cloud-init/first-boot.sh?raw';
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
  'ansible/main.yml': ansibleMain,
  'ansible/install.yml': ansibleInstall,
  'ansible/trial.yml': ansibleTrial,
  'ansible/lasting.yml': ansibleLasting,
  'ansible/remove.yml': ansibleRemove,
  'ansible/handlers.yml': ansibleHandlers,
  'first-boot.sh': firstBoot,
  'sallyportd.openrc': openrcScript,
  'sallyportd.sysv': sysvScript,
  'sallyportd.service': daemonService,
  'sallyport-gate.service': gateService,
  'sallyportd.8': daemonPage,
  'sallyportd.toml.5': configPage,
};
