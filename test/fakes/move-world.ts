/** Three stores, the choice between them, and what moves secrets from one to another; all but the vault are fakes. */
import { passphraseFromFile } from '../../electron/main/adapters/passphrase-file';
import { VaultKeychain } from '../../electron/main/adapters/vault';
import { MoveRecovery, type Stores } from '../../electron/main/services/move-recovery';
import { Notices } from '../../electron/main/services/notices';
import { ProfileStore } from '../../electron/main/services/profile-store';
import { SecretChoice } from '../../electron/main/services/secret-choice';
import { SecretMover } from '../../electron/main/services/secret-move';
import { SecretStore } from '../../electron/main/services/secret-store';
import type { StoreKind } from '../../shared/contract/views';
import type { Keychain } from '../../electron/main/ports';
import { FakeClock } from './fake-clock';
import { FakeKeychain } from './fake-keychain';
import { MemoryFiles } from './memory-files';
import { staticProfile } from './sample-profiles';

export const CHOICE = '/home/secrets.json';
export const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const textOf = (number: number) => `secret ${number}`;

export class MoveWorld {
  readonly files = new MemoryFiles();
  readonly os = new FakeKeychain();
  readonly session = new FakeKeychain();
  notices = new Notices();

  /** Wraps each store, for faults. */
  wrap: (keychain: Keychain) => Keychain = (keychain) => keychain;

  /** A start of the program on what the one before left. */
  async start(wish: StoreKind | null = null) {
    this.notices = new Notices();
    const profiles = new ProfileStore(this.files, new FakeClock(), this.notices, '/home/profiles.json');
    const choice = new SecretChoice(this.files, this.notices, CHOICE, wish);
    await Promise.all([profiles.load(), choice.load()]);
    const vault = new VaultKeychain(this.files, '/home/vault.json', () => passphraseFromFile(undefined));
    const stores: Stores = { os: this.wrap(this.os), passphrase: vault, session: this.wrap(this.session) };
    const secrets = new SecretStore(choice.store, stores[choice.store]);
    const recovery = new MoveRecovery(stores, secrets, choice, profiles, this.notices);
    const mover = new SecretMover(stores, secrets, choice, profiles, recovery);
    return { profiles, choice, vault, stores, secrets, recovery, mover };
  }

  /** Profiles 1 … count, each with its secret in the keychain. */
  async fill(count: number): Promise<void> {
    const { profiles } = await this.start();
    for (let number = 1; number <= count; number += 1) {
      await profiles.put(staticProfile({ id: idOf(number), name: `host ${number}` }));
      this.os.items.set(idOf(number), textOf(number));
    }
  }
}

export function allOf(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [idOf(index + 1), textOf(index + 1)]),
  );
}
