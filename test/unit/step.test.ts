import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSteps, MAX_STATIC_STEPS, parseStaticSequence, type Step } from '../../shared/sequence/step';
import vectors from '../vectors/steps.json';
import { cpuMs } from '../cpu-time';

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('tcp' as const, 'udp' as const),
    port: fc.integer({ min: 1, max: 65535 }),
  }),
  fc.record({ kind: fc.constant('icmp' as const), payload: fc.integer({ min: 0, max: 1400 }) }),
);

describe('step notation', () => {
  it.each(vectors.valid)('reads $text', ({ text, canonical }) => {
    const parsed = parseStaticSequence(text);
    expect(parsed.ok && formatSteps(parsed.steps)).toBe(canonical);
  });

  it.each(vectors.invalid)('refuses "$text": $why', ({ text }) => {
    const parsed = parseStaticSequence(text);
    expect(parsed.ok ? parsed.steps : parsed.message).toEqual(expect.any(String));
  });

  it.each(['7000 8000 9000', '7000:tcp 8000:udp', '7000  8000,9000'])(
    'asks for commas where "%s" has spaces',
    (text) => {
      const parsed = parseStaticSequence(text);
      expect(parsed.ok ? '' : parsed.message).toMatch(/^Step 1: put commas between the steps/);
    },
  );

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: MAX_STATIC_STEPS }), (steps) => {
        expect(parseStaticSequence(formatSteps(steps))).toEqual({ ok: true, steps });
      }),
    );
  });

  it('never throws, and names the step that is wrong', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const parsed = parseStaticSequence(text);
        if (!parsed.ok) expect(parsed.message).toMatch(/^(Step \d+: |The sequence is empty)/);
      }),
    );
  });
});

describe('a long text', () => {
  it('is read up to 4096 characters', () => {
    expect(parseStaticSequence('7000,8000'.padEnd(4096))).toMatchObject({ ok: true });
    const refused = { ok: false, message: 'The sequence is far too long.' };
    expect(parseStaticSequence('7000,8000'.padEnd(4097))).toEqual(refused);
  });

  it('is refused without being read', async () => {
    const huge = '7000,'.repeat(10_000_000);
    expect(await cpuMs(() => expect(parseStaticSequence(huge)).toMatchObject({ ok: false }))).toBeLessThan(
      50,
    );
  });
});

describe('a sequence to send', () => {
  it('names the port that is out of range and how many steps are too many', () => {
    expect(parseStaticSequence('7000,0,9000')).toEqual({
      ok: false,
      message: 'Step 2: port 0 is out of range; ports go from 1 to 65535.',
    });
    expect(parseStaticSequence('7000,8000,70000')).toMatchObject({
      message: expect.stringContaining('70000'),
    });
    const forty = Array.from({ length: 40 }, (_, index) => 7000 + index).join(',');
    expect(parseStaticSequence(forty)).toMatchObject({ message: expect.stringContaining('40 steps') });
  });

  it('takes knockd’s 1 to 32 steps', () => {
    const most = Array.from({ length: MAX_STATIC_STEPS }, (_, index) => 7000 + index * 3).join(',');
    expect(parseStaticSequence(most).ok).toBe(true);
    expect(parseStaticSequence('7000').ok).toBe(true);
    expect(parseStaticSequence(`${most},9999`).ok).toBe(false);
  });
});
