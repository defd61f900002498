import { EventEmitter } from 'node:events';
import { unsupported } from './guard';

/** Any listener can be registered; what it takes is checked where Electron's types meet the app, not here. */
export type Listener = (...args: never[]) => unknown;

/**
 * An event emitter that only accepts the events the stand-in can deliver: a listener for anything else would wait for
 * ever without anybody noticing, so subscribing to it throws.
 */
export class Emitter {
  readonly #inner = new EventEmitter();
  readonly #name: string;
  readonly #events: ReadonlySet<string>;

  constructor(name: string, events: readonly string[]) {
    this.#name = name;
    this.#events = new Set(events);
    this.#inner.setMaxListeners(50);
  }

  on(event: string, listener: Listener): this {
    this.#check(event);
    this.#inner.on(event, listener as never);
    return this;
  }

  once(event: string, listener: Listener): this {
    this.#check(event);
    this.#inner.once(event, listener as never);
    return this;
  }

  addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  off(event: string, listener: Listener): this {
    this.#inner.off(event, listener as never);
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string): this {
    this.#inner.removeAllListeners(event);
    return this;
  }

  emit(event: string, ...args: readonly unknown[]): boolean {
    return this.#inner.emit(event, ...args);
  }

  listenerCount(event: string): number {
    return this.#inner.listenerCount(event);
  }

  #check(event: string): void {
    if (!this.#events.has(event)) throw unsupported(`the event '${event}' of ${this.#name}`);
  }
}

/** An Electron event: `preventDefault()` is what its listeners may answer with. */
export class StandInEvent {
  defaultPrevented = false;

  constructor(details: Readonly<Record<string, unknown>> = {}) {
    Object.assign(this, details);
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}
