import type { FromPreload, ToPreload } from '../surface';
import type { BridgePeer, PeerScope } from './bridge-peer';

/** What the preload's world has besides the language: a way to post one string to main, and where main calls back. */
export interface PreloadScope extends PeerScope {
  /** True in a subframe; the preload runs there only if the window asks for it. */
  readonly isSubframe: boolean;
  post(message: string): void;
  receive(deliver: (message: ToPreload) => void): void;
}

export interface PreloadConfig {
  readonly token: string;
  readonly subframes: boolean;
  readonly platform: string;
  readonly arch: string;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * The sandboxed preload's surroundings: `require('electron')` with ipcRenderer and contextBridge, and the small `process`
 * that Electron gives it. Self-contained, injected as text. `createPeer` is `createBridgePeer`.
 */
export function installPreloadWorld(
  scope: PreloadScope,
  createPeer: (
    scope: PeerScope,
    outgoing: string,
    incoming: string,
    exposed: (name: string, value: unknown) => void,
  ) => BridgePeer,
  config: PreloadConfig,
  run: (
    require: (name: string) => unknown,
    module: { exports: unknown },
    exports: unknown,
    process: unknown,
  ) => void,
): void {
  type Listener = (event: object, ...args: readonly unknown[]) => void;
  interface Waiting {
    readonly resolve: (value: unknown) => void;
    readonly reject: (reason: Error) => void;
  }
  if (scope.isSubframe && !config.subframes) return;
  const peer = createPeer(scope, `${config.token}-preload`, `${config.token}-page`, () => undefined);
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Listener[]>();
  const exposed = new Set<string>();
  let counter = 0;

  function guarded<T extends object>(name: string, members: T): T {
    const passes = ['then', 'toJSON', 'default', '__esModule'];
    const missing = new Proxy(Object.prototype, {
      get(target, property, receiver): unknown {
        if (typeof property === 'symbol' || property in target || passes.includes(property)) {
          return Reflect.get(target, property, receiver);
        }
        throw new Error(`stand-in: ${name}.${property} is not supported in a preload`);
      },
    });
    Object.setPrototypeOf(members, missing);
    return members;
  }

  function assertJson(value: unknown): void {
    if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
      return;
    if (typeof value === 'number' && Number.isFinite(value)) return;
    if (Array.isArray(value)) return value.forEach(assertJson);
    if (typeof value === 'object') {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === null || Object.getPrototypeOf(prototype) === null)
        return Object.values(value).forEach(assertJson);
    }
    throw new TypeError('An object could not be cloned; the stand-in carries JSON values only');
  }

  function post(message: FromPreload): void {
    scope.post(JSON.stringify(message));
  }

  function deliver(message: ToPreload): void {
    if (message.kind === 'event') {
      const event = { sender: ipcRenderer, ports: [] };
      for (const listener of [...(listeners.get(message.channel) ?? [])]) listener(event, ...message.args);
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'reply') call?.resolve(message.value);
    else call?.reject(new Error(message.message));
  }

  const ipcRenderer = guarded('ipcRenderer', {
    invoke(channel: string, ...args: readonly unknown[]): Promise<unknown> {
      return new Promise((resolve, reject) => {
        assertJson(args);
        const id = ++counter;
        waiting.set(id, { resolve, reject });
        post({ kind: 'invoke', id, channel, args: args as never });
      });
    },
    send(channel: string, ...args: readonly unknown[]): void {
      assertJson(args);
      post({ kind: 'send', channel, args: args as never });
    },
    on(channel: string, listener: Listener): object {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    once(channel: string, listener: Listener): object {
      const wrapped: Listener = (event, ...args) => {
        ipcRenderer.off(channel, wrapped);
        listener(event, ...args);
      };
      return ipcRenderer.on(channel, wrapped);
    },
    off(channel: string, listener: Listener): object {
      const kept = [...(listeners.get(channel) ?? [])];
      const index = kept.lastIndexOf(listener);
      if (index >= 0) kept.splice(index, 1);
      listeners.set(channel, kept);
      return ipcRenderer;
    },
    removeListener: (channel: string, listener: Listener): object => ipcRenderer.off(channel, listener),
    removeAllListeners(channel: string): object {
      listeners.delete(channel);
      return ipcRenderer;
    },
  });

  const contextBridge = guarded('contextBridge', {
    exposeInMainWorld(name: string, api: unknown): void {
      if (exposed.has(name))
        throw new Error(`Cannot bind an API on top of an existing property on the window object: ${name}`);
      peer.expose(name, api);
      exposed.add(name);
    },
  });

  const electron = guarded('electron', { ipcRenderer, contextBridge });
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer' || name === 'electron/common') return electron;
    throw new Error(`module not found: ${name} (a sandboxed preload has only 'electron')`);
  };
  const process = guarded('process', {
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    platform: config.platform,
    arch: config.arch,
    versions: config.versions,
    env: {},
  });

  scope.receive(deliver);
  try {
    const module = { exports: {} };
    run(require, module, module.exports, process);
  } catch (error) {
    post({
      kind: 'preload-error',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}
