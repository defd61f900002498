/**
 * One sequence on the wire, between a probe before and a probe after. The before-probe leaves right before the first step,
 * so that nothing but steps follows that one: rules that take any other packet for a broken knock still open. Its sockets
 * are gone before the last step and before the kernel repeats a SYN, which could be taken for the state before.
 */
import { assertNever, ProblemError } from '../../../shared/contract/result';
import type { PortState } from '../../../shared/contract/views';
import type { Action } from '../../../shared/sequence/rks1';
import type { Step } from '../../../shared/sequence/step';
import { dataBytes } from '../../../shared/sequence/step-options';
import type { Clock, KnockSockets, NativeSender } from '../ports';
import { isPlainSyn, type KnockPlan } from './knock-plan';
import { probeUntilClosed, probeUntilOpen } from './port-probe';

/** The kernel repeats a SYN after a second. */
const LONGEST_PROBE_BEFORE_MS = 900;
/** The before-probe has this long at least: with less, the silence of an open port far away would count as filtered. */
const PROBE_BEFORE_MS = 300;

export interface AttemptInput {
  readonly plan: KnockPlan;
  readonly action: Action;
  readonly address: string;
  readonly port: number | null;
  /** The port as a try before this one left it; then nothing but the steps is sent until they are over. */
  readonly known: PortState | null;
  readonly gapMs: number;
  /** How often each step is sent before the next one: 1, or more where the server is known to pass over repeats. */
  readonly copies: number;
  readonly signal: AbortSignal;
}

export interface AttemptEvents {
  /** `sentMs` counts from the first step. */
  step(index: number, sentMs: number): void;
  /** A service accepted a connection on this step. */
  answered(index: number): void;
  before(state: PortState): void;
  probing(): void;
}

export interface AttemptOutcome {
  /** Null without a port, and where the answer takes too long to say. */
  readonly before: PortState | null;
  readonly after: PortState | null;
}

export interface Wire {
  readonly clock: Clock;
  readonly sockets: KnockSockets;
  readonly native: NativeSender;
}

export async function attemptKnock(
  wire: Wire,
  input: AttemptInput,
  events: AttemptEvents,
): Promise<AttemptOutcome> {
  const { address, port, known, signal, action } = input;
  const beforeDone = new AbortController();
  const startedAt = wire.clock.monotonic();
  let listenedMs = 0;
  const endBefore = (): void => {
    if (beforeDone.signal.aborted) return;
    // A last step that takes its time to leave is no time that was listened.
    listenedMs = wire.clock.monotonic() - startedAt;
    beforeDone.abort();
  };
  signal.addEventListener('abort', endBefore, { once: true });
  const longest = wire.clock
    .sleep(LONGEST_PROBE_BEFORE_MS, beforeDone.signal)
    .then(endBefore, () => undefined);
  try {
    // Rules that take any other packet for a broken knock would take the probe for one.
    const probing =
      port === null || known !== null
        ? Promise.resolve(known)
        : probeBefore(wire, address, port, beforeDone.signal);
    // The steps may fail first; the probe's own failure must not go unhandled then.
    probing.catch(() => undefined);
    await sendSteps(wire, input, events, probing, endBefore);
    endBefore();
    const before = await probing;
    signal.throwIfAborted();
    if (port === null || before === null) return { before, after: null };
    events.before(before);
    events.probing();
    const probe = { ...wire, address, port, before, signal };
    if (action === 'close') return { before, after: await probeUntilClosed(probe) };
    const { state, handshakeMs } = await probeUntilOpen(probe);
    // Silence proves nothing when the answer takes longer than the probe before had.
    const tooSlow =
      known === null && before === 'filtered' && handshakeMs !== null && handshakeMs >= listenedMs;
    return { before: tooSlow ? null : before, after: state };
  } finally {
    signal.removeEventListener('abort', endBefore);
    endBefore();
    await longest;
  }
}

/** Two SYNs, so that a single lost one does not make an open port look filtered. */
async function probeBefore(
  { sockets }: Wire,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<PortState> {
  const answered = new AbortController();
  const stop = AbortSignal.any([answered.signal, signal]);
  const settled = (state: PortState): PortState | Promise<never> =>
    state === 'filtered' ? new Promise<never>(() => undefined) : state;
  const both = [sockets.probe(address, port, stop), sockets.probe(address, port, stop)];
  try {
    const silent = Promise.all(both).then((): PortState => 'filtered');
    return await Promise.race([...both.map((one) => one.then(settled)), silent]);
  } finally {
    answered.abort();
  }
}

async function sendSteps(
  wire: Wire,
  input: AttemptInput,
  events: AttemptEvents,
  probing: Promise<unknown>,
  endBefore: () => void,
): Promise<void> {
  const { clock } = wire;
  const { plan, gapMs, copies, signal } = input;
  const probedEnough = clock.monotonic() + PROBE_BEFORE_MS;
  let first: number | null = null;
  let due = clock.monotonic();
  for (const [index, step] of plan.steps.entries()) {
    const wait = due - clock.monotonic();
    if (wait > 0) await clock.sleep(wait, signal);
    signal.throwIfAborted();
    if (index === plan.steps.length - 1) {
      await answeredOrUntil(probing, clock, probedEnough, signal);
      endBefore();
    }
    await sendStep(wire, input, step, () => events.answered(index)).catch(namingStep(step, index));
    const sentAt = clock.monotonic();
    first ??= sentAt;
    events.step(index, sentAt - first);
    for (let copy = 1; copy < copies; copy += 1) {
      await clock.sleep(gapMs / copies, signal);
      await sendStep(wire, input, step, () => events.answered(index));
    }
    due = sentAt + (step.options?.gapMs ?? gapMs);
  }
}

async function answeredOrUntil(
  probing: Promise<unknown>,
  clock: Clock,
  moment: number,
  signal: AbortSignal,
): Promise<void> {
  const left = moment - clock.monotonic();
  if (left <= 0) return;
  const answered = new AbortController();
  const wait = clock.sleep(left, AbortSignal.any([answered.signal, signal])).catch(() => undefined);
  try {
    await Promise.race([probing, wait]);
  } finally {
    answered.abort();
  }
  signal.throwIfAborted();
}

function sendStep(wire: Wire, input: AttemptInput, step: Step, accepted: () => void): Promise<void> {
  const { address, plan, signal } = input;
  const { flags = plan.tcpFlags, ttl, from, data } = step.options ?? {};
  const more = {
    ...(ttl === undefined ? {} : { ttl }),
    ...(from === undefined ? {} : { sourcePort: from }),
  };
  switch (step.kind) {
    case 'tcp':
      return isPlainSyn(step, flags)
        ? wire.sockets.tcpSyn(address, step.port, accepted)
        : wire.native.send(address, { kind: 'tcp', port: step.port, flags, ...more }, signal);
    case 'udp': {
      const payload = data === undefined ? plan.udpPayload : dataBytes(data);
      return wire.sockets.udp(address, step.port, payload, more);
    }
    case 'icmp':
      return wire.native.send(address, { kind: 'icmp', payload: step.payload, ...more }, signal);
    default:
      return assertNever(step);
  }
}

/** Says which step could not be sent, and which of its options may be why. Its port is not told. */
function namingStep({ options }: Step, index: number): (error: unknown) => never {
  return (error) => {
    const named = Object.keys(options ?? {}).filter((name) => name !== 'gapMs');
    if (named.length === 0 || !(error instanceof ProblemError)) throw error;
    const { message } = error.problem;
    throw new ProblemError({
      ...error.problem,
      message: `Step ${index + 1} (${named.join(', ')}): ${message}`,
    });
  };
}
