/** From what was seen to what it proves: the port before and after decides, never the sending. */
import type { Verdict } from '../../../shared/contract/views';
import type { Action } from '../../../shared/sequence/rks1';
import type { AttemptOutcome } from './knock-attempt';

/** The verdict table. */
export function judge(action: Action, port: number | null, seen: AttemptOutcome): Verdict {
  const { before, after } = seen;
  if (port === null) return 'sent';
  if (action === 'close') {
    return before === 'open' && (after === 'filtered' || after === 'refused') ? 'closed' : 'no-effect';
  }
  if (after === 'open') return before === 'open' || before === null ? 'reachable-not-proven' : 'opened';
  if (after === 'refused' && before !== 'refused') return 'nothing-listening';
  return 'no-effect';
}
