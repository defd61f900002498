/** Earlier runs, as main would tell them. */
import type { RunView } from '../../../shared/contract/views';
import type { RunRecord } from '../../../shared/history/record';
import { STARTED } from './runs';

const OPENED: RunRecord = {
  at: STARTED,
  action: 'open',
  verdict: 'opened',
  code: null,
  before: 'filtered',
  after: 'open',
  address: '203.0.113.7',
  family: 'ipv4',
  interface: 'eth0',
  source: '192.168.1.5',
  attempts: 1,
  elapsedMs: 1043,
  found: [],
};

const TURNS: readonly Partial<RunRecord>[] = [
  {},
  {
    verdict: 'no-effect',
    after: 'filtered',
    attempts: 2,
    elapsedMs: 11_240,
    interface: 'wg0',
    found: ['clock'],
  },
  { address: '2001:db8:1234:5678:9abc:def0:1234:5678', family: 'ipv6', attempts: 2 },
  { action: 'close', verdict: 'closed', before: 'open', after: 'filtered' },
  { verdict: 'error', code: 'unresolvable', before: null, after: null, address: null, interface: null },
  { verdict: 'reachable-not-proven', before: 'open' },
  { verdict: 'nothing-listening', after: 'refused', interface: 'a-very-long-interface-name' },
];

/** Fifty runs with everything that a table of them has to hold. */
export function history(): readonly RunRecord[] {
  return Array.from({ length: 50 }, (_, index) => ({
    ...OPENED,
    ...TURNS[index % TURNS.length],
    at: STARTED - index * 5_000_000,
  }));
}

/** Nothing but knocks that came to nothing, each for a reason of its own. */
export function failures(): readonly RunRecord[] {
  const codes = ['keychain-missing', 'no-route', 'no-capability', 'unresolvable', 'internal'] as const;
  return Array.from({ length: 9 }, (_, index) => {
    const code = codes[index % codes.length] ?? 'internal';
    const failed = {
      verdict: 'error',
      code,
      before: null,
      after: null,
      address: null,
      family: null,
    } as const;
    const seen = index % 2 === 0 ? failed : { ...TURNS[1], attempts: 3 };
    return { ...OPENED, ...seen, at: STARTED - index * 7_000_000 };
  });
}

/** What there is after a run that has ended: it, and a few of an ordinary week. Nothing where nobody has knocked yet. */
export function historyAfter(run: RunView | undefined): readonly RunRecord[] {
  if (run === undefined) return [];
  const { action, verdict, before, after, problem, startedAt, attempt, elapsedMs } = run;
  const earlier: readonly RunRecord[] = [
    { ...OPENED, at: STARTED - 3_100_000, elapsedMs: 812 },
    { ...OPENED, ...TURNS[1], at: STARTED - 58_400_000 },
    { ...OPENED, at: STARTED - 144_900_000, interface: 'wlan0', source: '10.20.0.31', elapsedMs: 967 },
  ];
  if (verdict === null || problem?.code === 'cancelled') return earlier;
  const newest: RunRecord = {
    ...OPENED,
    at: startedAt,
    action,
    verdict,
    code: problem?.code ?? null,
    before,
    after,
    address: run.address,
    attempts: attempt,
    elapsedMs: elapsedMs ?? 0,
    ...(run.address === null && { family: null, interface: null, source: null }),
  };
  return [newest, ...earlier];
}
