/** What became of the steps of a knock without effect. Steps are told by their number: their ports may be a secret. */
import { oftenBlocked } from '../sequence/known-ports';
import type { Step } from '../sequence/step';
import type { Finding } from './finding';

/**
 * @param answered the steps that a service accepted a connection on, by index; none means that no TCP step met one.
 * @param rotating whether ports change by themselves: a server that knows its code counts a step on a live port too.
 */
export function liveStepFinding(answered: readonly number[], rotating: boolean): Finding {
  if (answered.length === 0) {
    return { kind: 'live-step', certainty: 'ruled-out', text: 'No step met a service that answers.' };
  }
  const which = stepNumbers(answered);
  const text = rotating
    ? `${which} met a service that answers on its port, where some servers do not count a knock. The next code has other ports.`
    : `${which} met a service that answers on its port, so the server does not see a knock there. Choose another port for it.`;
  return { kind: 'live-step', certainty: rotating ? 'possible' : 'confirmed', text };
}

export function blockedStepFinding(steps: readonly Step[]): Finding | null {
  const blocked = steps.flatMap((step, index) => (oftenBlocked(step) ? [index] : []));
  if (blocked.length === 0) return null;
  const text = `${stepNumbers(blocked)} went where clouds and access providers often block, and may not have arrived.`;
  return { kind: 'lost', certainty: 'possible', text };
}

/** `Step 2`, `Steps 1 and 3`. */
function stepNumbers(indexes: readonly number[]): string {
  const numbers = indexes.map((index) => String(index + 1));
  const last = numbers.pop() ?? '';
  return numbers.length === 0 ? `Step ${last}` : `Steps ${numbers.join(', ')} and ${last}`;
}
