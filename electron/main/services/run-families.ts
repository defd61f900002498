/**
 * A knock over one address family or over both. Over both it is one run after the other, IPv6 first: a rotating code and a
 * line of a one-time list work once, so the second family needs the next.
 */
import type { AddressView, Verdict } from '../../../shared/contract/views';
import { isIpv4 } from '../../../shared/profile/address';
import { runKnock } from './knock-run';
import type { RunInput, RunOutcome, RunPorts } from './run-course';

const FAMILIES = ['ipv6', 'ipv4'] as const;
const NAMES = { ipv6: 'IPv6', ipv4: 'IPv4' } as const;

/** What counts as how the whole run ended, the best first. */
const RANK: readonly Verdict[] = [
  'opened',
  'closed',
  'reachable-not-proven',
  'nothing-listening',
  'sent',
  'no-effect',
  'error',
];

export async function runFamilies(ports: RunPorts, input: RunInput): Promise<RunOutcome> {
  const { target, renews, lastOpened } = input;
  if (target.family !== 'both') return runKnock(ports, input);
  const outcomes: { readonly family: (typeof FAMILIES)[number]; readonly outcome: RunOutcome }[] = [];
  for (const family of FAMILIES) {
    const renewsThis = renews && lastOpened !== null && isIpv4(lastOpened.address) === (family === 'ipv4');
    const one = { ...input, target: { ...target, family }, renews: renewsThis };
    outcomes.push({ family, outcome: await runKnock(ports, one) });
  }
  const [best = outcomes[0]] = outcomes.toSorted(
    (a, b) => RANK.indexOf(a.outcome.verdict) - RANK.indexOf(b.outcome.verdict),
  );
  if (best === undefined) throw new Error('no family was knocked over');
  return {
    ...best.outcome,
    message: outcomes.map(({ family, outcome }) => `${NAMES[family]}: ${outcome.message}`).join(' '),
    elapsedMs: outcomes.reduce((sum, { outcome }) => sum + outcome.elapsedMs, 0),
    notes: [...new Set(outcomes.flatMap(({ outcome }) => outcome.notes))],
    addresses: outcomes.flatMap(({ outcome }): AddressView[] => {
      const { address, verdict, before, after } = outcome;
      return address === null ? [] : [{ address, verdict, before, after }];
    }),
  };
}
