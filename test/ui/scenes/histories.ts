/** Fifty runs with everything that a table of them has to hold. */
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

export function history(): readonly RunRecord[] {
  return Array.from({ length: 50 }, (_, index) => ({
    ...OPENED,
    ...TURNS[index % TURNS.length],
    at: STARTED - index * 5_000_000,
  }));
}
