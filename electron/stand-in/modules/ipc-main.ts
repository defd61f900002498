import type { IpcMain, WebFrameMain } from 'electron';
import type { Listener } from '../emitter';
import { guardClass, guarded } from '../guard';
import { assertJson, type JsonValue } from '../json-value';
import type { FrameView, FromPreload, ToPreload } from '../surface';

type InvokeHandler = (event: object, ...args: readonly unknown[]) => unknown;

/** Channels are free text, so unlike other emitters this one accepts any event. */
class Channels {
  readonly #listeners = new Map<string, Listener[]>();

  add(channel: string, listener: Listener): void {
    this.#listeners.set(channel, [...this.of(channel), listener]);
  }

  remove(channel: string, listener: Listener): void {
    this.#listeners.set(
      channel,
      this.of(channel).filter((one) => one !== listener),
    );
  }

  clear(channel: string): void {
    this.#listeners.delete(channel);
  }

  of(channel: string): readonly Listener[] {
    return this.#listeners.get(channel) ?? [];
  }
}

/** `ipcMain`, and the way messages of a page's preload come in. */
export class StandInIpcMain implements Pick<IpcMain, 'handle' | 'removeHandler'> {
  readonly #handlers = new Map<string, InvokeHandler>();
  readonly #channels = new Channels();

  handle(channel: string, handler: Parameters<IpcMain['handle']>[1]): void {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    this.#handlers.set(channel, handler as InvokeHandler);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  on(channel: string, listener: Listener): this {
    this.#channels.add(channel, listener);
    return this;
  }

  off(channel: string, listener: Listener): this {
    this.#channels.remove(channel, listener);
    return this;
  }

  removeListener(channel: string, listener: Listener): this {
    return this.off(channel, listener);
  }

  removeAllListeners(channel: string): this {
    this.#channels.clear(channel);
    return this;
  }

  /** One `invoke` or `send`. `sender` is the WebContents the app knows. */
  async accept(
    sender: object,
    frame: FrameView,
    message: FromPreload,
    reply: (answer: ToPreload) => void,
  ): Promise<void> {
    const base = { sender, senderFrame: webFrameMain(frame), frameId: frameNumber(frame), processId: 1 };
    if (message.kind === 'send') {
      for (const listener of this.#channels.of(message.channel)) {
        (listener as InvokeHandler)(
          { ...base, type: 'frame', ports: [], reply: unsupportedReply },
          ...message.args,
        );
      }
      return;
    }
    if (message.kind !== 'invoke') return;
    const { id, channel, args } = message;
    try {
      const handler = this.#handlers.get(channel);
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
      const value: unknown = await handler({ ...base, type: 'frame' }, ...args);
      assertJson(value, `the answer of '${channel}'`);
      reply({ kind: 'reply', id, value: (value ?? null) as JsonValue });
    } catch (error) {
      reply({ kind: 'failure', id, message: `Error invoking remote method '${channel}': ${String(error)}` });
    }
  }
}

guardClass('ipcMain', StandInIpcMain);

function unsupportedReply(): never {
  throw new Error('stand-in: event.reply is not supported; use event.sender.send');
}

const numbers = new WeakMap<FrameView, number>();
let nextNumber = 0;

function frameNumber(frame: FrameView): number {
  const number = numbers.get(frame) ?? ++nextNumber;
  numbers.set(frame, number);
  return number;
}

const wrapped = new WeakMap<FrameView, WebFrameMain>();

type FrameMembers = Pick<
  WebFrameMain,
  | 'url'
  | 'origin'
  | 'parent'
  | 'top'
  | 'routingId'
  | 'processId'
  | 'frameTreeNodeId'
  | 'detached'
  | 'isDestroyed'
>;

/** The frame as Electron shows it. The same frame always gives the same object, so `===` with `mainFrame` works. */
export function webFrameMain(frame: FrameView): WebFrameMain {
  const known = wrapped.get(frame);
  if (known !== undefined) return known;
  const members: FrameMembers = {
    get url() {
      return frame.url;
    },
    get origin() {
      return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(frame.url)?.[0] ?? 'null';
    },
    get parent() {
      return frame.parent === null ? null : webFrameMain(frame.parent);
    },
    get top() {
      let top = frame;
      while (top.parent !== null) top = top.parent;
      return webFrameMain(top);
    },
    get detached() {
      return frame.gone;
    },
    routingId: frameNumber(frame),
    frameTreeNodeId: frameNumber(frame),
    processId: 1,
    isDestroyed: () => frame.gone,
  };
  const result = guarded('WebFrameMain', members) as unknown as WebFrameMain;
  wrapped.set(frame, result);
  return result;
}
