/** A keychain whose items are files: what is in it outlives the process, as with the system's. */
import { join } from 'node:path';
import type { Files, Keychain } from '../../../electron/main/ports';

export class FileKeychain implements Keychain {
  readonly #files: Files;
  readonly #folder: string;

  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  get(account: string): Promise<string | null> {
    return this.#files.read(join(this.#folder, account));
  }

  set(account: string, value: string): Promise<void> {
    return this.#files.write(join(this.#folder, account), value);
  }

  delete(account: string): Promise<void> {
    return this.#files.remove(join(this.#folder, account));
  }

  async setAll(items: readonly (readonly [account: string, value: string])[]): Promise<void> {
    for (const [account, value] of items) await this.set(account, value);
  }

  async deleteAll(accounts: readonly string[]): Promise<void> {
    for (const account of accounts) await this.delete(account);
  }

  async check(): Promise<void> {}
}
