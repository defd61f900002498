import type * as Electron from 'electron';
import { Desktop } from './desktop';
import { guarded } from './guard';
import type { Backend, Respond } from './surface';
import { StandInApp } from './modules/app';
import { connectWindows, StandInBrowserWindow } from './modules/browser-window';
import { createDialog } from './modules/dialog';
import { StandInIpcMain } from './modules/ipc-main';
import { connectMenus, StandInMenu, StandInMenuItem } from './modules/menu';
import { nativeImage } from './modules/native-image';
import { StandInNativeTheme } from './modules/native-theme';
import { connectNotifications, StandInNotification } from './modules/notification';
import { StandInSession } from './modules/session';
import {
  createClipboard,
  createGlobalShortcut,
  createShell,
  StandInPowerMonitor,
  StandInScreen,
  type OpenWith,
} from './modules/system';
import { connectTrays, StandInTray } from './modules/tray';
import { StandInEvent } from './emitter';

/** The members of the `electron` module the stand-in has; a name Electron does not know is a type error. */
type Provided = {
  readonly [N in Extract<keyof typeof Electron, ProvidedName>]: object;
};
type ProvidedName =
  | 'app' | 'BrowserWindow' | 'ipcMain' | 'Tray' | 'Menu' | 'MenuItem' | 'Notification' | 'dialog' | 'shell' | 'clipboard'
  | 'protocol' | 'session' | 'nativeTheme' | 'nativeImage' | 'globalShortcut' | 'screen' | 'powerMonitor'; // prettier-ignore

export interface StandInParts {
  readonly root: string;
  readonly name: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly openWith: OpenWith;
  readonly startBackend: (
    desktop: Desktop,
    schemes: ReadonlySet<string>,
    respond: Respond,
  ) => Promise<Backend>;
  readonly exitProcess: (code: number) => void;
}

/** A running stand-in: the module to hand out, and the handles for whoever drives it. */
export interface StandIn {
  readonly electron: Provided;
  readonly app: StandInApp;
  readonly desktop: Desktop;
  readonly nativeTheme: StandInNativeTheme;
  readonly powerMonitor: StandInPowerMonitor;
  readonly backend: Promise<Backend>;
}

export function createStandIn(parts: StandInParts): StandIn {
  const desktop = new Desktop();
  const session = new StandInSession();
  const ipcMain = new StandInIpcMain();
  const backend = parts.startBackend(desktop, session.schemes, (request) => session.respond(request));
  const nativeTheme = new StandInNativeTheme(() => {
    for (const window of StandInBrowserWindow.getAllWindows()) {
      void window.webContents.withSurface((surface) => surface.setDark(nativeTheme.pageDark));
    }
  });
  const ready = backend.then(() => undefined);
  // The app awaits it through whenReady; run.ts reports a backend that cannot start.
  ready.catch(() => undefined);
  const app = new StandInApp({
    root: parts.root,
    name: parts.name,
    version: parts.version,
    env: parts.env,
    ready,
    exit: async (code) => {
      await backend.then((running) => running.close()).catch(() => undefined);
      parts.exitProcess(code);
    },
  });
  const defaultSession = session.session as unknown as Electron.Session;
  // Windows can exist once the app is ready, not before: connecting them later makes that an error, as in Electron.
  void ready.then(
    () => {
      connectWindows({
        backend,
        ipcMain,
        session: defaultSession,
        pageDark: () => nativeTheme.pageDark,
        created: (window) => {
          app.emit('browser-window-created', new StandInEvent(), window);
          app.emit('web-contents-created', new StandInEvent(), window.webContents);
        },
        allClosed: () => app.allWindowsClosed(),
      });
      connectTrays(desktop);
    },
    () => undefined,
  );
  connectMenus(desktop, () => app.quit());
  connectNotifications(desktop);
  const powerMonitor = new StandInPowerMonitor();
  const electron = guarded('electron', {
    app,
    BrowserWindow: StandInBrowserWindow,
    ipcMain,
    Tray: StandInTray,
    Menu: StandInMenu,
    MenuItem: StandInMenuItem,
    Notification: StandInNotification,
    dialog: createDialog(desktop),
    shell: createShell(desktop, parts.openWith),
    clipboard: createClipboard(desktop),
    protocol: session.protocol,
    session: guarded('session', { defaultSession }),
    nativeTheme,
    nativeImage,
    globalShortcut: createGlobalShortcut(desktop),
    screen: new StandInScreen(),
    powerMonitor,
  } satisfies Provided);
  return { electron, app, desktop, nativeTheme, powerMonitor, backend };
}
