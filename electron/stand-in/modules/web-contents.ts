import { readFileSync } from 'node:fs';
import type { Session, WebContents, WebFrameMain, WindowOpenHandlerResponse, HandlerDetails } from 'electron';
import { ChromiumGone } from '../cdp/connection';
import { Emitter, StandInEvent } from '../emitter';
import { guardClass, unsupported } from '../guard';
import { assertJson, type JsonValue } from '../json-value';
import type { Backend, Bounds, FrameView, FromPreload, Surface, SurfaceEvents, ToPreload } from '../surface';
import { webFrameMain, type StandInIpcMain } from './ipc-main';

const EVENTS = [
  'did-finish-load',
  'did-fail-load',
  'did-navigate',
  'dom-ready',
  'will-navigate',
  'will-frame-navigate',
  'page-title-updated',
  'render-process-gone',
  'preload-error',
  'destroyed',
  // Accepted because an app forbids these in them; the pages here cannot attach a webview or ask to be unloaded politely.
  'will-attach-webview',
  'will-prevent-unload',
  'will-redirect',
  'console-message',
  'before-input-event',
  'context-menu',
];

export interface WebContentsParts {
  readonly backend: Promise<Backend>;
  readonly ipcMain: StandInIpcMain;
  readonly session: Session;
  readonly preloadPath: string | null;
  readonly subframes: boolean;
  readonly bounds: Bounds;
  readonly visible: boolean;
  readonly pageDark: () => boolean | null;
  readonly onTitle: (title: string) => void;
  readonly onReady: () => void;
  readonly onFocus: (focused: boolean) => void;
  readonly onGone: () => void;
}

type Members = Pick<
  WebContents,
  'id' | 'mainFrame' | 'session' | 'send' | 'getURL' | 'isDestroyed' | 'setWindowOpenHandler'
>;

let nextId = 0;

/** A page as main sees it. The surface comes up in the background; what is asked of it before then waits its turn. */
export class StandInWebContents extends Emitter implements Members {
  readonly id = ++nextId;
  readonly session: Session;
  readonly #parts: WebContentsParts;
  #surface: Promise<Surface>;
  #ready: Surface | null = null;
  #url = '';
  #title = '';
  #destroyed = false;
  /** The person closed the page, and the window has none until it is shown again. */
  #lost = false;
  #openHandler: ((details: HandlerDetails) => WindowOpenHandlerResponse) | null = null;

  constructor(parts: WebContentsParts) {
    super('webContents', EVENTS);
    this.#parts = parts;
    this.session = parts.session;
    this.#surface = this.#open();
    // Failures show where the surface is used; without this line they would also be unhandled.
    this.#surface.catch(() => undefined);
  }

  get mainFrame(): WebFrameMain {
    if (this.#ready === null)
      throw new Error('stand-in: webContents.mainFrame is there once the page has begun to load');
    return webFrameMain(this.#ready.mainFrame);
  }

  send(channel: string, ...args: readonly unknown[]): void {
    assertJson(args, `what is sent on '${channel}'`);
    void this.withSurface((surface) =>
      surface.post({ kind: 'event', channel, args: args as readonly JsonValue[] }),
    );
  }

  getURL(): string {
    return this.#url;
  }

  getTitle(): string {
    return this.#title;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isLoading(): boolean {
    return this.#url === '';
  }

  isDevToolsOpened(): boolean {
    return false;
  }

  openDevTools(): void {
    process.stderr.write('stand-in: press F12 in the Chromium window to open its developer tools\n');
  }

  closeDevTools(): void {
    // Never opened from here, see openDevTools.
  }

  focus(): void {
    void this.withSurface((surface) => surface.focus());
  }

  setWindowOpenHandler(handler: (details: HandlerDetails) => WindowOpenHandlerResponse): void {
    this.#openHandler = handler;
  }

  async loadURL(url: string): Promise<void> {
    const surface = await this.#surface;
    this.#url = url;
    try {
      await surface.load(url);
    } catch (error) {
      if (!this.#destroyed) this.emit('did-fail-load', new StandInEvent(), -2, String(error), url, true);
      throw error;
    }
  }

  /** Runs `use` when the page exists; does nothing once it is gone. */
  async withSurface(use: (surface: Surface) => unknown): Promise<void> {
    try {
      const surface = await this.#surface;
      if (!this.#destroyed && !this.#lost) await use(surface);
    } catch (error) {
      // A window that closes in the middle of a call is no error; anything else is shown, and the app goes on.
      if (!this.#destroyed && !(error instanceof ChromiumGone)) process.stderr.write(`${String(error)}\n`);
    }
  }

  /** A new page with the same address, if the person closed the one there was. */
  reopenIfLost(): void {
    if (!this.#lost) return;
    this.#lost = false;
    const url = this.#url;
    this.#surface = this.#open();
    void this.withSurface((surface) => surface.load(url));
  }

  /** Ends the page; `closed` follows from the surface. */
  async closeSurface(): Promise<void> {
    const surface = await this.#surface.catch(() => null);
    if (surface !== null) await surface.close().catch(() => undefined);
  }

  markDestroyed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit('destroyed');
  }

  async #open(): Promise<Surface> {
    const { preloadPath, subframes, bounds, visible, pageDark, backend } = this.#parts;
    const preload = preloadPath === null ? null : readFileSync(preloadPath, 'utf8');
    const surface = await (await backend).open({ preload, subframes, bounds, visible }, this.#events());
    await surface.setDark(pageDark());
    this.#ready = surface;
    return surface;
  }

  #events(): SurfaceEvents {
    return {
      message: (frame, message, reply) => this.#message(frame, message, reply),
      mayNavigate: (url, frame, isMainFrame) => this.#mayNavigate(url, frame, isMainFrame),
      windowOpen: (url, frameName) => this.#windowOpen(url, frameName),
      navigated: (url) => {
        this.#url = url;
        this.emit('did-navigate', new StandInEvent(), url, 200, 'OK');
      },
      titled: (title) => {
        if (title === this.#title) return;
        this.#title = title;
        this.emit('page-title-updated', new StandInEvent(), title, true);
        this.#parts.onTitle(title);
      },
      loaded: () => {
        this.emit('dom-ready', new StandInEvent());
        this.emit('did-finish-load', new StandInEvent());
        this.#parts.onReady();
      },
      crashed: (reason) => this.emit('render-process-gone', new StandInEvent(), { reason, exitCode: 1 }),
      focused: (focused) => this.#parts.onFocus(focused),
      closed: () => {
        this.#lost = true;
        this.#parts.onGone();
      },
    };
  }

  #message(frame: FrameView, message: FromPreload, reply: (answer: ToPreload) => void): void {
    switch (message.kind) {
      case 'preload-error': {
        process.stderr.write(
          `stand-in: the preload ${this.#parts.preloadPath ?? ''} failed: ${message.message}\n`,
        );
        this.emit('preload-error', new StandInEvent(), this.#parts.preloadPath, new Error(message.message));
        return;
      }
      case 'invoke':
      case 'send':
        void this.#parts.ipcMain.accept(this, frame, message, reply);
    }
  }

  #mayNavigate(url: string, frame: FrameView | null, isMainFrame: boolean): boolean {
    const details = {
      url,
      isMainFrame,
      isSameDocument: false,
      frame: frame === null ? null : webFrameMain(frame),
    };
    const anyFrame = new StandInEvent(details);
    this.emit('will-frame-navigate', anyFrame);
    if (anyFrame.defaultPrevented) return false;
    if (!isMainFrame) return true;
    const mainFrame = new StandInEvent(details);
    this.emit('will-navigate', mainFrame, url, false, true);
    return !mainFrame.defaultPrevented;
  }

  #windowOpen(url: string, frameName: string): void {
    const details = {
      url,
      frameName,
      features: '',
      disposition: 'new-window',
      referrer: { url: '', policy: 'default' },
    };
    const answer = this.#openHandler?.(details as HandlerDetails);
    if (answer?.action === 'deny') return;
    process.stderr.write(`${unsupported('opening a window from a page').message} Refused: ${url}\n`);
  }
}

guardClass('webContents', StandInWebContents);
