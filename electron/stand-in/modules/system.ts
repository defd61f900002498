import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Clipboard, Display, GlobalShortcut, Screen, Shell } from 'electron';
import type { Desktop } from '../desktop';
import { Emitter } from '../emitter';
import { guardClass, guarded } from '../guard';

/** Opens a target with the desktop's own program. Null where nothing may be started: tests, and machines without a display. */
export type OpenWith = ((target: string) => void) | null;

/** xdg-open gets the target as one argument, never through a shell. */
export function openWithDesktop(target: string): void {
  const child = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [target], {
    stdio: 'ignore',
    detached: true,
  });
  child.on('error', () => process.stderr.write(`stand-in: nothing here can open ${target}\n`));
  child.unref();
}

export function createShell(desktop: Desktop, openWith: OpenWith) {
  const open = (how: string, target: string, what: string): void => {
    desktop.opened.push({ how, target });
    if (openWith === null) return;
    openWith(what);
  };
  return guarded('shell', {
    openExternal: (url) => Promise.resolve(open('external', url, url)),
    openPath: (path) => {
      open('path', path, path);
      return Promise.resolve('');
    },
    showItemInFolder: (path) => open('folder', path, dirname(path)),
    beep: () => undefined,
  } satisfies Pick<Shell, 'openExternal' | 'openPath' | 'showItemInFolder' | 'beep'>);
}

/** The clipboard is the stand-in's own: a test must not read or change the desktop's. */
export function createClipboard(desktop: Desktop) {
  return guarded('clipboard', {
    writeText: (text) => {
      desktop.clipboard = text;
      desktop.onClipboard(text);
      return Promise.resolve();
    },
    readText: () => Promise.resolve(desktop.clipboard),
    clear: () => {
      desktop.clipboard = '';
      desktop.onClipboard('');
    },
  } satisfies Pick<Clipboard, 'writeText' | 'readText' | 'clear'>);
}

export function createGlobalShortcut(desktop: Desktop) {
  return guarded('globalShortcut', {
    register: (accelerator, callback) => {
      if (desktop.shortcuts.has(accelerator)) return false;
      desktop.shortcuts.set(accelerator, callback);
      return true;
    },
    unregister: (accelerator) => void desktop.shortcuts.delete(accelerator),
    unregisterAll: () => desktop.shortcuts.clear(),
    isRegistered: (accelerator) => desktop.shortcuts.has(accelerator),
  } satisfies Pick<GlobalShortcut, 'register' | 'unregister' | 'unregisterAll' | 'isRegistered'>);
}

const AREA = { x: 0, y: 0, width: 1920, height: 1080 };
const DISPLAY = {
  id: 1,
  bounds: AREA,
  workArea: AREA,
  size: AREA,
  workAreaSize: AREA,
  scaleFactor: 1,
  rotation: 0,
};

/** One display of a usual size; the real one is Chromium's business. */
export class StandInScreen
  extends Emitter
  implements
    Pick<Screen, 'getPrimaryDisplay' | 'getAllDisplays' | 'getDisplayMatching' | 'getCursorScreenPoint'>
{
  readonly #display = guarded('Display', { ...DISPLAY }) as unknown as Display;

  constructor() {
    super('screen', ['display-added', 'display-removed', 'display-metrics-changed']);
  }

  getPrimaryDisplay(): Display {
    return this.#display;
  }

  getAllDisplays(): Display[] {
    return [this.#display];
  }

  getDisplayMatching(): Display {
    return this.#display;
  }

  getCursorScreenPoint(): { x: number; y: number } {
    return { x: 0, y: 0 };
  }
}

guardClass('screen', StandInScreen);

export const POWER_EVENTS = [
  'suspend',
  'resume',
  'on-ac',
  'on-battery',
  'shutdown',
  'lock-screen',
  'unlock-screen',
] as const;

/** Only ever told something by a test; a suspended stand-in suspends as a whole. */
export class StandInPowerMonitor extends Emitter {
  constructor() {
    super('powerMonitor', POWER_EVENTS);
  }

  isOnBatteryPower(): boolean {
    return false;
  }
}

guardClass('powerMonitor', StandInPowerMonitor);
