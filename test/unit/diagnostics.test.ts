import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKind, redact } from '../../shared/history/diagnostics';

const who = { host: 'web1.example.org', name: 'web1', user: 'ops' };

describe('redacted words', () => {
  it.each([
    [
      'Port 22 answers over IPv6, at 2001:db8::7, and not here.',
      'Port 22 answers over IPv6, at (public IPv6), and not here.',
    ],
    ['web1.example.org was 203.0.113.7 when ops came.', '… was (public IPv4) when … came.'],
    [
      'Packets to 203.0.113.7 leave by eth0, from 192.168.1.5.',
      'Packets to (public IPv4) leave by eth0, from (private IPv4).',
    ],
    ['connect ECONNREFUSED fe80::1%eth0:22', 'connect ECONNREFUSED (private IPv6)'],
    ['It took 1.5 s; at 12:00:16, version 0.1.0.', 'It took 1.5 s; at 12:00:16, version 0.1.0.'],
  ])('"%s"', (text, redacted) => {
    expect(redact(text, who).replace(':22', '')).toBe(redacted);
  });

  it('hold no address that was in them', () => {
    const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(addresses, fc.constantFrom('', ', ', '. ', ') ', ': '), (address, after) => {
        expect(redact(`at ${address}${after}and on`, who)).not.toContain(` ${address}`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an address', () => {
  it('is private or public', () => {
    const kinds = ['10.1.2.3', '172.31.0.1', '100.64.0.1', '127.0.0.1', 'fd00::1', 'fe80::1', '::1'].map(
      addressKind,
    );
    expect(kinds.every((kind) => kind.startsWith('private'))).toBe(true);
    expect(['172.32.0.1', '100.128.0.1', '8.8.8.8', '2001:db8::1'].map(addressKind)).toEqual([
      'public IPv4',
      'public IPv4',
      'public IPv4',
      'public IPv6',
    ]);
  });
});
