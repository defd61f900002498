/**
 * Runs inside the page, twice: in the preload's isolated world and in the page's own. The two worlds share the DOM but no
 * objects, so they talk through events on the document whose type is a secret and whose detail is a string. Dispatch is
 * synchronous, which makes calls through the bridge synchronous too, as Electron's contextBridge is.
 *
 * Everything here must be self-contained: the function's own source text is what gets injected.
 */

export interface BridgePeer {
  /** Hands a value to the other side under a name. */
  expose(name: string, value: unknown): void;
}

/** What a peer needs of its world; given by name, so that a page that replaces globals later changes nothing. */
export interface PeerScope {
  readonly document: {
    addEventListener(type: string, listener: (event: { readonly detail: string }) => void): void;
    dispatchEvent(event: object): boolean;
  };
  readonly CustomEvent: new (type: string, init: { readonly detail: string }) => object;
}

interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly target: number;
  readonly args: unknown;
}
interface Answer {
  readonly kind: 'answer';
  readonly id: number;
  readonly ok: boolean;
  readonly value: unknown;
}
interface Settle {
  readonly kind: 'settle';
  readonly promise: number;
  readonly ok: boolean;
  readonly value: unknown;
}
interface Expose {
  readonly kind: 'expose';
  readonly name: string;
  readonly value: unknown;
}
type Message = Call | Answer | Settle | Expose;

/**
 * @param outgoing event type this side sends, `incoming` the one it listens to
 * @param exposed called when the other side exposes a value
 */
export function createBridgePeer(
  scope: PeerScope,
  outgoing: string,
  incoming: string,
  exposed: (name: string, value: unknown) => void,
): BridgePeer {
  type Callable = (...args: readonly unknown[]) => unknown;
  interface Settler {
    readonly resolve: (value: unknown) => void;
    readonly reject: (reason: unknown) => void;
  }
  const target = scope.document;
  const EventClass = scope.CustomEvent;
  const { stringify, parse } = JSON;
  const mine = new Map<number, Callable>();
  const mineIds = new WeakMap<object, number>();
  const theirs = new Map<number, Callable>();
  const theirIds = new WeakMap<object, number>();
  const answers = new Map<number, Answer>();
  const settlers = new Map<number, Settler>();
  let counter = 0;

  function dispatch(message: Message): void {
    target.dispatchEvent(new EventClass(outgoing, { detail: stringify(message) }));
  }

  /** Tags: u undefined, n odd number, a array, o object, f own function, b the other side's function, p promise, e error, d date. */
  function encode(value: unknown, depth: number): unknown {
    if (depth > 100) throw new TypeError('contextBridge: the value nests too deep or refers to itself');
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (value === undefined) return { t: 'u' };
    if (typeof value === 'number') return Number.isFinite(value) ? value : { t: 'n', v: String(value) };
    if (typeof value === 'function') {
      const theirId = theirIds.get(value);
      if (theirId !== undefined) return { t: 'b', v: theirId };
      const id = mineIds.get(value) ?? ++counter;
      mineIds.set(value, id);
      mine.set(id, value as Callable);
      return { t: 'f', v: id };
    }
    if (Array.isArray(value)) return { t: 'a', v: value.map((item) => encode(item, depth + 1)) };
    if (typeof value === 'object') {
      if (value instanceof Promise) {
        const promise = ++counter;
        value.then(
          (result) => settle(promise, true, result),
          (reason: unknown) => settle(promise, false, reason),
        );
        return { t: 'p', v: promise };
      }
      if (value instanceof Error) return { t: 'e', v: value.message, n: value.name };
      if (value instanceof Date) return { t: 'd', v: value.getTime() };
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === null || Object.getPrototypeOf(prototype) === null) {
        const entries = Object.entries(value).map(([key, item]) => [key, encode(item, depth + 1)]);
        return { t: 'o', v: entries };
      }
    }
    throw new TypeError(`contextBridge: ${Object.prototype.toString.call(value)} cannot be cloned`);
  }

  function decode(wire: unknown): unknown {
    if (typeof wire !== 'object' || wire === null) return wire;
    const { t, v, n } = wire as { readonly t: string; readonly v: never; readonly n?: string };
    switch (t) {
      case 'n':
        return Number(v);
      case 'a':
        return (v as readonly unknown[]).map(decode);
      case 'o': {
        const object: Record<string, unknown> = {};
        for (const [key, item] of v as readonly (readonly [string, unknown])[]) {
          Object.defineProperty(object, key, {
            value: decode(item),
            enumerable: true,
            writable: true,
            configurable: true,
          });
        }
        return object;
      }
      case 'f':
        return proxyOf(v);
      case 'b':
        return mine.get(v);
      case 'p':
        return new Promise((resolve, reject) => settlers.set(v, { resolve, reject }));
      case 'e': {
        const error = new Error(v);
        if (n !== undefined) error.name = n;
        return error;
      }
      case 'd':
        return new Date(v);
      default:
        return undefined;
    }
  }

  function proxyOf(id: number): Callable {
    const known = theirs.get(id);
    if (known !== undefined) return known;
    const proxy = (...args: readonly unknown[]): unknown => {
      const call = ++counter;
      dispatch({ kind: 'call', id: call, target: id, args: encode(args, 0) });
      const answer = answers.get(call);
      answers.delete(call);
      if (answer === undefined) throw new Error('contextBridge: the other side is gone');
      if (!answer.ok) throw decode(answer.value);
      return decode(answer.value);
    };
    theirs.set(id, proxy);
    theirIds.set(proxy, id);
    return proxy;
  }

  function settle(promise: number, ok: boolean, value: unknown): void {
    let wire: unknown;
    try {
      wire = encode(value, 0);
    } catch (error) {
      dispatch({ kind: 'settle', promise, ok: false, value: encode(error, 0) });
      return;
    }
    dispatch({ kind: 'settle', promise, ok, value: wire });
  }

  function answer(call: Call): Answer {
    try {
      const callee = mine.get(call.target);
      if (callee === undefined) throw new Error('contextBridge: no such function');
      const args = decode(call.args) as readonly unknown[];
      return { kind: 'answer', id: call.id, ok: true, value: encode(callee(...args), 0) };
    } catch (error) {
      return {
        kind: 'answer',
        id: call.id,
        ok: false,
        value: encode(error instanceof Error ? error : String(error), 0),
      };
    }
  }

  target.addEventListener(incoming, (event) => {
    const message = parse(event.detail) as Message;
    switch (message.kind) {
      case 'call':
        dispatch(answer(message));
        break;
      case 'answer':
        answers.set(message.id, message);
        break;
      case 'settle': {
        const settler = settlers.get(message.promise);
        settlers.delete(message.promise);
        if (message.ok) settler?.resolve(decode(message.value));
        else settler?.reject(decode(message.value));
        break;
      }
      case 'expose':
        exposed(message.name, decode(message.value));
        break;
    }
  });

  return { expose: (name, value) => dispatch({ kind: 'expose', name, value: encode(value, 0) }) };
}
