/**
 * What a run will send, worked out before anything is sent: the profile, its secret and the moment come in, steps go out.
 */
import { ProblemError } from '../../../shared/contract/result';
import type { Family, TcpFlag } from '../../../shared/profile/profile';
import type { SpaSettings } from '../../../shared/profile/spa';
import { readSecret, type Rks1Parameters } from '../../../shared/sequence/parameters';
import { counterAt, deriveSteps, type Action } from '../../../shared/sequence/rks1';
import { parseStaticSequence, type Step } from '../../../shared/sequence/step';
import type { Randomness } from '../ports';
import { planSpa } from './spa-plan';
import { ENTER_AGAIN } from '../../../shared/text/edit-hints';

/** How the steps of a target come about, with the secret in it: never logged, never shown. */
export type KnockMethod =
  | {
      readonly kind: 'static';
      readonly sequence: string;
      readonly closeSequence: string | null;
      readonly tcpFlags: readonly TcpFlag[];
    }
  | {
      readonly kind: 'one-time';
      /** The text of knockd's file. */
      readonly list: string;
      readonly tcpFlags: readonly TcpFlag[];
    }
  | { readonly kind: 'rotating'; readonly secret: string; readonly parameters: Rks1Parameters }
  | {
      readonly kind: 'spa';
      /** Base64, both. */
      readonly key: string;
      readonly hmacKey: string;
      readonly settings: SpaSettings;
    };

export interface KnockTarget {
  /** What used codes and used lines are counted by; something unique to a run without a profile. */
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
  /** What a UDP step carries. */
  readonly udpPayload: Uint8Array;
  /** The rotating counter that these steps use up; null for a static sequence. */
  readonly counter: number | null;
}

export interface PlanMoment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly random: Randomness;
  /** The steps of the line of a one-time list that is to be sent. */
  readonly line?: readonly Step[];
  /** The pinned address. */
  readonly address: string;
  /** Whom an SPA packet asks to let in, where the profile does not say itself. */
  readonly source: string;
}

const SYN_ONLY: readonly TcpFlag[] = ['syn'];
/** A UDP step is one zero byte, as knock sends it. */
const KNOCK_PAYLOAD = new Uint8Array(1);

/** @param target its protected port is what an SPA packet asks for. */
export function planKnock(
  { method, port }: Pick<KnockTarget, 'method' | 'port'>,
  action: Action,
  moment: PlanMoment,
): KnockPlan {
  if (method.kind === 'spa') {
    if (action === 'close') throw nothingCloses('fwknop has no packet that closes a door.');
    const { address, source } = moment;
    return { ...planSpa({ ...method, port, address, source }, moment), tcpFlags: SYN_ONLY, counter: null };
  }
  if (method.kind === 'rotating') {
    const secret = readSecret(method.secret);
    if (typeof secret === 'string') throw badSecret(secret);
    const counter = counterAt(moment.now / 1000, method.parameters.period);
    const steps = deriveSteps(secret, counter, action, method.parameters);
    return { steps, tcpFlags: SYN_ONLY, udpPayload: KNOCK_PAYLOAD, counter };
  }
  if (method.kind === 'one-time') {
    if (action === 'close') throw nothingCloses('A one-time list has no sequence that closes a door.');
    if (moment.line === undefined) throw new Error('no line was chosen');
    const { tcpFlags } = method;
    return { steps: moment.line, tcpFlags, udpPayload: KNOCK_PAYLOAD, counter: null };
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
  return { steps: parsed.steps, tcpFlags: method.tcpFlags, udpPayload: KNOCK_PAYLOAD, counter: null };
}

/** Whether Node's own sockets can send this TCP step, and hear whether a service answers it. @param flags the plan's. */
export function isPlainSyn({ kind, options = {} }: Step, flags: readonly TcpFlag[]): boolean {
  const [flag, ...more] = options.flags ?? flags;
  const plain = flag === 'syn' && more.length === 0;
  return kind === 'tcp' && plain && options.ttl === undefined && options.from === undefined;
}

function nothingCloses(message: string): ProblemError {
  return new ProblemError({
    code: 'bad-input',
    message,
    hint: 'The door closes by itself when its time is over.',
  });
}

function badSecret(why: string): ProblemError {
  return new ProblemError({
    code: 'bad-input',
    message: `The stored secret does not hold. ${why}`,
    hint: ENTER_AGAIN,
  });
}
