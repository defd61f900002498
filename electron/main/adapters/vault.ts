/**
 * The passphrase vault, for machines without a keychain: one file, each secret sealed on its own with
 * XChaCha20-Poly1305 under a key from scrypt. The header and the profile's id are associated data, so neither can be
 * swapped. Parameters are stored and bounded both ways: a planted file can neither weaken the key nor stall the app.
 */
import { randomBytes } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { bytesToHex, bytesToUtf8, hexToBytes, utf8ToBytes } from '@noble/ciphers/utils.js';
import { z } from 'zod';
import { ProblemError } from '../../../shared/contract/result';
import type { Files, Keychain } from '../ports';

const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/);
/** The longest secret, bytes of UTF-8. */
const LONGEST_SECRET = 16_384;
const TAG_BYTES = 16;
const sealed = z.object({ nonce: hex.length(48), data: hex.max(2 * (LONGEST_SECRET + TAG_BYTES)) });
const headerSchema = z.object({
  version: z.literal(1),
  kdf: z.object({
    name: z.literal('scrypt'),
    log2N: z.int().min(15).max(18),
    r: z.literal(8),
    p: z.int().min(1).max(4),
    salt: hex.length(64),
  }),
});
const vaultSchema = headerSchema.extend({ check: sealed, items: z.record(z.string().max(64), sealed) });

type Header = z.infer<typeof headerSchema>;
type Vault = z.infer<typeof vaultSchema>;
type Sealed = z.infer<typeof sealed>;

const CHECK = 'check';
const SCRYPT = { log2N: 17, r: 8, p: 1 } as const;

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
      const salt = bytesToHex(new Uint8Array(randomBytes(32)));
      const header: Header = { version: 1, kdf: { name: 'scrypt', ...SCRYPT, salt } };
      const key = await deriveKey(passphrase, header);
      return {
        key,
        vault: { ...header, check: sealItem(key, header, CHECK, utf8ToBytes(CHECK)), items: {} },
      };
    }
    const vault = readVault(text, this.#path);
    const key = await deriveKey(passphrase, vault);
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

function deriveKey(passphrase: string, { kdf }: Header): Promise<Uint8Array> {
  const { log2N, r, p, salt } = kdf;
  return scryptAsync(utf8ToBytes(passphrase.normalize('NFKC')), hexToBytes(salt), {
    N: 2 ** log2N,
    r,
    p,
    dkLen: 32,
  });
}

function associated({ version, kdf }: Header, account: string): Uint8Array {
  return utf8ToBytes(
    JSON.stringify(['sallyport-vault', version, kdf.name, kdf.log2N, kdf.r, kdf.p, kdf.salt, account]),
  );
}

function sealItem(key: Uint8Array, header: Header, account: string, plain: Uint8Array): Sealed {
  const nonce = new Uint8Array(randomBytes(24));
  const data = xchacha20poly1305(key, nonce, associated(header, account)).encrypt(plain);
  return { nonce: bytesToHex(nonce), data: bytesToHex(data) };
}

function openItem(key: Uint8Array, header: Header, account: string, item: Sealed, path: string): Uint8Array {
  try {
    return xchacha20poly1305(key, hexToBytes(item.nonce), associated(header, account)).decrypt(
      hexToBytes(item.data),
    );
  } catch {
    throw damaged(path);
  }
}
