import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';
import { Emitter, StandInEvent } from '../emitter';
import { guardClass, guarded } from '../guard';
import { SingleInstance } from '../single-instance';
import { StandInBrowserWindow } from './browser-window';

const EVENTS = [
  'ready',
  'window-all-closed',
  'before-quit',
  'will-quit',
  'quit',
  'activate',
  'second-instance',
  'open-url',
  'web-contents-created',
  'browser-window-created',
  'browser-window-focus',
  'browser-window-blur',
  // Cannot happen here: no helper processes of our own, no certificates, no macOS file drops.
  'open-file',
  'child-process-gone',
  'render-process-gone',
  'certificate-error',
  'login',
  'select-client-certificate',
];

export interface AppParts {
  readonly root: string;
  readonly name: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly ready: Promise<void>;
  /** Ends everything and the process. Does not return to the app. */
  readonly exit: (code: number) => Promise<void>;
}

type Members = Pick<
  App,
  | 'whenReady' | 'isReady' | 'quit' | 'exit' | 'getPath' | 'setPath' | 'getVersion' | 'getName' | 'setName' | 'isPackaged'
  | 'requestSingleInstanceLock' | 'hasSingleInstanceLock' | 'releaseSingleInstanceLock' | 'enableSandbox'
  | 'setAsDefaultProtocolClient' | 'removeAsDefaultProtocolClient' | 'isDefaultProtocolClient' | 'setAppUserModelId'
  | 'setLoginItemSettings' | 'getAppPath' | 'getLocale' | 'disableHardwareAcceleration' | 'focus'
>; // prettier-ignore

export class StandInApp extends Emitter implements Members {
  readonly isPackaged = false;
  readonly dock = undefined;
  readonly commandLine = guarded('app.commandLine', {
    // Chromium is started before the app could say anything, and its switches are the stand-in's business.
    appendSwitch: () => undefined,
    appendArgument: () => undefined,
    hasSwitch: () => false,
    getSwitchValue: () => '',
  } satisfies Pick<App['commandLine'], 'appendSwitch' | 'appendArgument' | 'hasSwitch' | 'getSwitchValue'>);
  readonly #parts: AppParts;
  readonly #paths = new Map<string, string>();
  readonly #instance: SingleInstance;
  #name: string;
  #ready = false;
  #quitting = false;

  constructor(parts: AppParts) {
    super('app', EVENTS);
    this.#parts = parts;
    this.#name = parts.name;
    this.#instance = new SingleInstance((argv, cwd, data) => {
      this.emit('second-instance', new StandInEvent(), argv, cwd, data);
    });
    void parts.ready.then(() => {
      this.#ready = true;
      this.emit('ready', new StandInEvent(), {});
    });
  }

  whenReady(): Promise<void> {
    return this.#parts.ready;
  }

  isReady(): boolean {
    return this.#ready;
  }

  getName(): string {
    return this.#name;
  }

  setName(name: string): void {
    this.#name = name;
  }

  get name(): string {
    return this.#name;
  }

  getVersion(): string {
    return this.#parts.version;
  }

  getLocale(): string {
    return 'en-US';
  }

  getAppPath(): string {
    return this.#parts.root;
  }

  getPath(name: string): string {
    const path = this.#paths.get(name) ?? this.#defaultPath(name);
    if (name === 'userData' || name === 'logs') mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  requestSingleInstanceLock(additionalData: Readonly<Record<never, unknown>> = {}): boolean {
    return this.#instance.request(this.getPath('userData'), process.argv, process.cwd(), additionalData);
  }

  hasSingleInstanceLock(): boolean {
    return this.#instance.held;
  }

  releaseSingleInstanceLock(): void {
    this.#instance.release();
  }

  focus(): void {
    StandInBrowserWindow.getAllWindows()[0]?.focus();
  }

  /** The registration belongs to an installed app; a run from a checkout must not take the scheme from it. */
  setAsDefaultProtocolClient(): boolean {
    return false;
  }

  removeAsDefaultProtocolClient(): boolean {
    return false;
  }

  isDefaultProtocolClient(): boolean {
    return false;
  }

  /** No effect: every page is sandboxed already, and neither the user model id nor login items exist on these systems. */
  enableSandbox(): void {}
  setAppUserModelId(): void {}
  setLoginItemSettings(): void {}
  disableHardwareAcceleration(): void {}

  /** Ends the app the way Electron does: before-quit, every window's close, will-quit, quit; each of the first three can stop it. */
  quit(): void {
    if (this.#quitting) return;
    const before = new StandInEvent();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.#quitting = true;
    for (const window of StandInBrowserWindow.getAllWindows()) {
      window.close();
      if (!window.isDestroyed()) {
        this.#quitting = false;
        return;
      }
    }
    const will = new StandInEvent();
    this.emit('will-quit', will);
    if (will.defaultPrevented) {
      this.#quitting = false;
      return;
    }
    this.exit(0);
  }

  exit(code = 0): void {
    this.#quitting = true;
    this.emit('quit', new StandInEvent(), code);
    // A message to the first instance may still be on its way.
    void this.#instance.delivered.then(() => {
      this.#instance.release();
      return this.#parts.exit(code);
    });
  }

  /** The last window went away. Without a listener Electron quits. */
  allWindowsClosed(): void {
    if (this.#quitting) return;
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }

  #defaultPath(name: string): string {
    const { env, root } = this.#parts;
    const home = env['HOME'] ?? homedir();
    const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
    switch (name) {
      case 'home':
        return home;
      case 'appData':
        return config;
      case 'userData':
      case 'sessionData':
        return join(config, this.#name);
      case 'logs':
        return join(config, this.#name, 'logs');
      case 'temp':
        return tmpdir();
      case 'exe':
        return process.execPath;
      case 'module':
        return root;
      case 'desktop':
        return join(home, 'Desktop');
      case 'documents':
        return join(home, 'Documents');
      case 'downloads':
        return join(home, 'Downloads');
      default:
        throw new Error(`Failed to get '${name}' path`);
    }
  }
}

guardClass('app', StandInApp);
