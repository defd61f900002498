/**
 * Sealing with a passphrase: a key by scrypt (RFC 7914), then XChaCha20-Poly1305. The parameters stand beside what is
 * sealed and are bounded both ways, so that a planted file can neither weaken the key nor stall who opens it. Pure: salt
 * and nonces come in.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/ciphers/utils.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { z } from 'zod';

export const SALT_BYTES = 32;
export const NONCE_BYTES = 24;
const TAG_BYTES = 16;

const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/);

export const kdfSchema = z.object({
  name: z.literal('scrypt'),
  log2N: z.int().min(15).max(18),
  r: z.literal(8),
  p: z.int().min(1).max(4),
  salt: hex.length(2 * SALT_BYTES),
});

/** @param longest bytes of what is sealed. */
export function sealedSchema(longest: number) {
  return z.object({ nonce: hex.length(2 * NONCE_BYTES), data: hex.max(2 * (longest + TAG_BYTES)) });
}

export type Kdf = z.infer<typeof kdfSchema>;
export type Sealed = z.infer<ReturnType<typeof sealedSchema>>;

/** What new keys are made with; @param salt 32 random bytes. */
export function newKdf(salt: Uint8Array): Kdf {
  return { name: 'scrypt', log2N: 17, r: 8, p: 1, salt: bytesToHex(salt) };
}

/** 32 bytes. The passphrase counts as the same however its accents are encoded. */
export function deriveKey(passphrase: string, { log2N, r, p, salt }: Kdf): Promise<Uint8Array> {
  const options = { N: 2 ** log2N, r, p, dkLen: 32 };
  return scryptAsync(utf8ToBytes(passphrase.normalize('NFKC')), hexToBytes(salt), options);
}

/** @param nonce 24 random bytes, used once. @param associated is bound to what is sealed. */
export function seal(key: Uint8Array, associated: string, nonce: Uint8Array, plain: Uint8Array): Sealed {
  const data = xchacha20poly1305(key, nonce, utf8ToBytes(associated)).encrypt(plain);
  return { nonce: bytesToHex(nonce), data: bytesToHex(data) };
}

/** Null when the key, what is bound to it, or the bytes themselves are others than when it was sealed. */
export function unseal(key: Uint8Array, associated: string, { nonce, data }: Sealed): Uint8Array | null {
  try {
    return xchacha20poly1305(key, hexToBytes(nonce), utf8ToBytes(associated)).decrypt(hexToBytes(data));
  } catch {
    return null;
  }
}
