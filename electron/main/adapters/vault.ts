/**
 * The passphrase vault, for machines without a keychain: one file (vault-format.ts), locked until its passphrase was
 * given, by a person or by a file that the environment names.
 */
import { bytesToUtf8, utf8ToBytes } from '@noble/ciphers/utils.js';
import { toProblem } from '../../../shared/contract/result';
import type { Files, Vault as VaultPort, VaultState } from '../ports';
import {
  LONGEST_SECRET,
  isSameVault,
  newVault,
  openItem,
  readVault,
  sealItem,
  tooLarge,
  unlockVault,
  writeVault,
  type OpenVault,
  type Vault,
} from './vault-format';
import { changedElsewhere, locked, noVault, overtaken, refuseWeak, thereIsOne } from './vault-problems';

export class VaultKeychain implements VaultPort {
  readonly #files: Files;
  readonly #path: string;
  readonly #passphrase: () => Promise<string>;
  #opened: Promise<OpenVault> | null = null;
  /** What the file held when it was last read or written; null before there is one. */
  #text: string | null = null;
  /** A person who locks it means it: the passphrase file is not asked then. */
  #lockedByPerson = false;
  /** Another process gave it another passphrase while it was open here. */
  #changedElsewhere = false;
  #writing: Promise<void> = Promise.resolve();

  /** @param passphrase asked for when the vault is first used; rejects with `keychain-locked` when there is none. */
  constructor(files: Files, path: string, passphrase: () => Promise<string>) {
    this.#files = files;
    this.#path = path;
    this.#passphrase = passphrase;
  }

  async get(account: string): Promise<string | null> {
    // What is not there holds nothing, and needs no passphrase to say so.
    if (this.#opened === null && (await this.#files.read(this.#path)) === null) return null;
    const { key, vault } = await this.#open();
    const item = Object.hasOwn(vault.items, account) ? vault.items[account] : undefined;
    return item === undefined ? null : bytesToUtf8(openItem(key, vault, account, item, this.#path));
  }

  set(account: string, value: string): Promise<void> {
    return this.setAll([[account, value]]);
  }

  async setAll(items: readonly (readonly [account: string, value: string])[]): Promise<void> {
    const plain = items.map(([account, value]) => [account, utf8ToBytes(value)] as const);
    const [long] = plain.filter(([, bytes]) => bytes.length > LONGEST_SECRET);
    if (long !== undefined) throw tooLarge(long[1].length);
    await this.#change((key, vault) => {
      const sealed = plain.map(
        ([account, bytes]) => [account, sealItem(key, vault, account, bytes)] as const,
      );
      return { ...vault, items: { ...vault.items, ...Object.fromEntries(sealed) } };
    });
  }

  delete(account: string): Promise<void> {
    return this.deleteAll([account]);
  }

  deleteAll(accounts: readonly string[]): Promise<void> {
    const gone = new Set(accounts);
    return this.#change((_key, vault) => ({
      ...vault,
      items: Object.fromEntries(Object.entries(vault.items).filter(([account]) => !gone.has(account))),
    }));
  }

  async check(): Promise<void> {
    await this.#open();
  }

  async state(): Promise<VaultState> {
    // What cannot be read is told by whoever wants something of it.
    await this.#look().catch(() => undefined);
    if (this.#opened !== null) return 'open';
    return (await this.#files.read(this.#path)) === null ? 'none' : 'locked';
  }

  unlock(passphrase: string): Promise<void> {
    return this.#write(async () => {
      const text = await this.#files.read(this.#path);
      if (text === null) throw noVault();
      const opened = await unlockVault(readVault(text, this.#path), passphrase, this.#path);
      this.#isOpen(opened, text);
    });
  }

  create(passphrase: string): Promise<void> {
    return this.#write(async () => {
      if ((await this.#files.read(this.#path)) !== null) throw thereIsOne();
      refuseWeak(passphrase);
      await this.#keep(await newVault(passphrase), null);
    });
  }

  lock(): Promise<void> {
    return this.#write(async () => {
      this.#opened = null;
      this.#lockedByPerson = true;
      this.#changedElsewhere = false;
    });
  }

  changePassphrase(current: string, next: string): Promise<void> {
    return this.#write(async () => {
      refuseWeak(next);
      const text = await this.#files.read(this.#path);
      if (text === null) throw noVault();
      const old = await unlockVault(readVault(text, this.#path), current, this.#path);
      const fresh = await newVault(next);
      const items = Object.entries(old.vault.items).map(([account, item]) => {
        const plain = openItem(old.key, old.vault, account, item, this.#path);
        return [account, sealItem(fresh.key, fresh.vault, account, plain)] as const;
      });
      const sealed = { ...fresh.vault, items: Object.fromEntries(items) };
      await this.#keep({ key: fresh.key, vault: sealed }, text);
    });
  }

  removeWhenEmpty(): Promise<void> {
    return this.#write(async () => {
      const text = await this.#files.read(this.#path);
      if (text === null || Object.keys(readVault(text, this.#path).items).length > 0) return;
      await this.#files.remove(this.#path);
      [this.#opened, this.#text] = [null, null];
    });
  }

  #change(edit: (key: Uint8Array, vault: Vault) => Vault): Promise<void> {
    return this.#write(async () => {
      const { key, vault } = await this.#open();
      await this.#keep({ key, vault: edit(key, vault) }, this.#text);
    });
  }

  /**
   * The old file stays as it is until the new one is safely in its place.
   * @param before what the file held when the change was worked out; deriving a key takes a second.
   */
  async #keep(opened: OpenVault, before: string | null): Promise<void> {
    const now = await this.#files.read(this.#path);
    if (now !== null && now !== before) throw overtaken();
    const text = writeVault(opened.vault);
    await this.#files.write(this.#path, text);
    this.#isOpen(opened, text);
  }

  #isOpen(opened: OpenVault, text: string): void {
    this.#opened = Promise.resolve(opened);
    this.#text = text;
    [this.#lockedByPerson, this.#changedElsewhere] = [false, false];
  }

  /**
   * What another process made of the file while it was open here: new items are taken over, and under another key it is
   * closed, because a save under the old one would undo the change of the passphrase.
   */
  async #look(): Promise<void> {
    const opened = this.#opened;
    if (opened === null) return;
    const mine = await opened;
    const text = await this.#files.read(this.#path);
    if (opened !== this.#opened || text === null || text === this.#text) return;
    const vault = readVault(text, this.#path);
    if (isSameVault(mine, vault, this.#path)) {
      this.#opened = Promise.resolve({ key: mine.key, vault });
      this.#text = text;
    } else {
      this.#opened = null;
      this.#changedElsewhere = true;
    }
  }

  #write(work: () => Promise<void>): Promise<void> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => undefined);
    return result;
  }

  async #open(): Promise<OpenVault> {
    await this.#look();
    if (this.#opened !== null) return this.#opened;
    const opening = this.#openByFile();
    this.#opened = opening;
    opening.catch(() => {
      if (this.#opened === opening) this.#opened = null;
    });
    return opening;
  }

  async #openByFile(): Promise<OpenVault> {
    const text = await this.#files.read(this.#path);
    if (this.#lockedByPerson) throw locked();
    const opened = await this.#unlockByFile(text).catch((error: unknown) => {
      const { code } = toProblem(error);
      throw this.#changedElsewhere && code === 'keychain-locked' ? changedElsewhere() : error;
    });
    this.#text = text;
    this.#changedElsewhere = false;
    return opened;
  }

  async #unlockByFile(text: string | null): Promise<OpenVault> {
    const passphrase = await this.#passphrase();
    return text === null
      ? newVault(passphrase)
      : unlockVault(readVault(text, this.#path), passphrase, this.#path);
  }
}
