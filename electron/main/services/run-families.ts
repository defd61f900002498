/**
 * A knock over one address family or over both. Over both it is two runs at once, or one after the other with IPv6 first
 * where the server takes what is sent only once: a rotating code, a line of a one-time list.
 */
import type { AddressView, Verdict } from '../../../shared/contract/views';
import { isIpv4 } from '../../../shared/profile/address';
import { runKnock } from './knock-run';
import type { RunInput, RunOutcome, RunPorts, RunProgress } from './run-course';

const NAMES = { ipv6: 'IPv6', ipv4: 'IPv4' } as const;
type FamilyName = keyof typeof NAMES;

interface FamilyOutcome {
  readonly family: FamilyName;
  readonly outcome: RunOutcome;
}

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
  const { clock } = ports;
  const start = clock.monotonic();
  const over = async (family: FamilyName, progress = input.progress): Promise<FamilyOutcome> => {
    const renewsThis = renews && lastOpened !== null && isIpv4(lastOpened.address) === (family === 'ipv4');
    const one = { ...input, progress, target: { ...target, family }, renews: renewsThis };
    return { family, outcome: await runKnock(ports, one) };
  };
  const { kind } = target.method;
  const onceOnly = kind === 'rotating' || kind === 'one-time';
  const outcomes = onceOnly
    ? [await over('ipv6'), await over('ipv4')]
    : await Promise.all([over('ipv6'), over('ipv4', inBackground(input.progress))]);
  const [best = outcomes[0]] = outcomes.toSorted(
    (a, b) => RANK.indexOf(a.outcome.verdict) - RANK.indexOf(b.outcome.verdict),
  );
  if (best === undefined) throw new Error('no family was knocked over');
  return {
    ...best.outcome,
    message: outcomes.map(({ family, outcome }) => `${NAMES[family]}: ${outcome.message}`).join(' '),
    elapsedMs: clock.monotonic() - start,
    notes: [...new Set(outcomes.flatMap(({ outcome }) => outcome.notes))],
    addresses: outcomes.flatMap(({ outcome }): AddressView[] => {
      const { address, verdict, before, after } = outcome;
      return address === null ? [] : [{ address, verdict, before, after }];
    }),
  };
}

/** The steps of both are the same, so only one run's are told; of the other, what is its own. */
function inBackground(progress: (progress: RunProgress) => void): (progress: RunProgress) => void {
  return (event) => {
    if (event.kind === 'resolved' || event.kind === 'note') progress(event);
  };
}
