import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase32, decodeBase32 } from '../../shared/sequence/base32';
import {
  checkParameters,
  parseRange,
  readSecret,
  RKS1_DEFAULTS,
  strengthBits,
  type Rks1Parameters,
} from '../../shared/sequence/parameters';
import { counterAt, deriveSteps, type Action } from '../../shared/sequence/rks1';
import { formatSteps, type Protocol } from '../../shared/sequence/step';
import { waitBeforeKnock } from '../../shared/sequence/time';
import invalid from '../vectors/rks1-invalid.json';
import vectors from '../vectors/rks1.json';

function parametersOf(row: {
  period: number;
  steps: number;
  protocols: string[];
  range: string;
}): Rks1Parameters {
  const range = parseRange(row.range) ?? { low: 0, high: 0 };
  return { period: row.period, steps: row.steps, protocols: row.protocols as Protocol[], range };
}

describe('RKS1 vectors', () => {
  it.each(vectors)('derives $sequence', (row) => {
    const secret = readSecret(row.secret);
    if (typeof secret === 'string') throw new Error(secret);
    const parameters = parametersOf(row);
    expect(checkParameters(parameters)).toEqual({});
    expect(counterAt(row.time, row.period)).toBe(row.counter);
    const steps = deriveSteps(secret, row.counter, row.action as Action, parameters);
    expect(formatSteps(steps)).toBe(row.sequence);
  });

  it.each(invalid)('refuses $why', (row) => {
    const problems = [
      readSecret(row.secret),
      ...Object.values(checkParameters(parametersOf(row))),
      row.protocols.some((protocol) => !['tcp', 'udp', 'icmp'].includes(protocol)) ? 'protocol' : '',
      ['open', 'close'].includes(row.action) ? '' : 'action',
    ];
    expect(problems.filter((problem) => typeof problem === 'string' && problem !== '')).not.toEqual([]);
  });
});

const protocols = fc.subarray<Protocol>(['tcp', 'udp', 'icmp'], { minLength: 1 });
const parameters = fc
  .record({
    period: fc.integer({ min: 10, max: 86400 }),
    steps: fc.integer({ min: 3, max: 10 }),
    protocols,
    range: fc.tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 65535 })),
  })
  .map(({ range: [a, b], ...rest }) => ({ ...rest, range: { low: Math.min(a, b), high: Math.max(a, b) } }))
  .filter((value) => Object.keys(checkParameters(value)).length === 0);
const secrets = fc.uint8Array({ minLength: 16, maxLength: 64 });
const counters = fc.integer({ min: 0, max: 2 ** 40 });

describe('RKS1 properties', () => {
  it('stays within its parameters and never repeats a port or a size', () => {
    fc.assert(
      fc.property(secrets, counters, parameters, (secret, counter, value) => {
        const steps = deriveSteps(secret, counter, 'open', value);
        const ports = steps.flatMap((step) => (step.kind === 'icmp' ? [] : [step.port]));
        const sizes = steps.flatMap((step) => (step.kind === 'icmp' ? [step.payload] : []));
        expect(steps).toHaveLength(value.steps);
        expect(steps.every((step) => value.protocols.includes(step.kind))).toBe(true);
        expect(ports.every((port) => port >= value.range.low && port <= value.range.high)).toBe(true);
        expect(sizes.every((size) => size >= 32 && size <= 992)).toBe(true);
        expect(new Set(ports).size).toBe(ports.length);
        expect(new Set(sizes).size).toBe(sizes.length);
      }),
      { numRuns: 200 },
    );
  });

  it('gives another sequence for another secret, counter and action', () => {
    fc.assert(
      fc.property(secrets, counters, (secret, counter) => {
        const text = (bytes: Uint8Array, at: number, action: Action) =>
          formatSteps(deriveSteps(bytes, at, action, RKS1_DEFAULTS));
        const other = Uint8Array.from(secret, (byte, index) => (index === 0 ? byte ^ 1 : byte));
        const all = [
          text(secret, counter, 'open'),
          text(secret, counter, 'close'),
          text(secret, counter + 1, 'open'),
          text(other, counter, 'open'),
        ];
        expect(new Set(all).size).toBe(4);
      }),
      { numRuns: 100 },
    );
  });

  it('round-trips base32 in any case, with spaces and padding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = encodeBase32(bytes);
        expect(decodeBase32(text)).toEqual(bytes);
        expect(decodeBase32(`${text.toLowerCase().replace(/(.{4})/g, '$1 ')}====`)).toEqual(bytes);
      }),
    );
  });

  it.each(['\u0131', '\u017f', '\u212a'])('takes no %j for the letter that it looks like', (letter) => {
    expect(typeof decodeBase32(`AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQ${letter}`)).toBe('string');
  });

  it('refuses every other last character: stray bits are a cut-off secret', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        fc.integer({ min: 1, max: 7 }),
        (bytes, stray) => {
          fc.pre(bytes.length % 5 !== 0);
          const text = encodeBase32(bytes);
          const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
          const last = alphabet.indexOf(text.at(-1) ?? '');
          const freeBits = (text.length * 5) % 8;
          const wrong = last | (stray & ((1 << freeBits) - 1));
          fc.pre(wrong !== last);
          expect(typeof decodeBase32(text.slice(0, -1) + alphabet.charAt(wrong))).toBe('string');
        },
      ),
    );
  });
});

describe('strength', () => {
  it('is 81 bits for the defaults', () => {
    expect(Math.floor(strengthBits(RKS1_DEFAULTS))).toBe(81);
  });
});

describe('waiting for a code', () => {
  const period = 30;
  const at = (seconds: number) => 1_000_000 * period * 1000 + seconds * 1000;

  it('starts at once early in a period with an unused code', () => {
    expect(waitBeforeKnock(at(5), period, null)).toBe(0);
    expect(waitBeforeKnock(at(28), period, 999_999)).toBe(0);
  });
  it('waits out the last two seconds', () => {
    expect(waitBeforeKnock(at(28.5), period, null)).toBe(1500);
  });
  it('waits for the next code when this one was used', () => {
    expect(waitBeforeKnock(at(5), period, 1_000_000)).toBe(25_000);
  });
  it('waits two periods when the next was used already', () => {
    expect(waitBeforeKnock(at(5), period, 1_000_001)).toBe(55_000);
  });
});
