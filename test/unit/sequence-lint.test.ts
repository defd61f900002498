import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeWarning, lintList, lintSequence, strengthWords } from '../../shared/sequence/lint';
import { parseStaticSequence, type Step } from '../../shared/sequence/step';
import { sequenceBits } from '../../shared/sequence/strength';

function steps(text: string): readonly Step[] {
  const parsed = parseStaticSequence(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.steps;
}
const lint = (text: string, port: number | null = 22) => lintSequence(steps(text), { port });
const RANDOM = '41873:tcp,12951:udp,30244:tcp';

const portStep = fc.record({
  kind: fc.constantFrom('tcp' as const, 'udp' as const),
  port: fc.integer({ min: 1, max: 65535 }),
});
const icmpStep = fc.record({
  kind: fc.constant('icmp' as const),
  payload: fc.integer({ min: 0, max: 1400 }),
});
const anySteps: fc.Arbitrary<Step[]> = fc.array(fc.oneof({ weight: 4, arbitrary: portStep }, icmpStep), {
  minLength: 1,
  maxLength: 32,
});

describe('a warning', () => {
  it.each<[string, RegExp]>([
    ['41873,12951', /^Fewer than three steps/],
    ['7000,8123,9456', /only rise.*one port scan/],
    ['9456,8123,7000', /only fall/],
    ['7000,9000,11000', /same distance apart/],
    ['7000,9000,8000', /All numbers are round/],
    ['41873,41873,30244', /same step twice running/],
    ['41873,12951,41873', /^Step 3 repeats an earlier one/],
    ['41873,22,12951', /^Step 2 goes to the port behind the door/],
    ['41873,3306,12951', /^Step 2 goes where a service often answers/],
    ['445,41873,139:udp', /^Steps 1 and 3 go where clouds and access providers often block/],
    ['41873,25,12951', /^Step 2 goes where clouds/],
  ])('is there for %s', (text, words) => {
    expect(lint(text).warnings.filter((warning) => words.test(warning))).toHaveLength(1);
  });

  it('is not there for what is random', () => {
    expect(lint(RANDOM).warnings).toEqual([]);
    expect(lint('icmp:713,41873,12951').warnings).toEqual([]);
    expect(lint('7000:tcp,icmp:128,9001:tcp').warnings).toEqual([]);
  });

  it('about the door is there only where there is one', () => {
    expect(lint('41873,22,12951', null).warnings.join()).not.toContain('door,');
    expect(lint('41873,2022,12951', 2022).warnings.join()).toContain('port behind the door');
  });

  it('names no port, is a sentence, and comes once', () => {
    fc.assert(
      fc.property(anySteps, fc.integer({ min: 1, max: 65535 }), (sequence, port) => {
        const { warnings } = lintSequence(sequence, { port });
        expect(new Set(warnings).size).toBe(warnings.length);
        for (const warning of warnings) {
          expect(warning).toMatch(/^[A-Z].*\.$/);
          for (const [number] of warning.matchAll(/\d+/g)) {
            expect(Number(number)).toBeLessThanOrEqual(sequence.length);
          }
        }
      }),
    );
  });
});

describe('the bits of a sequence', () => {
  it('are few for what people type, and 16 a step for what is random', () => {
    expect(sequenceBits(steps('7000,8000,9000'))).toBe(1);
    expect(sequenceBits(steps('7000:tcp,8000:udp,9000:tcp'))).toBe(3);
    expect(sequenceBits(steps('7000'))).toBe(0);
    expect(sequenceBits(steps('7000,9000,8000'))).toBeLessThan(28);
    expect(sequenceBits(steps('1234,4321,1111'))).toBeLessThan(28);
    expect(sequenceBits(steps('80,443,22'))).toBeLessThan(28);
    expect(sequenceBits(steps(RANDOM))).toBeCloseTo(3 * 16 + 3, 1);
    expect(strengthWords(sequenceBits(steps(RANDOM)))).toBe('50 bits, good');
    expect(strengthWords(1)).toBe('1 bit, weak');
  });

  it('are at most those of a blind guess, and never under 0', () => {
    fc.assert(
      fc.property(anySteps, (sequence) => {
        const bits = sequenceBits(sequence);
        expect(bits).toBeGreaterThanOrEqual(0);
        expect(bits).toBeLessThanOrEqual(sequence.length * (16 + Math.log2(3)) + 1);
      }),
    );
  });

  it('do not fall when a step of a new number breaks the one way', () => {
    const rising = fc
      .uniqueArray(fc.integer({ min: 20_000, max: 40_000 }), { minLength: 3, maxLength: 8 })
      .map((ports) => ports.toSorted((a, b) => a - b).map((port) => ({ kind: 'tcp' as const, port })));
    fc.assert(
      fc.property(rising, fc.integer({ min: 1001, max: 19_000 }), (sequence, port) => {
        expect(sequenceBits(sequence)).toBe(1);
        expect(lintSequence(sequence, { port: null }).warnings.join()).toMatch(/only rise/);
        expect(sequenceBits([...sequence, { kind: 'tcp', port }])).toBeGreaterThan(1);
      }),
    );
  });

  it('are the same whatever is shifted, as long as nothing about it is special', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), (by) => {
        const shifted = [41873, 12951, 30244].map((port) => ({ kind: 'tcp' as const, port: port + by * 3 }));
        fc.pre(shifted.every(({ port }) => port % 100 !== 0));
        expect(sequenceBits(shifted)).toBeCloseTo(3 * 16 + 1, 1);
      }),
    );
  });
});

describe('a one-time list', () => {
  const lines = (...texts: string[]) =>
    texts.map((text, index) => ({ number: index + 1, steps: steps(text) }));

  it('is as strong as its weakest line, and tells the first bad ones', () => {
    expect(lintList(lines(RANDOM, '23417,39340,18201'), { port: 22 })).toMatchObject({ warnings: [] });
    const five = lines(RANDOM, '7001,8123,9456', '41873,22,12951', '7000,9000,8000', '445,12951,445,9');
    const { bits, warnings } = lintList(five, { port: 22 });
    expect(bits).toBe(1);
    expect(warnings).toHaveLength(4);
    expect(warnings[0]).toMatch(/^Line 2: The numbers only rise/);
    expect(warnings[1]).toMatch(/^Line 3: Step 2 goes to the port behind the door/);
    expect(warnings[3]).toBe('One more line has such weaknesses.');
  });
});

describe('a close sequence', () => {
  it('is told when one of the two has the other in it', () => {
    const close = (text: string) => closeWarning(steps(RANDOM), steps(text));
    expect(close('30244:tcp,12951:udp,41873:tcp')).toBeNull();
    expect(close(RANDOM)).toMatch(/is the same/);
    expect(close(`5123,${RANDOM}`)).toMatch(/closing opens first/);
    expect(close('12951:udp,30244:tcp')).toMatch(/opening may close again/);
    expect(close('41873:tcp,30244:tcp')).toBeNull();
  });
});
