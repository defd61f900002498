import type { Readable, Writable } from 'node:stream';
import type { CDPSession } from 'playwright-core';

/** A CDP session with the protocol's own types, taken from playwright-core (types only, nothing is loaded). */
export interface CdpSession {
  readonly send: CDPSession['send'];
  readonly on: CDPSession['on'];
}

interface Pending {
  readonly method: string;
  resolve(result: never): void;
  reject(error: Error): void;
}

interface Incoming {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

type EventHandler = (params: never) => void;

/**
 * The Chrome DevTools Protocol over `--remote-debugging-pipe`: JSON messages that end in a NUL byte. The pipe belongs to
 * this process alone, and Chromium ends when it closes.
 */
export class CdpConnection {
  readonly browser: CdpSession;
  readonly #output: Writable;
  readonly #pending = new Map<number, Pending>();
  readonly #handlers = new Map<string, Map<string, EventHandler[]>>();
  #chunks: string[] = [];
  #nextId = 0;
  #closed = false;

  constructor(output: Writable, input: Readable) {
    this.#output = output;
    input.setEncoding('utf8');
    input.on('data', (chunk: string) => this.#receive(chunk));
    input.on('close', () => this.close());
    output.on('error', () => this.close());
    this.browser = this.session('');
  }

  /** A view on one attached target; `''` is the browser itself. */
  session(sessionId: string): CdpSession {
    const send = (method: string, params: object = {}): Promise<never> =>
      this.#send(sessionId, method, params);
    const on = (event: string, handler: EventHandler): void => {
      const events = this.#handlers.get(sessionId) ?? new Map<string, EventHandler[]>();
      this.#handlers.set(sessionId, events);
      events.set(event, [...(events.get(event) ?? []), handler]);
    };
    return { send, on: on as unknown as CDPSession['on'] };
  }

  forget(sessionId: string): void {
    this.#handlers.delete(sessionId);
  }

  /** Rejects what is still waiting; later calls fail at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const pending of this.#pending.values()) pending.reject(new ChromiumGone(pending.method));
    this.#pending.clear();
    this.#output.destroy();
  }

  #send(sessionId: string, method: string, params: object): Promise<never> {
    if (this.#closed) return Promise.reject(new ChromiumGone(method));
    const id = ++this.#nextId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
      const message = sessionId === '' ? { id, method, params } : { id, method, params, sessionId };
      this.#output.write(`${JSON.stringify(message)}\0`);
    });
  }

  #receive(chunk: string): void {
    const parts = chunk.split('\0');
    for (const [index, part] of parts.entries()) {
      this.#chunks.push(part);
      if (index === parts.length - 1) return;
      const text = this.#chunks.join('');
      this.#chunks = [];
      this.#dispatch(JSON.parse(text) as Incoming);
    }
  }

  #dispatch(message: Incoming): void {
    if (message.id !== undefined) {
      const pending = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      if (message.error === undefined) pending?.resolve(message.result as never);
      else
        pending?.reject(new Error(`stand-in: Chromium refused ${pending.method}: ${message.error.message}`));
      return;
    }
    const handlers = this.#handlers.get(message.sessionId ?? '')?.get(message.method ?? '') ?? [];
    for (const handler of handlers) handler(message.params as never);
  }
}

/** The browser ended while something was asked of it; whoever started it hears of that separately. */
export class ChromiumGone extends Error {
  constructor(method: string) {
    super(`stand-in: Chromium is gone, ${method} was not answered`);
  }
}
