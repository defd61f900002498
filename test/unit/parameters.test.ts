import { describe, expect, it } from 'vitest';
import {
  checkParameters,
  formatRange,
  parameterWarnings,
  parseRange,
  readSecret,
  RKS1_DEFAULTS,
  strengthBits,
  type Rks1Parameters,
} from '../../shared/sequence/parameters';
import { encodeBase32 } from '../../shared/sequence/base32';
import { secretProblem } from '../../shared/profile/secret';
import { cpuMs } from '../cpu-time';

const with_ = (more: Partial<Rks1Parameters>): Rks1Parameters => ({ ...RKS1_DEFAULTS, ...more });
const range = (ports: number) => ({ low: 1000, high: 1000 + ports - 1 });

describe('strength', () => {
  it('counts the sequences', () => {
    expect(strengthBits(RKS1_DEFAULTS)).toBeCloseTo(Math.log2(40000 * 39999 * 39998 * 39997 * 39996 * 32), 9);
    const icmp = with_({ protocols: ['icmp'], steps: 4 });
    expect(strengthBits(icmp)).toBeCloseTo(Math.log2(961 * 960 * 959 * 958), 9);
    const mixed = with_({ protocols: ['tcp', 'icmp'], steps: 3, range: range(100) });
    const ways = 100 * 99 * 98 + 3 * 961 * 100 * 99 + 3 * 961 * 960 * 100 + 961 * 960 * 959;
    expect(strengthBits(mixed)).toBeCloseTo(Math.log2(ways), 9);
  });

  /** The smallest range of tcp ports that gives so many bits in 4 steps. */
  const smallest = (bits: number): number => {
    let ports = 5;
    while (strengthBits(with_({ protocols: ['tcp'], steps: 4, range: range(ports) })) < bits) ports += 1;
    return ports;
  };

  it('refuses just under 40 bits and takes just over', () => {
    const enough = smallest(40);
    const check = (ports: number) =>
      checkParameters(with_({ protocols: ['tcp'], steps: 4, range: range(ports) }));
    expect(check(enough)).toEqual({});
    expect(check(enough - 1).range).toContain('39 bits');
  });

  it('warns just under 60 bits and not at 60', () => {
    const enough = smallest(60);
    const warn = (ports: number) =>
      parameterWarnings(with_({ protocols: ['tcp'], steps: 4, range: range(ports) }));
    expect(warn(enough)).toEqual([]);
    expect(warn(enough - 1)).toEqual([expect.stringContaining('59 bits')]);
  });
});

describe('warnings', () => {
  it('says nothing about the defaults, and tells a long period', () => {
    expect(parameterWarnings(RKS1_DEFAULTS)).toEqual([]);
    expect(parameterWarnings(with_({ period: 300 }))).toEqual([]);
    expect(parameterWarnings(with_({ period: 301 }))).toEqual([expect.stringContaining('over 300 s')]);
  });
});

describe('a secret', () => {
  const longest = encodeBase32(new Uint8Array(64).fill(7));

  it('has 16 to 64 bytes, in at most 512 characters', () => {
    expect(readSecret(longest.padEnd(512))).toEqual(new Uint8Array(64).fill(7));
    const refused = 'The secret is far too long; it takes 16 to 64 bytes.';
    expect(readSecret(longest.padEnd(513))).toBe(refused);
    expect(secretProblem(longest.padEnd(513))).toBe(refused);
    expect(readSecret(encodeBase32(new Uint8Array(65)))).toContain('65 bytes');
    expect(readSecret(encodeBase32(new Uint8Array(15)))).toContain('15 bytes');
  });

  it('is refused without being read when it is huge', async () => {
    const huge = 'MFRGGZDF'.repeat(5_000_000);
    expect(await cpuMs(() => expect(typeof readSecret(huge)).toBe('string'))).toBeLessThan(50);
  });
});

describe('bounds', () => {
  it.each<[keyof Rks1Parameters, Partial<Rks1Parameters>]>([
    ['period', { period: 9 }],
    ['period', { period: 86401 }],
    ['period', { period: 30.5 }],
    ['period', { period: Number.NaN }],
    ['steps', { steps: 2 }],
    ['steps', { steps: 11 }],
    ['protocols', { protocols: [] }],
    ['protocols', { protocols: ['tcp', 'tcp'] }],
    ['range', { range: { low: 0, high: 40000 } }],
    ['range', { range: { low: 1, high: 65536 } }],
    ['range', { range: { low: 40000, high: 10000 } }],
    ['range', { range: range(5) }],
  ])('refuses a bad %s: %o', (field, more) => {
    expect(Object.keys(checkParameters(with_(more)))).toEqual([field]);
  });

  it.each([
    { period: 10 },
    { period: 86400 },
    { steps: 3 },
    { steps: 10 },
    { range: { low: 1, high: 65535 } },
  ])('takes %o', (more) => expect(checkParameters(with_(more))).toEqual({}));

  it('tells every field at once', () => {
    const all = with_({ period: 1, steps: 99, protocols: [], range: { low: 9, high: 1 } });
    expect(Object.keys(checkParameters(all)).toSorted()).toEqual(['period', 'protocols', 'range', 'steps']);
  });

  it.each(['10000', '10000-', '-1', 'a-b', '1-2-3', '1.5-9', '0x10-0x20', '1234567-2'])(
    'does not read the range %s',
    (text) => expect(parseRange(text)).toBeNull(),
  );

  it('reads the range it writes', () => {
    expect(parseRange(` ${formatRange(RKS1_DEFAULTS.range)} `)).toEqual(RKS1_DEFAULTS.range);
  });
});
