/**
 * The renderer's only way out: nothing else reads `window.sallyport`. It turns the preload's untyped pair of functions
 * into the contract's client, and a fault of the channel itself into a problem like any other.
 */
import {
  calls,
  type CallName,
  type Client,
  type EventMessage,
  type PreloadApi,
} from '../shared/contract/ipc';
import { fail, toProblem } from '../shared/contract/result';

export interface Bridge {
  readonly client: Client;
  /** Answers the function that stops listening. */
  readonly listen: (listener: (message: EventMessage) => void) => () => void;
}

declare global {
  interface Window {
    readonly sallyport?: PreloadApi;
  }
}

/** What the preload left on the window; null when the page was opened outside the app. */
export function preloadApi(): PreloadApi | null {
  return window.sallyport ?? null;
}

export function connectBridge(api: PreloadApi): Bridge {
  const invoke = (name: CallName) => async (payload?: unknown) => {
    try {
      return await api.invoke(name, payload);
    } catch (error) {
      const { code, message, ...more } = toProblem(error);
      return fail(code, message, more);
    }
  };
  const names = Object.keys(calls) as CallName[];
  // The contract's keys become the client's: the one place where types are asserted rather than derived.
  const client = Object.fromEntries(names.map((name) => [name, invoke(name)])) as unknown as Client;
  return { client, listen: (listener) => api.on(listener) };
}
