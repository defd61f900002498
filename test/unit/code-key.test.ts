import { describe, expect, it } from 'vitest';
import { codeKey } from '../../shared/sequence/code-key';
import { readSecret } from '../../shared/sequence/parameters';
import { SECRET } from '../fakes/sample-profiles';

describe('what used codes are counted by', () => {
  it('is the same however the base32 is written', () => {
    const written = [
      SECRET.toLowerCase(),
      `${SECRET}====`,
      ` ${SECRET.slice(0, 8)} ${SECRET.slice(8, 16).toLowerCase()} ${SECRET.slice(16)} `,
    ];
    expect(written.map((text) => codeKey(text, 30))).toEqual(written.map(() => codeKey(SECRET, 30)));
  });

  it('is another with another secret or period', () => {
    const other = `B${SECRET.slice(1)}`;
    const keys = [codeKey(SECRET, 30), codeKey(SECRET, 60), codeKey(other, 30), codeKey(other, 60)];
    expect(new Set(keys).size).toBe(4);
  });

  it('stays as it is on disk, and holds nothing of the secret', () => {
    const key = codeKey(SECRET, 30);
    expect(key).toBe('43e20f5a52faa966edfe7ab7735abf8f');
    const bytes = Buffer.from(readSecret(SECRET) as Uint8Array);
    for (const form of [SECRET, bytes.toString('hex'), bytes.toString('base64')]) {
      for (let at = 0; at + 8 <= form.length; at += 1) expect(key).not.toContain(form.slice(at, at + 8));
    }
  });
});
