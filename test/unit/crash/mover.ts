/**
 * Moves secrets between a keychain of files (it stands for the system's, which survives a kill too) and the real vault,
 * and kills itself with SIGKILL before its effect of a chosen number. argv: the home, what to do (`to os`, `to passphrase`
 * or `tidy`), the number (0: never). Without a kill it prints the store in use.
 */
import { join } from 'node:path';
import { nodeFiles } from '../../../electron/main/adapters/files';
import { passphraseFromFile } from '../../../electron/main/adapters/passphrase-file';
import { systemClock } from '../../../electron/main/adapters/system';
import { VaultKeychain } from '../../../electron/main/adapters/vault';
import type { Files } from '../../../electron/main/ports';
import { MoveRecovery } from '../../../electron/main/services/move-recovery';
import { Notices } from '../../../electron/main/services/notices';
import { ProfileStore } from '../../../electron/main/services/profile-store';
import { SecretChoice } from '../../../electron/main/services/secret-choice';
import { SecretMover } from '../../../electron/main/services/secret-move';
import { MemoryKeychain, SecretStore } from '../../../electron/main/services/secret-store';
import { FileKeychain } from './file-keychain';

const [home = '', what = '', number = '0'] = process.argv.slice(2);
const PASSPHRASE = 'correct horse';

let effects = 0;
function effect(): void {
  effects += 1;
  if (effects === Number(number)) process.kill(process.pid, 'SIGKILL');
}

const files: Files = {
  ...nodeFiles,
  write: async (path, text) => {
    effect();
    await nodeFiles.write(path, text);
  },
  remove: async (path) => {
    effect();
    await nodeFiles.remove(path);
  },
};

async function main(): Promise<void> {
  const notices = new Notices();
  const profiles = new ProfileStore(nodeFiles, systemClock, notices, join(home, 'profiles.json'));
  const choice = new SecretChoice(files, notices, join(home, 'secrets.json'), null);
  await Promise.all([profiles.load(), choice.load()]);
  const vault = new VaultKeychain(files, join(home, 'vault.json'), () => passphraseFromFile(undefined));
  if ((await vault.state()) === 'locked') await vault.unlock(PASSPHRASE);
  const stores = {
    os: new FileKeychain(files, join(home, 'keychain')),
    passphrase: vault,
    session: new MemoryKeychain(),
  };
  const secrets = new SecretStore(choice.store, stores[choice.store]);
  const recovery = new MoveRecovery(stores, secrets, choice, profiles, notices);
  if (what === 'tidy') await recovery.tidy();
  else {
    const mover = new SecretMover(stores, secrets, choice, profiles, recovery);
    const to = what === 'to os' ? 'os' : 'passphrase';
    await mover.move({ to, passphrase: PASSPHRASE });
  }
  const held = async (store: 'os' | 'passphrase') => {
    const texts = await Promise.all(profiles.list().map(({ id }) => stores[store].get(id).catch(() => null)));
    return texts.filter((text) => text !== null);
  };
  const state = { used: secrets.kind, os: await held('os'), passphrase: await held('passphrase') };
  process.stdout.write(JSON.stringify({ ...state, left: recovery.left }));
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
