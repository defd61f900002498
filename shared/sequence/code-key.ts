/**
 * What used codes are counted by: a digest of the secret and its period. Two profiles with one secret share their codes,
 * as they do on the server; another secret or period starts anew; and nobody can knock with what is on disk.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { readSecret } from './parameters';

const DIGITS = 32;

/** @param secretText base32, however it is written; one that does not hold never gets as far as a code. @param period seconds. */
export function codeKey(secretText: string, period: number): string {
  const secret = readSecret(secretText);
  if (typeof secret === 'string') return 'unreadable';
  const digest = sha256(concatBytes(utf8ToBytes(`sallyport-used-codes\0${period}\0`), secret));
  return bytesToHex(digest).slice(0, DIGITS);
}

/** The same for a one-time list without a profile. It stays in memory: a short list could be guessed from its digest. */
export function listKey(list: string): string {
  return bytesToHex(sha256(utf8ToBytes(`sallyport-one-time\0${list}`))).slice(0, DIGITS);
}
