/** How often a knock is sent before it counts as without effect. */
import type { Action } from '../../../shared/sequence/rks1';
import type { KnockTarget } from './knock-plan';

/** A lost packet costs a fixed sequence or an SPA packet another try; 5 % loss leaves 99.7 % opening. */
const REPEATED_ATTEMPTS = 3;
/** A rotating knock is repeated with the next period's code only where that is a wait a person would sit through. */
const LONGEST_AUTOMATIC_PERIOD_S = 60;

/** Of a one-time list: for each of its lines that is tried. */
export function attemptsFor(target: KnockTarget, action: Action): number {
  if (target.port === null) return 1;
  if (target.method.kind !== 'rotating') return action === 'open' ? REPEATED_ATTEMPTS : 1;
  return target.method.parameters.period <= LONGEST_AUTOMATIC_PERIOD_S ? 2 : 1;
}
