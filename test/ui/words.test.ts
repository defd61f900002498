// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PortState, Verdict } from '../../shared/contract/views';
import { countdown, secondsLeft, took } from '../../shared/text/duration';
import { nativeWords, secretsWords } from '../../shared/text/health';
import { noEffectCauses } from '../../shared/text/no-effect-causes';
import { verdictSentence, verdictTitle, type VerdictFacts } from '../../shared/text/verdict';

const facts: VerdictFacts = {
  verdict: 'opened',
  action: 'open',
  port: 22,
  before: 'filtered',
  after: 'open',
  address: '203.0.113.7',
  steps: 3,
};

const verdicts: readonly Verdict[] = [
  'opened',
  'closed',
  'reachable-not-proven',
  'nothing-listening',
  'no-effect',
  'sent',
  'error',
];
const states: readonly (PortState | null)[] = ['open', 'refused', 'filtered', 'unreachable', null];

describe('a verdict', () => {
  it.each<[Partial<VerdictFacts>, string]>([
    [{}, 'Port 22 was filtered and is open now.'],
    [{ before: 'refused' }, 'Port 22 was refusing connections and is open now.'],
    [{ before: null }, 'Port 22 is open now.'],
    [
      { verdict: 'closed', action: 'close', before: 'open', after: 'filtered' },
      'Port 22 was open and is filtered now.',
    ],
    [
      { verdict: 'reachable-not-proven', before: 'open' },
      'Port 22 was open already, so this knock proves nothing.',
    ],
    [
      { verdict: 'reachable-not-proven', before: null },
      'Port 22 is open now, but answers too slowly to say whether it was before the knock.',
    ],
    [
      { verdict: 'reachable-not-proven', before: 'open', renewed: true },
      'Port 22 is open since the last knock, and this one asked for its time anew.',
    ],
    [
      { verdict: 'nothing-listening', after: 'refused' },
      'Port 22 was filtered and refuses connections now: the gate opened and nothing listens there, or a firewall rejects.',
    ],
    [
      { verdict: 'no-effect', after: 'filtered' },
      'Nothing changed after the knock: port 22 was filtered and still is.',
    ],
    [
      { verdict: 'no-effect', action: 'close', before: 'open', after: 'open' },
      'Nothing changed after the knock: port 22 was open and still is.',
    ],
    [
      { verdict: 'no-effect', action: 'close', after: 'filtered' },
      'Port 22 was filtered already, so this knock proves nothing.',
    ],
    [
      { verdict: 'no-effect', before: 'refused', after: 'filtered' },
      'The knock did not open port 22: it was refusing connections and is filtered now.',
    ],
    [
      { verdict: 'no-effect', after: 'unreachable' },
      'Nothing changed after the knock: 203.0.113.7 cannot be reached from this network.',
    ],
    [
      { verdict: 'sent', port: null, before: null, after: null },
      '3 steps sent. Without a port to try, nothing is proven.',
    ],
    [
      { verdict: 'sent', port: null, before: null, after: null, steps: 1 },
      '1 step sent. Without a port to try, nothing is proven.',
    ],
  ])('%j says "%s"', (more, sentence) => {
    expect(verdictSentence({ ...facts, ...more })).toBe(sentence);
  });

  it('is a whole sentence whatever was seen, and never claims more than that', () => {
    const any = fc.record({
      verdict: fc.constantFrom(...verdicts),
      action: fc.constantFrom('open' as const, 'close' as const),
      port: fc.option(fc.integer({ min: 1, max: 65535 })),
      before: fc.constantFrom(...states),
      after: fc.constantFrom(...states),
      address: fc.option(fc.constant('203.0.113.7')),
      steps: fc.integer({ min: 1, max: 32 }),
    });
    fc.assert(
      fc.property(any, (seen) => {
        const sentence = verdictSentence(seen);
        expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
        expect(sentence).not.toMatch(/undefined|null|NaN|success|received|!/i);
        expect(verdictTitle(seen.verdict)).toMatch(/^[A-Z]/);
      }),
    );
  });
});

describe('causes of no effect', () => {
  const seen = {
    method: 'rotating',
    action: 'open',
    before: 'filtered',
    after: 'filtered',
    port: 22,
    period: 30,
    protocols: ['tcp', 'udp'],
    clockChosen: false,
  } as const;
  const words = (more = {}) => noEffectCauses({ ...seen, ...more }).map(({ text }) => text);
  const first = (more = {}) => words(more)[0];

  it('begin with the likeliest for what was seen', () => {
    expect(first()).toContain('more than 30 s apart');
    expect(first({ method: 'static', period: null })).toContain('sequence or a protocol');
    expect(first({ before: 'refused', after: 'refused' })).toContain('nothing may be listening on port 22');
    expect(first({ before: 'unreachable', after: 'unreachable' })).toContain('no path to the server');
    expect(first({ action: 'close' })).toContain('closed already');
    expect(first({ action: 'close', after: 'open' })).toContain('What was sent opens the door');
  });

  it('name ICMP only where it was sent', () => {
    expect(words().join()).not.toContain('ICMP');
    expect(words({ protocols: ['icmp'] }).join()).toContain('ICMP');
  });

  it('tell of the comparison of clocks only who has not chosen it', () => {
    expect(first()).toContain('Settings');
    expect(words({ clockChosen: true }).join()).not.toContain('Settings');
  });

  it('are never none and never twice the same', () => {
    for (const before of states)
      for (const after of states)
        for (const action of ['open', 'close'] as const)
          for (const method of ['static', 'one-time', 'rotating', 'spa'] as const) {
            const causes = words({ before, after, action, method });
            expect(causes.length).toBeGreaterThan(0);
            expect(new Set(causes).size).toBe(causes.length);
          }
  });
});

describe('time and health', () => {
  it('reads like a clock', () => {
    expect([-1, 0, 1, 21_000, 60_000, 3_723_000].map(countdown)).toEqual([
      '0:00',
      '0:00',
      '0:01',
      '0:21',
      '1:00',
      '1:02:03',
    ]);
    expect([500, 14_000, 60_000].map(secondsLeft)).toEqual(['1 s', '14 s', '1:00']);
    expect([0.4, 99, 412, 9949, 12_400].map(took)).toEqual(['0 ms', '99 ms', '0.4 s', '9.9 s', '12 s']);
  });

  it('names what is missing', () => {
    const more = { detail: null, hint: null, chosenBy: 'default', vault: 'none' } as const;
    expect(secretsWords({ store: 'os', state: 'ok', ...more })).toBe('Keychain');
    expect(secretsWords({ store: 'passphrase', state: 'locked', ...more })).toBe('Vault locked');
    expect(secretsWords({ store: 'os', state: 'waiting', ...more })).toBe('Keychain silent');
    expect(secretsWords({ store: 'os', state: 'missing', ...more })).toBe('No keychain');
    expect(secretsWords({ store: 'session', state: 'missing', ...more })).toBe('This run only');
    expect(nativeWords({ icmp: false, rawTcp: false, hint: null })).toBe('No native sockets');
    expect(nativeWords({ icmp: true, rawTcp: false, hint: null })).toBe('No raw TCP');
  });
});
