import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TCP_FLAGS, type StepOptions } from '../../shared/sequence/step-options';
import {
  formatBareSteps,
  formatSteps,
  MAX_ICMP_PAYLOAD,
  needsRawTcp,
  parseStaticSequence,
  type Step,
} from '../../shared/sequence/step';

/** Only what is given: an option that is undefined is no option. */
function some(shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<StepOptions> {
  return fc.record(shape, { requiredKeys: [] }).filter((options) => Object.keys(options).length > 0);
}
const ttl = fc.integer({ min: 1, max: 255 });
const gapMs = fc.integer({ min: 0, max: 5000 });
const from = fc.integer({ min: 1024, max: 65535 });
const flags = fc.subarray([...TCP_FLAGS], { minLength: 1 });
const data = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const port = fc.integer({ min: 1, max: 65535 });
const optional = (options: fc.Arbitrary<StepOptions>) => fc.option(options, { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(port, optional(some({ flags, ttl, from, gapMs }))).map(([at, options]) => ({
    kind: 'tcp' as const,
    port: at,
    ...(options && { options }),
  })),
  fc.tuple(port, optional(some({ ttl, from, data, gapMs }))).map(([at, options]) => ({
    kind: 'udp' as const,
    port: at,
    ...(options && { options }),
  })),
  fc
    .tuple(fc.integer({ min: 0, max: MAX_ICMP_PAYLOAD }), optional(some({ ttl, gapMs })))
    .map(([payload, options]) => ({ kind: 'icmp' as const, payload, ...(options && { options }) })),
);

function problem(text: string): string {
  const parsed = parseStaticSequence(text);
  return parsed.ok ? 'holds' : parsed.message;
}

describe('options of a step', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        expect(parseStaticSequence(formatSteps(steps))).toEqual({ ok: true, steps });
        const bare = formatBareSteps(steps);
        expect(bare).not.toContain(';');
        expect(parseStaticSequence(bare)).toMatchObject({ ok: true });
        if (steps.every(({ options }) => options === undefined)) expect(formatSteps(steps)).toBe(bare);
      }),
    );
  });

  it('never make the parser throw', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from(';=,:+ 70tcpudpflagsxhe\n\u{1f600}')) });
    fc.assert(
      fc.property(text, (rest) => {
        expect(problem(`7000:tcp;${rest}`)).toMatch(/^(holds|Step \d+: .*\.|The .*)$/s);
      }),
    );
  });

  it('may be written with spaces and in any case, but a text stays as it is', () => {
    expect(
      parseStaticSequence(' 7000 : TCP ; Flags = SYN + Fin ; GAP=0 , 8000:udp;DATA=Text:Hi There;ttl=9'),
    ).toEqual({
      ok: true,
      steps: [
        { kind: 'tcp', port: 7000, options: { flags: ['syn', 'fin'], gapMs: 0 } },
        { kind: 'udp', port: 8000, options: { data: '4869205468657265', ttl: 9 } },
      ],
    });
    expect(parseStaticSequence('8000:udp;data=hex:0A0b,8001:udp;data=hex:')).toMatchObject({
      steps: [{ options: { data: '0a0b' } }, { options: { data: '' } }],
    });
  });

  it.each([
    ['7000;', 'Step 1: "" is not an option; they are flags, ttl, from, data and gap.'],
    ['7000,8000;colour=red', 'Step 2: "colour" is not an option; they are flags, ttl, from, data and gap.'],
    ['7000;__proto__=1', 'Step 1: "__proto__" is not an option; they are flags, ttl, from, data and gap.'],
    ['7000;ttl=9;ttl=9', 'Step 1: ttl is given twice.'],
    ['7000:udp;flags=syn', 'Step 1: flags goes with tcp steps only.'],
    ['7000;data=hex:00', 'Step 1: data goes with udp steps only.'],
    ['icmp:8;from=2000', 'Step 1: from goes with tcp and udp steps only.'],
    ['7000;flags=syn+ece', 'Step 1: flags: expected fin, syn, rst, psh, ack or urg, joined by +.'],
    ['7000;flags=', 'Step 1: flags: expected fin, syn, rst, psh, ack or urg, joined by +.'],
    ['7000;flags=syn+syn', 'Step 1: flags: each flag can be given once.'],
    ['7000;ttl=0', 'Step 1: ttl: expected a whole number from 1 to 255.'],
    ['7000;ttl', 'Step 1: ttl: expected a whole number from 1 to 255.'],
    ['7000;from=1023', 'Step 1: from: expected a whole number from 1024 to 65535.'],
    ['7000;gap=-1', 'Step 1: gap: expected a whole number from 0 to 5000.'],
    [
      '7000:udp;data=0a',
      'Step 1: data: expected hex: and pairs of hex digits, or text: and ASCII without comma and semicolon.',
    ],
    [
      '7000:udp;data=hex:0',
      'Step 1: data: expected hex: and pairs of hex digits, or text: and ASCII without comma and semicolon.',
    ],
    [
      '7000:udp;data=text:ü',
      'Step 1: data: expected hex: and pairs of hex digits, or text: and ASCII without comma and semicolon.',
    ],
    [`7000:udp;data=hex:${'00'.repeat(1401)}`, 'Step 1: data: 1400 bytes are the most.'],
  ])('are refused in words that name step and option: %.40s', (text, words) => {
    expect(problem(text)).toBe(words);
  });

  it('tell which TCP steps take more than a connection', () => {
    const needs = (text: string) => {
      const parsed = parseStaticSequence(text);
      return parsed.ok && parsed.steps.map(needsRawTcp);
    };
    expect(needs('1,2;gap=9,3;flags=syn,4;flags=ack,5;ttl=9,6;from=2000,7:udp;ttl=9,icmp:8;ttl=9')).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
