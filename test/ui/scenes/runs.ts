/** Runs at each turn of their course, as main would tell them. */
import { NO_ADVICE, rankCauses, type Finding } from '../../../shared/advice/finding';
import type { GrantView, PortState, RunView, StepView, Verdict } from '../../../shared/contract/views';
import { noEffectCauses } from '../../../shared/text/no-effect-causes';
import { verdictSentence } from '../../../shared/text/verdict';
import { idOf } from './profiles';

export const STARTED = Date.UTC(2026, 10, 21, 12, 0, 16);

const SENT: readonly StepView[] = [
  { protocol: 'tcp', label: '34175 tcp', sentMs: 0.2 },
  { protocol: 'tcp', label: '43779 tcp', sentMs: 151 },
  { protocol: 'udp', label: '18573 udp', sentMs: 302 },
  { protocol: 'udp', label: '27110 udp', sentMs: 452 },
  { protocol: 'tcp', label: '11894 tcp', sentMs: 603 },
];

/** A rotating code's five steps, the first `count` of them sent. */
export function rotatingSteps(count: number): readonly StepView[] {
  return SENT.map((step, at) => (at < count ? step : { ...step, label: null, sentMs: null }));
}

/** A static sequence's steps, which are never told by their ports. */
export function staticSteps(count: number): readonly StepView[] {
  return (['tcp', 'udp', 'tcp'] as const).map((protocol, at) => ({
    protocol,
    label: null,
    sentMs: at < count ? at * 150 : null,
  }));
}

export function run(index: number, more: Partial<RunView> = {}): RunView {
  return {
    id: `run-${index}`,
    profileId: idOf(index),
    action: 'open',
    phase: 'resolving',
    address: null,
    addresses: [],
    port: 22,
    before: null,
    after: null,
    steps: [],
    attempt: 1,
    attempts: 1,
    waiting: null,
    verdict: null,
    message: null,
    advice: NO_ADVICE,
    notes: [],
    problem: null,
    startedAt: STARTED,
    elapsedMs: null,
    ...more,
  };
}

export function sending(index: number, count = 3): RunView {
  return run(index, { phase: 'sending', address: '203.0.113.7', steps: rotatingSteps(count) });
}

export function waiting(index: number): RunView {
  return run(index, {
    phase: 'waiting',
    address: '203.0.113.7',
    waiting: { why: 'This code was used; waiting for the next one', until: STARTED + 14_000 },
  });
}

export function opened(index: number): RunView {
  return run(index, {
    phase: 'done',
    address: '203.0.113.7',
    before: 'filtered',
    after: 'open',
    steps: rotatingSteps(5),
    verdict: 'opened',
    message: sentence('opened', 'filtered', 'open'),
    elapsedMs: 1043,
  });
}

const guesses = noEffectCauses({
  method: 'rotating',
  action: 'open',
  before: 'filtered',
  after: 'filtered',
  port: 22,
  period: 30,
  protocols: ['tcp', 'udp'],
  clockChosen: false,
});

/** @param findings what was measured; nothing unless told. */
export function noEffect(index: number, findings: readonly Finding[] = []): RunView {
  return run(index, {
    phase: 'done',
    address: '203.0.113.7',
    before: 'filtered',
    after: 'filtered',
    steps: rotatingSteps(5),
    verdict: 'no-effect',
    message: sentence('no-effect', 'filtered', 'filtered'),
    advice: rankCauses(guesses, findings),
    elapsedMs: 5622,
  });
}

/** After checks that found a cause, one that did not, and some that ruled theirs out. */
export const FOUND: readonly Finding[] = [
  {
    kind: 'clock',
    certainty: 'confirmed',
    text: 'The clock here is 74 s behind ntp.example.org, so the code or packet was too old. Set the clock, then knock again.',
  },
  {
    kind: 'elsewhere',
    certainty: 'possible',
    text: "Packets to 203.0.113.7 leave by wg0, from 10.8.0.2. By its name that is a VPN: the server sees the VPN's address, and the VPN may not carry every packet. Knock without it.",
  },
  { kind: 'family', certainty: 'ruled-out', text: 'web1.example.org has no IPv6 address.' },
  { kind: 'live-step', certainty: 'ruled-out', text: 'No step met a service that answers.' },
];

export function checking(index: number): RunView {
  const sent = { address: '203.0.113.7', before: 'filtered', after: null, steps: rotatingSteps(5) } as const;
  return run(index, { phase: 'checking', ...sent, attempt: 2, attempts: 2 });
}

export function failedRun(index: number): RunView {
  return run(index, {
    phase: 'done',
    verdict: 'error',
    message: `web${index}.example.org was not found.`,
    problem: {
      code: 'unresolvable',
      message: `web${index}.example.org was not found.`,
      hint: 'Check the name, or the network that this computer is on.',
      detail: `getaddrinfo ENOTFOUND web${index}.example.org`,
    },
    elapsedMs: 12,
  });
}

/** A verdict other than opened or no effect, by what was there before and after. */
export function ended(index: number, verdict: Verdict, before: PortState, after: PortState): RunView {
  const facts = {
    verdict,
    action: 'open',
    port: 22,
    before,
    after,
    address: '203.0.113.7',
    steps: 5,
  } as const;
  return run(index, {
    phase: 'done',
    address: '203.0.113.7',
    before,
    after,
    steps: rotatingSteps(5),
    verdict,
    message: verdictSentence(facts),
    attempt: 2,
    attempts: 2,
    elapsedMs: 1043,
  });
}

export function grant(index: number, more: Partial<GrantView> = {}): GrantView {
  return { profileId: idOf(index), address: '203.0.113.7', port: 22, until: STARTED + 21_000, ...more };
}

function sentence(verdict: 'opened' | 'no-effect', before: 'filtered', after: 'open' | 'filtered'): string {
  return verdictSentence({
    verdict,
    action: 'open',
    port: 22,
    before,
    after,
    address: '203.0.113.7',
    steps: 5,
  });
}
