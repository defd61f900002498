/**
 * Both sides of the control connection prove that they know the key that only this user can read. Needed on Windows,
 * where a named pipe has no owner that could be checked (docs/control-socket.md).
 */
import { timingSafeEqual } from 'node:crypto';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export interface Nonces {
  /** 64 hex digits each. */
  readonly server: string;
  readonly client: string;
}

export function proof(side: 'client' | 'server', key: Uint8Array, nonces: Nonces): string {
  const message = concatBytes(
    utf8ToBytes(`sallyport-${side}\0`),
    hexToBytes(nonces.server),
    hexToBytes(nonces.client),
  );
  return bytesToHex(hmac(sha256, key, message));
}

/** In constant time. */
export function proves(claim: string, side: 'client' | 'server', key: Uint8Array, nonces: Nonces): boolean {
  const expected = Buffer.from(proof(side, key, nonces), 'hex');
  const claimed = Buffer.from(claim, 'hex');
  return claimed.length === expected.length && timingSafeEqual(claimed, expected);
}
