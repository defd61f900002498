/**
 * The proof after a knock: fresh connections until the port answers as hoped or the time is over. Each try has a socket
 * of its own, because a SYN that was dropped before the door opened would be repeated only after a second.
 */
import type { PortState } from '../../../shared/contract/views';
import type { Clock, KnockSockets } from '../ports';

/** Milliseconds after the last step at which a fresh connection starts. */
const TRIES_MS = [0, 25, 75, 150, 300, 600, 1200, 2400, 4000] as const;
const PROBE_FOR_MS = 5000;
/** A closed door answers nothing; this long without an answer counts as closed. */
const SILENCE_MS = 700;
/** One lost packet looks like a closed door; three lost in a row hardly ever happen. */
const CLOSED_IN_A_ROW = 3;
/** A refusal must be seen again after this long, so that one stray reset is not taken for a proof. */
const REFUSED_AGAIN_MS = 250;

interface ProbeInput {
  readonly sockets: KnockSockets;
  readonly clock: Clock;
  readonly address: string;
  readonly port: number;
  readonly before: PortState | null;
  readonly signal: AbortSignal;
}

export interface OpenProof {
  readonly state: PortState;
  /** How long the connection that was accepted took, milliseconds; null unless the port is open. */
  readonly handshakeMs: number | null;
}

/** Probes until the port is open, is refused twice where it was not refused before, or 5 s are over. */
export async function probeUntilOpen(input: ProbeInput): Promise<OpenProof> {
  const { sockets, clock, address, port, before, signal } = input;
  const done = new AbortController();
  const stop = AbortSignal.any([done.signal, signal]);
  const start = clock.monotonic();
  let firstRefusal: number | null = null;
  let refusals = 0;
  let seen: PortState = 'filtered';
  let handshakeMs: number | null = null;
  const judge = (state: PortState, startedAt: number): void => {
    if (stop.aborted) return;
    if (state === 'open') {
      seen = 'open';
      handshakeMs = clock.monotonic() - startedAt;
      done.abort();
    } else if (state === 'refused') {
      refusals += 1;
      firstRefusal ??= clock.monotonic();
      if (before === 'refused' || refusals > 1) seen = 'refused';
      if (before !== 'refused' && clock.monotonic() - firstRefusal >= REFUSED_AGAIN_MS) done.abort();
    } else if (state === 'unreachable' && seen === 'filtered') {
      seen = 'unreachable';
    }
  };
  let fault: unknown = null;
  const failed = (error: unknown): void => {
    fault ??= error;
    done.abort();
  };
  const tries: Promise<void>[] = [];
  try {
    for (const at of TRIES_MS) {
      await clock.sleep(start + at - clock.monotonic(), stop);
      const startedAt = clock.monotonic();
      tries.push(sockets.probe(address, port, stop).then((state) => judge(state, startedAt), failed));
    }
    await clock.sleep(start + PROBE_FOR_MS - clock.monotonic(), stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  done.abort();
  await Promise.all(tries);
  if (fault !== null) throw fault;
  signal.throwIfAborted();
  return { state: seen, handshakeMs };
}

/** After a close: probes until the port has not accepted three times in a row, or 5 s are over. */
export async function probeUntilClosed(input: ProbeInput): Promise<PortState> {
  const { clock, signal } = input;
  const start = clock.monotonic();
  let inARow = 0;
  for (;;) {
    const state = await probeOrSilence(input);
    signal.throwIfAborted();
    inARow = state === 'open' ? 0 : inARow + 1;
    if (inARow === CLOSED_IN_A_ROW) return state;
    if (inARow === 0 && clock.monotonic() - start > PROBE_FOR_MS) return 'open';
    await clock.sleep(200, signal);
  }
}

async function probeOrSilence({ sockets, clock, address, port, signal }: ProbeInput): Promise<PortState> {
  const silence = new AbortController();
  const stop = AbortSignal.any([silence.signal, signal]);
  const timer = clock.sleep(SILENCE_MS, stop).then(
    () => silence.abort(),
    () => undefined,
  );
  try {
    return await sockets.probe(address, port, stop);
  } finally {
    silence.abort();
    await timer;
  }
}
