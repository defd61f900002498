/**
 * The passphrase vault, for machines without a keychain: one file, each secret sealed on its own with
 * XChaCha20-Poly1305 under a key from scrypt. The header and the profile's id are associated data, so neither can be
 * swapped. Parameters are stored and bounded both ways: a planted file can neither weaken the key nor stall the app.
 */
import { randomBytes } from 'node:crypto';
import { bytesToUtf8, utf8ToBytes } from '@noble/ciphers/utils.js';
import { z } from 'zod';
import { ProblemError } from '../../../shared/contract/result';
import {
  deriveKey,
  kdfSchema,
  newKdf,
  NONCE_BYTES,
  SALT_BYTES,
  seal,
  sealedSchema,
  unseal,
  type Sealed,
} from '../../../shared/seal/passphrase-seal';
import type { Files, Keychain } from '../ports';

/** The longest secret, bytes of UTF-8. */
const LONGEST_SECRET = 16_384;
const sealed = sealedSchema(LONGEST_SECRET);
const headerSchema = z.object({ version: z.literal(1), kdf: kdfSchema });
const vaultSchema = headerSchema.extend({ check: sealed, items: z.record(z.string().max(64), sealed) });

type Header = z.infer<typeof headerSchema>;
type Vault = z.infer<typeof vaultSchema>;

const CHECK = 'check';

export class VaultKeychain implements Keychain {
  readonly #files: Files;
  readonly #path: string;
  readonly #passphrase: () => Promise<string>;
  #opened: Promise<{ readonly key: Uint8Array; vault: Vault }> | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param passphrase asked for once, when the vault is first used; rejects with `keychain-locked` when there is none. */
  constructor(files: Files, path: string, passphrase: () => Promise<string>) {
    this.#files = files;
    this.#path = path;
    this.#passphrase = passphrase;
  }

  async get(account: string): Promise<string | null> {
    const { key, vault } = await this.#open();
    const item = Object.hasOwn(vault.items, account) ? vault.items[account] : undefined;
    return item === undefined ? null : bytesToUtf8(openItem(key, vault, account, item, this.#path));
  }

  async set(account: string, value: string): Promise<void> {
    const bytes = utf8ToBytes(value);
    if (bytes.length > LONGEST_SECRET) throw tooLarge(bytes.length);
    await this.#change((key, vault) => ({
      ...vault,
      items: { ...vault.items, [account]: sealItem(key, vault, account, bytes) },
    }));
  }

  delete(account: string): Promise<void> {
    return this.#change((_key, vault) => ({
      ...vault,
      items: Object.fromEntries(Object.entries(vault.items).filter(([id]) => id !== account)),
    }));
  }

  async check(): Promise<void> {
    await this.#open();
  }

  #change(edit: (key: Uint8Array, vault: Vault) => Vault): Promise<void> {
    const result = this.#writing.then(async () => {
      const opened = await this.#open();
      const vault = edit(opened.key, opened.vault);
      await this.#files.write(this.#path, `${JSON.stringify(vault, null, 2)}\n`);
      opened.vault = vault;
    });
    this.#writing = result.catch(() => undefined);
    return result;
  }

  #open(): Promise<{ readonly key: Uint8Array; vault: Vault }> {
    this.#opened ??= this.#unlock().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #unlock(): Promise<{ readonly key: Uint8Array; vault: Vault }> {
    const text = await this.#files.read(this.#path);
    const passphrase = await this.#passphrase();
    if (text === null) {
      const header: Header = { version: 1, kdf: newKdf(new Uint8Array(randomBytes(SALT_BYTES))) };
      const key = await deriveKey(passphrase, header.kdf);
      return {
        key,
        vault: { ...header, check: sealItem(key, header, CHECK, utf8ToBytes(CHECK)), items: {} },
      };
    }
    const vault = readVault(text, this.#path);
    const key = await deriveKey(passphrase, vault.kdf);
    try {
      openItem(key, vault, CHECK, vault.check, this.#path);
    } catch {
      throw new ProblemError({
        code: 'keychain-locked',
        message: 'The passphrase does not open the vault.',
        hint: 'Check the passphrase file; nothing was changed.',
      });
    }
    return { key, vault };
  }
}

function readVault(text: string, path: string): Vault {
  try {
    return vaultSchema.parse(JSON.parse(text));
  } catch {
    throw damaged(path);
  }
}

function damaged(path: string): ProblemError {
  return new ProblemError({
    code: 'keychain-failed',
    message: `The vault ${path} is damaged.`,
    hint: 'Put back a copy of it, or move it away and enter the secrets again; nothing was changed.',
  });
}

function tooLarge(bytes: number): ProblemError {
  return new ProblemError({
    code: 'too-large',
    message: `The secret has ${bytes} bytes; the vault takes ${LONGEST_SECRET} at most.`,
    hint: 'Leave out what is not part of the sequence, such as spaces.',
  });
}

function associated({ version, kdf }: Header, account: string): string {
  const { name, log2N, r, p, salt } = kdf;
  return JSON.stringify(['sallyport-vault', version, name, log2N, r, p, salt, account]);
}

function sealItem(key: Uint8Array, header: Header, account: string, plain: Uint8Array): Sealed {
  return seal(key, associated(header, account), new Uint8Array(randomBytes(NONCE_BYTES)), plain);
}

function openItem(key: Uint8Array, header: Header, account: string, item: Sealed, path: string): Uint8Array {
  const plain = unseal(key, associated(header, account), item);
  if (plain === null) throw damaged(path);
  return plain;
}
