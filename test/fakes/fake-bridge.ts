/**
 * A stand-in for main, derived from the contract: every call can be handled, expected or ignored, every event notified.
 * A call that no test foresaw is a failure, and so is a payload that the contract refuses.
 */
import {
  calls,
  type Answer,
  type CallName,
  type EventMessage,
  type EventName,
  type Events,
  type ParsedPayload,
  type PreloadApi,
} from '../../shared/contract/ipc';
import { fail, ok, type Result } from '../../shared/contract/result';

type Handler<N extends CallName> = (
  payload: ParsedPayload<N>,
) => Result<Answer<N>> | Promise<Result<Answer<N>>>;

export interface FakeCall<N extends CallName> {
  /** Answers this call from now on. */
  handle(handler: Handler<N>): void;
  /** Answers `value` from now on. */
  answer(value: Answer<N>): void;
  /** The payload of the next call, which still needs a handler unless `reply` is given. */
  expect(reply?: Result<Answer<N>>): Promise<ParsedPayload<N>>;
  /** Never answers: for calls whose course the test tells through events. */
  ignore(): void;
  /** The payloads so far. */
  readonly seen: readonly ParsedPayload<N>[];
}

export type FakeCalls = { readonly [N in CallName]: FakeCall<N> };

export interface FakeBridge {
  readonly api: PreloadApi;
  readonly calls: FakeCalls;
  notify<N extends EventName>(name: N, value: Events[N]): void;
  /** What went wrong between the renderer and the contract; a test ends by finding this empty. */
  readonly faults: readonly string[];
}

interface Slot {
  handler: ((payload: unknown) => unknown) | null;
  readonly waiting: { resolve: (payload: unknown) => void; reply: unknown }[];
  readonly seen: unknown[];
}

export function createFakeBridge(): FakeBridge {
  const names = Object.keys(calls) as CallName[];
  const slots = new Map<CallName, Slot>(
    names.map((name) => [name, { handler: null, waiting: [], seen: [] }]),
  );
  const listeners = new Set<(message: EventMessage) => void>();
  const faults: string[] = [];

  const fault = (message: string) => {
    faults.push(message);
    return fail('internal', message);
  };

  const invoke = async (name: CallName, payload: unknown): Promise<unknown> => {
    const slot = slots.get(name);
    if (slot === undefined) return fault(`the contract has no call "${name}"`);
    const parsed = calls[name].payload.safeParse(payload);
    if (!parsed.success) return fault(`${name} was called with a bad payload: ${parsed.error.message}`);
    slot.seen.push(parsed.data);
    const expected = slot.waiting.shift();
    expected?.resolve(parsed.data);
    if (expected?.reply !== undefined) return expected.reply;
    if (slot.handler === null) return fault(`${name} was called, and the test has no fake for it`);
    return slot.handler(parsed.data);
  };

  return {
    api: {
      invoke,
      on: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    calls: Object.fromEntries(names.map((name) => [name, fakeCall(slots, name)])) as unknown as FakeCalls,
    notify: (name, value) => {
      for (const listener of listeners) listener({ name, value } as EventMessage);
    },
    faults,
  };
}

function fakeCall(slots: ReadonlyMap<CallName, Slot>, name: CallName) {
  const slot = slots.get(name);
  if (slot === undefined) throw new Error(`no slot for ${name}`);
  return {
    handle: (handler: (payload: unknown) => unknown) => {
      slot.handler = handler;
    },
    answer: (value: unknown) => {
      slot.handler = () => ok(value);
    },
    expect: (reply?: unknown) =>
      new Promise<unknown>((resolve) => void slot.waiting.push({ resolve, reply })),
    ignore: () => {
      slot.handler = () => new Promise(() => undefined);
    },
    seen: slot.seen,
  };
}
