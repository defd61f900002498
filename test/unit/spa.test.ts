import fc from 'fast-check';
import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { spaHmacKeyProblem, spaKeyProblem } from '../../shared/profile/spa';
import { decodeBase64, encodeBase64 } from '../../shared/spa/base64';
import { spaPacket, type HmacDigest, type SpaAccess } from '../../shared/spa/packet';
import { cpuMs } from '../cpu-time';

const moment = {
  time: 1795250626,
  random: '1234567890123456',
  salt: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  username: 'alice',
};
const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const hmacKey = Uint8Array.from({ length: 64 }, (_, index) => 255 - index);

/** Takes a packet apart with Node's OpenSSL: the other implementation that there is here. */
function open(packet: string, hmacDigest: HmacDigest): string {
  const tagLength = { sha256: 43, sha384: 64, sha512: 86 }[hmacDigest];
  const text = `U2FsdGVkX1${packet.slice(0, -tagLength)}`;
  const tag = createHmac(hmacDigest, hmacKey).update(text).digest('base64').replace(/=+$/, '');
  expect(packet.slice(-tagLength)).toBe(tag);
  const blob = Buffer.from(text, 'base64');
  expect(blob.subarray(0, 8).toString()).toBe('Salted__');
  const salt = blob.subarray(8, 16);
  let derived = Buffer.alloc(0);
  let block = Buffer.alloc(0);
  while (derived.length < 48) {
    block = createHash('md5')
      .update(Buffer.concat([block, key, salt]))
      .digest();
    derived = Buffer.concat([derived, block]);
  }
  const cipher = createDecipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32, 48));
  return Buffer.concat([cipher.update(blob.subarray(16)), cipher.final()]).toString();
}

const b64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '');
const access = (more: Partial<SpaAccess> = {}): SpaAccess => ({
  allow: '0.0.0.0',
  ports: [{ protocol: 'tcp', port: 22 }],
  nat: null,
  timeout: null,
  ...more,
});

describe('SPA packets', () => {
  it.each([
    ['access', access(), `1:${b64('0.0.0.0,tcp/22')}`],
    ['access with a timeout', access({ timeout: 60 }), `3:${b64('0.0.0.0,tcp/22')}:60`],
    [
      'several ports for a fixed address',
      access({
        allow: '203.0.113.7',
        ports: [
          { protocol: 'tcp', port: 22 },
          { protocol: 'udp', port: 53 },
        ],
      }),
      `1:${b64('203.0.113.7,tcp/22,udp/53')}`,
    ],
    [
      'NAT with a timeout',
      access({ nat: { kind: 'nat', to: '192.168.10.3,22' }, timeout: 9 }),
      `4:${b64('0.0.0.0,tcp/22')}:${b64('192.168.10.3,22')}:9`,
    ],
    [
      'local NAT',
      access({ nat: { kind: 'local-nat', to: '10.0.0.1,22' } }),
      `5:${b64('0.0.0.0,tcp/22')}:${b64('10.0.0.1,22')}`,
    ],
  ])('say %s', (_name, request, fields) => {
    const plain = open(spaPacket(request, { key, hmacKey, hmacDigest: 'sha256' }, moment), 'sha256');
    const joined = `1234567890123456:${b64('alice')}:1795250626:3.0.0:${fields}`;
    expect(plain).toBe(
      `${joined}:${createHash('sha256').update(joined).digest('base64').replace(/=+$/, '')}`,
    );
  });

  it.each(['sha256', 'sha384', 'sha512'] as const)(
    'carry an HMAC of %s and fit fwknopd’s bounds',
    (hmacDigest) => {
      const packet = spaPacket(access({ timeout: 300 }), { key, hmacKey, hmacDigest }, moment);
      open(packet, hmacDigest);
      expect(packet).toMatch(/^[A-Za-z0-9+/]+$/);
      expect(packet.length).toBeGreaterThanOrEqual(140);
      expect(packet.length).toBeLessThan(400);
    },
  );
});

describe('keys as they are typed', () => {
  const longest = { key: encodeBase64(new Uint8Array(32)), hmac: encodeBase64(new Uint8Array(128)) };

  it('have at most 32 and 128 bytes, in at most 512 characters', () => {
    expect([spaKeyProblem(longest.key.padEnd(512)), spaHmacKeyProblem(longest.hmac.padEnd(512))]).toEqual([
      null,
      null,
    ]);
    for (const problem of [
      spaKeyProblem(longest.key.padEnd(513)),
      spaHmacKeyProblem(longest.hmac.padEnd(513)),
    ])
      expect(problem).toContain('not base64');
    expect(spaKeyProblem(encodeBase64(new Uint8Array(33)))).toContain('33 bytes');
    expect(spaHmacKeyProblem(encodeBase64(new Uint8Array(129)))).toContain('129 bytes');
  });

  it.each([spaKeyProblem, spaHmacKeyProblem])(
    'are refused without being read when they are huge',
    async (problem) => {
      const huge = 'AAAA'.repeat(10_000_000);
      expect(await cpuMs(() => expect(problem(huge)).toContain('not base64'))).toBeLessThan(50);
    },
  );
});

describe('base64', () => {
  it('is what Node makes of the same bytes, with and without padding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(encodeBase64(bytes)).toBe(text);
        expect(decodeBase64(text)).toEqual(bytes);
        expect(decodeBase64(text.replace(/=+$/, ''))).toEqual(bytes);
      }),
    );
  });

  it.each(['A', 'AB=', 'AB==C', 'A B=', 'AB-_', 'AR', 'AAF'])('refuses %s', (text) => {
    expect(decodeBase64(text)).toBeNull();
  });
});
