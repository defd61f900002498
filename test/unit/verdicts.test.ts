import { describe, expect, it } from 'vitest';
import { judge } from '../../electron/main/services/judge';
import type { PortState, Verdict } from '../../shared/contract/views';

const STATES: readonly PortState[] = ['open', 'refused', 'filtered', 'unreachable'];

/** Rows: before. Columns: after, in the order of STATES. */
const OPEN: Readonly<Record<PortState, readonly Verdict[]>> = {
  open: ['reachable-not-proven', 'nothing-listening', 'no-effect', 'no-effect'],
  refused: ['opened', 'no-effect', 'no-effect', 'no-effect'],
  filtered: ['opened', 'nothing-listening', 'no-effect', 'no-effect'],
  unreachable: ['opened', 'nothing-listening', 'no-effect', 'no-effect'],
};
/** A door that was not open cannot be seen to close, and a network that went away closes none. */
const CLOSE: typeof OPEN = {
  open: ['no-effect', 'closed', 'closed', 'no-effect'],
  refused: ['no-effect', 'no-effect', 'no-effect', 'no-effect'],
  filtered: ['no-effect', 'no-effect', 'no-effect', 'no-effect'],
  unreachable: ['no-effect', 'no-effect', 'no-effect', 'no-effect'],
};

describe.each([
  ['open', OPEN],
  ['close', CLOSE],
] as const)('the verdict of a knock to %s', (action, table) => {
  it.each(STATES)('after %s before', (before) => {
    expect(STATES.map((after) => judge(action, 22, { before, after }))).toEqual(table[before]);
  });

  it('claims no change where the port before is not known', () => {
    const claimed = STATES.map((after) => judge(action, 22, { before: null, after }));
    expect(claimed).not.toContain('opened');
    expect(claimed).not.toContain('closed');
    expect(claimed[0]).toBe(action === 'open' ? 'reachable-not-proven' : 'no-effect');
  });

  it('is sent, and no more, without a port', () => {
    expect(judge(action, null, { before: null, after: null })).toBe('sent');
  });
});
