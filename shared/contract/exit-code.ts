/** What the command line ends with (docs/control-socket.md). */
import type { Problem, ProblemCode } from './result';

const EXITS: Readonly<Record<ProblemCode, number>> = {
  'bad-input': 2,
  'not-found': 2,
  conflict: 2,
  'too-large': 2,
  'bad-line': 2,
  'unknown-method': 2,
  'keychain-locked': 3,
  'keychain-missing': 3,
  'keychain-failed': 3,
  unresolvable: 4,
  'no-route': 4,
  network: 4,
  'no-capability': 4,
  'no-terminal': 2,
  cancelled: 1,
  storage: 5,
  refused: 1,
  internal: 5,
};

/** The exit code that the command line ends with. */
export function exitCode(problem: Problem): number {
  return EXITS[problem.code];
}
