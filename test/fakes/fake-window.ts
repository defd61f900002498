/** The window's end of the calls: an ipcMain to register on, and senders that are ours or are not. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import type { PersonKit } from '../../electron/main/services/people';
import { registerCalls } from '../../electron/main/ipc/register';
import type { WindowActions } from '../../electron/main/ipc/handlers';
import { APP_ORIGIN, CALL_CHANNEL_PREFIX } from '../../shared/contract/channels';
import type { CallName, Handlers } from '../../shared/contract/ipc';
import type { Result } from '../../shared/contract/result';
import type { Log } from '../../electron/main/ports';

type Listener = (event: IpcMainInvokeEvent, payload: unknown) => Promise<Result<unknown>>;

export interface Sender {
  readonly id: number;
  readonly url: string | null;
  readonly subframe: boolean;
}

export const OURS: Sender = { id: 1, url: `${APP_ORIGIN}/index.html`, subframe: false };

export class FakeWindow {
  readonly channels = new Map<string, Listener>();
  /** The id of the window's contents; null while there is no window. */
  contents: number | null = OURS.id;

  constructor(handlers: Handlers, log: Log) {
    const ipcMain = {
      handle: (channel: string, listener: Listener) => {
        if (this.channels.has(channel)) throw new Error(`${channel} is handled twice`);
        this.channels.set(channel, listener);
      },
    } as unknown as Pick<IpcMain, 'handle'>;
    const window = () => (this.contents === null ? null : ({ id: this.contents } as WebContents));
    registerCalls(ipcMain, handlers, { window }, log);
  }

  async call(name: CallName, payload?: unknown, sender: Sender = OURS): Promise<Result<unknown>> {
    const listener = this.channels.get(`${CALL_CHANNEL_PREFIX}${name}`);
    if (listener === undefined) throw new Error(`nothing handles ${name}`);
    const frame = sender.url === null ? null : { url: sender.url, parent: sender.subframe ? {} : null };
    return listener(
      { sender: { id: sender.id }, senderFrame: frame } as unknown as IpcMainInvokeEvent,
      payload,
    );
  }
}

/** A person who agrees to everything; what was asked, copied and shown is kept. */
export class FakePerson implements WindowActions {
  readonly version = '1.2.3';
  readonly platform = 'linux';
  agrees = true;
  readonly asked: { readonly message: string; readonly detail: string }[] = [];
  readonly copied: string[] = [];
  readonly shown: string[] = [];

  readonly copy = async (text: string): Promise<void> => void this.copied.push(text);

  readonly confirm: WindowActions['confirm'] = async (question) => {
    this.asked.push(question);
    return this.agrees;
  };

  readonly revealNext: WindowActions['revealNext'] = async (id) => this.reveal(id);

  readonly reveal = async (id: string): Promise<boolean> => {
    if (this.agrees) this.shown.push(id);
    return this.agrees;
  };

  /** Whose keys were shown. */
  readonly kits: PersonKit[] = [];

  readonly showPerson = async (kit: PersonKit): Promise<void> => void this.kits.push(kit);

  readonly saved: { readonly name: string; readonly bytes: Uint8Array }[] = [];

  /** What an open dialog answers; null declines. */
  chosen: string | null = null;
  readonly codes: string[] = [];

  readonly open = async (): Promise<string | null> => this.chosen;

  readonly showQr = async (id: string): Promise<boolean> => {
    if (this.agrees) this.codes.push(id);
    return this.agrees;
  };

  readonly save = async (name: string, bytes: Uint8Array): Promise<string | null> => {
    if (!this.agrees) return null;
    this.saved.push({ name, bytes });
    return `/home/ops/${name}`;
  };
}
