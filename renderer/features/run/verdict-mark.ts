import { assertNever } from '../../../shared/contract/result';
import type { Verdict } from '../../../shared/contract/views';
import type { HostState } from '../../stores/host-state';

/** The shape that stands beside a verdict. */
export function markOf(verdict: Verdict): HostState['kind'] {
  switch (verdict) {
    case 'opened':
      return 'open';
    case 'no-effect':
    case 'nothing-listening':
    case 'error':
      return 'failed';
    case 'closed':
    case 'sent':
    case 'reachable-not-proven':
      return 'idle';
    default:
      return assertNever(verdict);
  }
}
