import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle, Session } from 'electron';
import { Emitter, StandInEvent } from '../emitter';
import { guardClass } from '../guard';
import type { Backend, Bounds } from '../surface';
import type { WindowView } from '../channel';
import type { StandInIpcMain } from './ipc-main';
import { StandInWebContents } from './web-contents';
import { checkPreferences } from './web-preferences';

const EVENTS = [
  'close',
  'closed',
  'ready-to-show',
  'show',
  'hide',
  'focus',
  'blur',
  'minimize',
  'restore',
  'resize',
  'resized',
  'move',
  'moved',
  'page-title-updated',
  // Sent by a session that ends or a page that hangs; neither is noticed here, and the app's own handling stays unused.
  'unresponsive',
  'responsive',
  'query-session-end',
  'session-end',
];

/** What windows share. */
export interface WindowWorld {
  readonly backend: Promise<Backend>;
  readonly ipcMain: StandInIpcMain;
  readonly session: Session;
  readonly pageDark: () => boolean | null;
  readonly created: (window: StandInBrowserWindow) => void;
  readonly allClosed: () => void;
}

type Members = Pick<
  BrowserWindow,
  | 'id' | 'loadURL' | 'show' | 'showInactive' | 'hide' | 'focus' | 'blur' | 'close' | 'destroy' | 'isDestroyed'
  | 'isVisible' | 'isFocused' | 'isMinimized' | 'minimize' | 'restore' | 'getTitle' | 'getBounds' | 'setMenuBarVisibility'
  | 'removeMenu' | 'setContentProtection' | 'isMaximized' | 'isFullScreen' | 'getNormalBounds'
>; // prettier-ignore

let world: WindowWorld | null = null;
let nextId = 0;
let nextOffset = 0;
const open: StandInBrowserWindow[] = [];

/** Connects the class to the running stand-in; Electron's is just as global. */
export function connectWindows(windowWorld: WindowWorld): void {
  world = windowWorld;
}

export class StandInBrowserWindow extends Emitter implements Members {
  readonly id = ++nextId;
  readonly webContents: StandInWebContents;
  #title: string;
  #bounds: Bounds;
  #visible: boolean;
  #minimized = false;
  #focused = false;
  #destroyed = false;
  #shownReady = false;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super('BrowserWindow', EVENTS);
    if (world === null) throw new Error('Cannot create BrowserWindow before app is ready');
    const preferences = options.webPreferences ?? {};
    checkPreferences(preferences);
    this.#title = options.title ?? '';
    this.#visible = options.show ?? true;
    nextOffset = (nextOffset + 24) % 240;
    const { x = nextOffset, y = nextOffset, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.webContents = new StandInWebContents({
      backend: world.backend,
      ipcMain: world.ipcMain,
      session: world.session,
      preloadPath: preferences.preload ?? null,
      subframes: preferences.nodeIntegrationInSubFrames ?? false,
      bounds: this.#bounds,
      visible: this.#visible,
      pageDark: world.pageDark,
      onTitle: (title) => this.#titled(title),
      onReady: () => this.#readyToShow(),
      onFocus: (focused) => this.#setFocused(focused),
      onGone: () => this.#closedByPerson(),
    });
    open.push(this);
    world.created(this);
    if (this.#visible) this.#setFocused(true);
  }

  static getAllWindows(): readonly StandInBrowserWindow[] {
    return [...open];
  }

  static fromWebContents(webContents: object): StandInBrowserWindow | null {
    return open.find((window) => window.webContents === webContents) ?? null;
  }

  static fromId(id: number): StandInBrowserWindow | null {
    return open.find((window) => window.id === id) ?? null;
  }

  static getFocusedWindow(): StandInBrowserWindow | null {
    return open.find((window) => window.#focused) ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  show(): void {
    this.showInactive();
    this.focus();
  }

  showInactive(): void {
    if (this.#visible) return;
    this.#visible = true;
    this.webContents.reopenIfLost();
    void this.webContents.withSurface((surface) => surface.setVisible(true));
    this.emit('show');
  }

  hide(): void {
    if (!this.#visible) return;
    this.#visible = false;
    void this.webContents.withSurface((surface) => surface.setVisible(false));
    this.emit('hide');
    this.#setFocused(false);
  }

  focus(): void {
    if (!this.#visible) return;
    void this.webContents.withSurface((surface) => surface.focus());
    this.#setFocused(true);
  }

  blur(): void {
    this.#setFocused(false);
  }

  minimize(): void {
    this.#minimized = true;
    void this.webContents.withSurface((surface) => surface.setMinimized(true));
    this.emit('minimize');
    this.#setFocused(false);
  }

  restore(): void {
    if (!this.#minimized) return;
    this.#minimized = false;
    void this.webContents.withSurface((surface) => surface.setMinimized(false));
    this.emit('restore');
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isFocused(): boolean {
    return this.#focused;
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  isMaximized(): boolean {
    return false;
  }

  isFullScreen(): boolean {
    return false;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  getTitle(): string {
    return this.#title;
  }

  setTitle(title: string): void {
    this.#title = title;
  }

  getBounds(): Rectangle {
    return { ...this.#bounds };
  }

  getNormalBounds(): Rectangle {
    return { ...this.#bounds };
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    void this.webContents.withSurface((surface) => surface.setBounds(this.#bounds));
    this.emit('resize');
    this.emit('move');
  }

  /** Menus are not part of these windows, so there is nothing to hide or remove. */
  setMenuBarVisibility(): void {}
  removeMenu(): void {}

  /** No screenshot protection here; a browser window offers none. */
  setContentProtection(): void {}

  close(): void {
    if (this.#destroyed) return;
    const event = new StandInEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    void this.webContents.closeSurface();
    this.#gone();
  }

  /** For the test channel: what the person would see of this window. */
  view(): WindowView {
    return {
      id: this.id,
      title: this.#title,
      url: this.webContents.getURL(),
      visible: this.#visible,
      focused: this.#focused,
      minimized: this.#minimized,
      bounds: this.#bounds,
    };
  }

  /** The desktop gives or takes the keyboard focus. */
  desktopFocus(focused: boolean): void {
    this.#setFocused(focused);
  }

  #setFocused(focused: boolean): void {
    if (this.#focused === focused || this.#destroyed) return;
    if (focused) for (const other of open) if (other !== this) other.#setFocused(false);
    this.#focused = focused;
    this.emit(focused ? 'focus' : 'blur');
  }

  #titled(title: string): void {
    const event = new StandInEvent();
    this.emit('page-title-updated', event, title, true);
    if (!event.defaultPrevented) this.#title = title;
  }

  #readyToShow(): void {
    if (this.#shownReady) return;
    this.#shownReady = true;
    this.emit('ready-to-show');
  }

  /** Chromium has closed already. An app that keeps the window (close to tray) gets a new page when it shows it again. */
  #closedByPerson(): void {
    if (this.#destroyed) return;
    const event = new StandInEvent();
    this.emit('close', event);
    if (event.defaultPrevented) this.hide();
    else this.#gone();
  }

  #gone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    open.splice(open.indexOf(this), 1);
    this.webContents.markDestroyed();
    this.emit('closed');
    if (open.length === 0) world?.allClosed();
  }
}

guardClass('BrowserWindow', StandInBrowserWindow);
