/**
 * The passphrase vault's file: each secret sealed on its own with XChaCha20-Poly1305 under a key from scrypt. The header
 * and the profile's id are associated data, so neither can be swapped. Parameters are stored and bounded both ways: a
 * planted file can neither weaken the key nor stall the app.
 */
import { randomBytes } from 'node:crypto';
import { utf8ToBytes } from '@noble/ciphers/utils.js';
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

/** The longest secret, bytes of UTF-8: what a request of the control socket can carry. */
export const LONGEST_SECRET = 65_536;
const sealed = sealedSchema(LONGEST_SECRET);
const headerSchema = z.object({ version: z.literal(1), kdf: kdfSchema });
const vaultSchema = headerSchema.extend({ check: sealed, items: z.record(z.string().max(64), sealed) });

type Header = z.infer<typeof headerSchema>;
export type Vault = z.infer<typeof vaultSchema>;

export interface OpenVault {
  readonly key: Uint8Array;
  readonly vault: Vault;
}

const CHECK = 'check';

/** An empty vault under a salt of its own. */
export async function newVault(passphrase: string): Promise<OpenVault> {
  const header: Header = { version: 1, kdf: newKdf(new Uint8Array(randomBytes(SALT_BYTES))) };
  const key = await deriveKey(passphrase, header.kdf);
  return { key, vault: { ...header, check: sealItem(key, header, CHECK, utf8ToBytes(CHECK)), items: {} } };
}

/** Rejects with `keychain-locked` when the passphrase is another one. */
export async function unlockVault(vault: Vault, passphrase: string, path: string): Promise<OpenVault> {
  const key = await deriveKey(passphrase, vault.kdf);
  try {
    openItem(key, vault, CHECK, vault.check, path);
  } catch {
    throw new ProblemError({
      code: 'keychain-locked',
      message: 'The passphrase does not open the vault.',
      hint: 'Check the passphrase and try again; nothing was changed.',
    });
  }
  return { key, vault };
}

/** Whether what was read anew is sealed under the key that opened the vault. Rejects as damaged what only claims to be. */
export function isSameVault({ key, vault }: OpenVault, now: Vault, path: string): boolean {
  if (associated(vault, CHECK) !== associated(now, CHECK)) return false;
  openItem(key, now, CHECK, now.check, path);
  return true;
}

export function readVault(text: string, path: string): Vault {
  try {
    return vaultSchema.parse(JSON.parse(text));
  } catch {
    throw damaged(path);
  }
}

export function writeVault(vault: Vault): string {
  return `${JSON.stringify(vault, null, 2)}\n`;
}

export function sealItem(key: Uint8Array, header: Header, account: string, plain: Uint8Array): Sealed {
  return seal(key, associated(header, account), new Uint8Array(randomBytes(NONCE_BYTES)), plain);
}

/** Rejects as damaged what was not sealed under this key, header and account. */
export function openItem(
  key: Uint8Array,
  header: Header,
  account: string,
  item: Sealed,
  path: string,
): Uint8Array {
  const plain = unseal(key, associated(header, account), item);
  if (plain === null) throw damaged(path);
  return plain;
}

export function tooLarge(bytes: number): ProblemError {
  return new ProblemError({
    code: 'too-large',
    message: `The secret has ${bytes} bytes; ${LONGEST_SECRET} are the most that can be kept.`,
    hint: 'Leave out what is not part of the sequence, such as spaces and comments.',
  });
}

function damaged(path: string): ProblemError {
  return new ProblemError({
    code: 'keychain-failed',
    message: `The vault ${path} is damaged.`,
    hint: 'Put back a copy of it, or move it away and enter the secrets again; nothing was changed.',
  });
}

function associated({ version, kdf }: Header, account: string): string {
  const { name, log2N, r, p, salt } = kdf;
  return JSON.stringify(['sallyport-vault', version, name, log2N, r, p, salt, account]);
}
