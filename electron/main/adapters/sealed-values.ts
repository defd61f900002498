/**
 * A keychain that takes values of any length that the vault would take, over one that does not (Windows caps an item at
 * 2,560 bytes): a long value is sealed in a file with XChaCha20-Poly1305, and the keychain's item is that file's name and
 * its 32-byte key. Each value gets a new file and a new key, and the item is what makes it the one in force: a crash leaves
 * the old pair or the new one whole.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { bytesToHex, bytesToUtf8, hexToBytes, utf8ToBytes } from '@noble/ciphers/utils.js';
import { ProblemError } from '../../../shared/contract/result';
import { NONCE_BYTES, seal, unseal } from '../../../shared/seal/passphrase-seal';
import type { Files, Keychain } from '../ports';
import { LONGEST_SECRET, tooLarge } from './vault-format';
import { PUT_BACK_OR_ENTER } from '../../../shared/text/edit-hints';

/** The longest value that stands in the item itself, bytes of UTF-8. */
export const LONGEST_ITEM = 2000;
const ITEM = /^sallyport-sealed-1 ([0-9a-f]{32}) ([0-9a-f]{64})$/;
/** Accounts become names of files. */
const ACCOUNT = /^[0-9A-Za-z-]{1,64}$/;
const FILE = /^([0-9A-Za-z-]{1,64})\.[0-9a-f]{32}\.sealed$/;

export class SealedValues implements Keychain {
  readonly #keychain: Keychain;
  readonly #files: Files;
  readonly #folder: string;

  /** @param folder of its own. */
  constructor(keychain: Keychain, files: Files, folder: string) {
    this.#keychain = keychain;
    this.#files = files;
    this.#folder = folder;
  }

  async get(account: string): Promise<string | null> {
    const item = await this.#keychain.get(account);
    const sealed = item === null ? null : ITEM.exec(item);
    if (sealed === null) return item;
    const [, name = '', key = ''] = sealed;
    const path = this.#path(account, name);
    const text = await this.#files.read(path);
    if (text === null) throw unreadable(path, 'is missing');
    const [nonce = '', data = ''] = text.trim().split(' ');
    const plain = unseal(hexToBytes(key), associated(account, name), { nonce, data });
    if (plain === null) throw unreadable(path, 'is damaged');
    return bytesToUtf8(plain);
  }

  async set(account: string, value: string): Promise<void> {
    const bytes = utf8ToBytes(value);
    if (bytes.length <= LONGEST_ITEM) {
      await this.#keychain.set(account, value);
      await this.#sweep(account, null);
      return;
    }
    if (bytes.length > LONGEST_SECRET) throw tooLarge(bytes.length);
    if (!ACCOUNT.test(account)) throw new Error('this account cannot name a file');
    const name = bytesToHex(new Uint8Array(randomBytes(16)));
    const key = new Uint8Array(randomBytes(32));
    const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
    const sealed = seal(key, associated(account, name), nonce, bytes);
    await this.#files.write(this.#path(account, name), `${sealed.nonce} ${sealed.data}\n`);
    // When this fails the new file stays: a keychain that answered too late may have taken its key all the same.
    await this.#keychain.set(account, `sallyport-sealed-1 ${name} ${bytesToHex(key)}`);
    await this.#sweep(account, name);
  }

  async delete(account: string): Promise<void> {
    await this.#keychain.delete(account);
    await this.#sweep(account, null);
  }

  async setAll(items: readonly (readonly [account: string, value: string])[]): Promise<void> {
    for (const [account, value] of items) await this.set(account, value);
  }

  async deleteAll(accounts: readonly string[]): Promise<void> {
    for (const account of accounts) await this.delete(account);
  }

  check(): Promise<void> {
    return this.#keychain.check();
  }

  #path(account: string, name: string): string {
    return join(this.#folder, `${account}.${name}.sealed`);
  }

  /** Files whose key is gone are noise; one that cannot be removed is still noise. */
  async #sweep(account: string, keep: string | null): Promise<void> {
    const names = await this.#files.list(this.#folder).catch(() => []);
    const old = names.filter(
      (name) => FILE.exec(name)?.[1] === account && name !== `${account}.${keep}.sealed`,
    );
    for (const name of old) await this.#files.remove(join(this.#folder, name)).catch(() => undefined);
  }
}

function associated(account: string, name: string): string {
  return JSON.stringify(['sallyport-sealed', 1, account, name]);
}

function unreadable(path: string, how: string): ProblemError {
  return new ProblemError({
    code: 'keychain-failed',
    message: `The sealed file ${path} ${how}.`,
    hint: PUT_BACK_OR_ENTER,
  });
}
