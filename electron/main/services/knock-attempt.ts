/**
 * One sequence on the wire, between a probe before and a probe after. The before-probe's SYN leaves with the first step
 * and its socket is gone before the last, so the kernel cannot slip a repeat of it in after the door has opened.
 */
import { assertNever } from '../../../shared/contract/result';
import type { PortState } from '../../../shared/contract/views';
import type { Action } from '../../../shared/sequence/rks1';
import type { Step } from '../../../shared/sequence/step';
import type { Clock, KnockSockets, NativeSender } from '../ports';
import { isPureSyn, type KnockPlan } from './knock-plan';
import { probeUntilClosed, probeUntilOpen } from './port-probe';

/** The wait for a before-probe when there is a single step and so no gap to probe in. */
const SINGLE_STEP_PROBE_MS = 300;
const UDP_PAYLOAD = new Uint8Array(1);

export interface AttemptInput {
  readonly plan: KnockPlan;
  readonly action: Action;
  readonly address: string;
  readonly port: number | null;
  readonly gapMs: number;
  readonly signal: AbortSignal;
}

export interface AttemptEvents {
  /** `sentMs` counts from the first step. */
  step(index: number, sentMs: number): void;
  before(state: PortState): void;
  probing(): void;
}

export interface AttemptOutcome {
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
  const { address, port, signal, action } = input;
  const beforeDone = new AbortController();
  const endBefore = (): void => beforeDone.abort();
  signal.addEventListener('abort', endBefore, { once: true });
  try {
    const probing =
      port === null ? Promise.resolve(null) : wire.sockets.probe(address, port, beforeDone.signal);
    // The steps may fail first; the probe's own failure must not go unhandled then.
    probing.catch(() => undefined);
    await sendSteps(wire, input, events, probing, endBefore);
    endBefore();
    const before = await probing;
    signal.throwIfAborted();
    if (port === null || before === null) return { before, after: null };
    events.before(before);
    events.probing();
    const probe = action === 'open' ? probeUntilOpen : probeUntilClosed;
    const after = await probe({ ...wire, address, port, before, signal });
    return { before, after };
  } finally {
    signal.removeEventListener('abort', endBefore);
    endBefore();
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
  const { plan, gapMs, signal } = input;
  if (plan.steps.length === 1 && input.port !== null) {
    await Promise.race([probing, clock.sleep(SINGLE_STEP_PROBE_MS, signal)]);
  }
  let first: number | null = null;
  let due = clock.monotonic();
  for (const [index, step] of plan.steps.entries()) {
    const wait = due - clock.monotonic();
    if (wait > 0) await clock.sleep(wait, signal);
    signal.throwIfAborted();
    if (index === plan.steps.length - 1) endBefore();
    await sendStep(wire, input, step);
    const sentAt = clock.monotonic();
    first ??= sentAt;
    events.step(index, sentAt - first);
    due = sentAt + gapMs;
  }
}

function sendStep(wire: Wire, input: AttemptInput, step: Step): Promise<void> {
  const { address, plan, signal } = input;
  switch (step.kind) {
    case 'tcp':
      return isPureSyn(plan.tcpFlags)
        ? wire.sockets.tcpSyn(address, step.port)
        : wire.native.send(address, { kind: 'tcp', port: step.port, flags: plan.tcpFlags }, signal);
    case 'udp':
      return wire.sockets.udp(address, step.port, UDP_PAYLOAD);
    case 'icmp':
      return wire.native.send(address, { kind: 'icmp', payload: step.payload }, signal);
    default:
      return assertNever(step);
  }
}
