/**
 * RFC 4648 base32 for secrets, as people type it: any case, spaces and `=` ignored. Stray bits after the last whole
 * byte are refused, because they are what a mistyped or cut-off secret looks like.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The bytes that `text` stands for, or what is wrong with it. */
export function decodeBase32(text: string): Uint8Array | string {
  // Only a to z: toUpperCase alone would take a dotless i or a long s for a letter of the alphabet.
  const clean = text.replace(/[\s=]/g, '').replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const char of clean) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return 'The secret holds a character that is not base32; use A-Z and 2-7.';
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  const leftover = buffer & ((1 << bits) - 1);
  if (bits >= 5 || leftover !== 0)
    return 'The secret does not end where a base32 secret ends; part of it may be missing.';
  return Uint8Array.from(bytes);
}

/** Upper case, no padding. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0x1fff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((buffer >> bits) & 31);
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((buffer << (5 - bits)) & 31) : text;
}
