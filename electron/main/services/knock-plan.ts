/**
 * What a run will send, worked out before anything is sent. Pure: the profile, its secret and the moment come in, steps
 * go out.
 */
import { ProblemError } from '../../../shared/contract/result';
import type { Family, TcpFlag } from '../../../shared/profile/profile';
import { readSecret, type Rks1Parameters } from '../../../shared/sequence/parameters';
import { counterAt, deriveSteps, type Action } from '../../../shared/sequence/rks1';
import { parseStaticSequence, type Step } from '../../../shared/sequence/step';

/** How the steps of a target come about, with the secret in it: never logged, never shown. */
export type KnockMethod =
  | {
      readonly kind: 'static';
      readonly sequence: string;
      readonly closeSequence: string | null;
      readonly tcpFlags: readonly TcpFlag[];
    }
  | { readonly kind: 'rotating'; readonly secret: string; readonly parameters: Rks1Parameters };

export interface KnockTarget {
  /** What replay and grants are counted by: a profile's id, or something unique to a run without one. */
  readonly key: string;
  readonly host: string;
  /** The protected port; null sends and proves nothing. */
  readonly port: number | null;
  readonly family: Family;
  readonly gapMs: number;
  /** Seconds. */
  readonly openFor: number;
  readonly method: KnockMethod;
}

export interface KnockPlan {
  readonly steps: readonly Step[];
  /** Flags of the TCP steps. */
  readonly tcpFlags: readonly TcpFlag[];
  /** The rotating counter that these steps use up; null for a static sequence. */
  readonly counter: number | null;
}

const SYN_ONLY: readonly TcpFlag[] = ['syn'];

/** @param nowMs milliseconds since the epoch; only rotating methods look at it. */
export function planKnock(method: KnockMethod, action: Action, nowMs: number): KnockPlan {
  if (method.kind === 'rotating') {
    const secret = readSecret(method.secret);
    if (typeof secret === 'string') throw badSecret(secret);
    const counter = counterAt(nowMs / 1000, method.parameters.period);
    return { steps: deriveSteps(secret, counter, action, method.parameters), tcpFlags: SYN_ONLY, counter };
  }
  const text = action === 'open' ? method.sequence : method.closeSequence;
  if (text === null) {
    throw new ProblemError({
      code: 'bad-input',
      message: 'This profile has no close sequence.',
      hint: 'The door closes by itself when its time is over; add a close sequence to close it sooner.',
    });
  }
  const parsed = parseStaticSequence(text);
  if (!parsed.ok) throw badSecret(parsed.message);
  return { steps: parsed.steps, tcpFlags: method.tcpFlags, counter: null };
}

export function isPureSyn(flags: readonly TcpFlag[]): boolean {
  return flags.length === 1 && flags[0] === 'syn';
}

function badSecret(why: string): ProblemError {
  return new ProblemError({
    code: 'bad-input',
    message: `The stored secret does not hold. ${why}`,
    hint: 'Edit the profile and enter the secret again.',
  });
}
