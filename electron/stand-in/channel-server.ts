import type { ChannelAnswer, ChannelHandlers, ChannelName, ChannelReady, ChannelRequest } from './channel';
import type { ShownMenu } from './desktop';
import { StandInEvent } from './emitter';
import type { StandIn } from './electron-module';
import { StandInBrowserWindow } from './modules/browser-window';
import { POWER_EVENTS } from './modules/system';

/** Serves the test channel over the IPC of a forked process; does nothing in any other. */
export function serveChannel(standIn: StandIn): void {
  const send = process.send?.bind(process);
  if (send === undefined) return;
  const handlers = channelHandlers(standIn);
  process.on('message', (message: unknown) => {
    if (!isRequest(message)) return;
    const handle = handlers[message.name] as ((takes: never) => unknown) | undefined;
    void answer(message, handle).then((answered) => send(answered));
  });
  // A parent that died cannot ask for anything any more, and nobody would end this process.
  process.on('disconnect', () => standIn.app.exit(1));
  const ready: ChannelReady = { standIn: 'ready' };
  void standIn.app.whenReady().then(() => send(ready));
}

async function answer(request: ChannelRequest, handle?: (takes: never) => unknown): Promise<ChannelAnswer> {
  const { id } = request;
  try {
    if (handle === undefined) throw new Error(`the stand-in has no operation '${request.name}'`);
    return { standIn: 'answer', id, ok: true, gives: (await handle(request.takes as never)) ?? null };
  } catch (error) {
    return {
      standIn: 'answer',
      id,
      ok: false,
      error: error instanceof Error ? error.message : String(error),
    };
  }
}

function isRequest(message: unknown): message is ChannelRequest<ChannelName> {
  return (
    typeof message === 'object' && message !== null && 'standIn' in message && message.standIn === 'request'
  );
}

function channelHandlers({ app, desktop, nativeTheme, powerMonitor, backend }: StandIn): ChannelHandlers {
  const menuAt = (place: string): ShownMenu => {
    const menu =
      place === 'tray'
        ? desktop.trays[0]?.menu
        : place === 'application'
          ? desktop.applicationMenu
          : desktop.popup;
    if (menu === null || menu === undefined) throw new Error(`there is no ${place} menu`);
    return menu;
  };
  const windowOf = (id: number): StandInBrowserWindow => {
    const window = StandInBrowserWindow.fromId(id);
    if (window === null) throw new Error(`there is no window ${id}`);
    return window;
  };
  return {
    trays: () =>
      desktop.trays.map(({ tooltip, title, menu }) => ({ tooltip, title, menu: menu?.view() ?? [] })),
    clickTray: () => {
      const tray = desktop.trays[0];
      if (tray === undefined) throw new Error('there is no tray');
      tray.click();
      return null;
    },
    menu: ({ place }) => menuAt(place).view(),
    clickMenu: ({ place, path }) => {
      menuAt(place).click(path);
      return null;
    },
    notifications: () => desktop.notifications.map(({ view }) => view),
    clickNotification: ({ index }) => {
      const notification = desktop.notifications[index];
      if (notification === undefined) throw new Error(`there is no notification ${index}`);
      notification.click();
      return null;
    },
    dialogs: () => desktop.dialogHistory,
    answerDialog: (dialogAnswer) => {
      desktop.answerNext(dialogAnswer);
      return null;
    },
    clipboard: () => desktop.clipboard,
    setClipboard: ({ text }) => {
      desktop.clipboard = text;
      return null;
    },
    opened: () => desktop.opened,
    windows: () => StandInBrowserWindow.getAllWindows().map((window) => window.view()),
    closeWindow: ({ id }) => {
      windowOf(id).close();
      return null;
    },
    setWindowFocus: ({ id, focused }) => {
      windowOf(id).desktopFocus(focused);
      return null;
    },
    secondInstance: ({ argv, cwd }) => {
      app.emit('second-instance', new StandInEvent(), argv, cwd, {});
      return null;
    },
    openUrl: ({ url }) => {
      app.emit('open-url', new StandInEvent(), url);
      return null;
    },
    activate: () => {
      app.emit('activate', new StandInEvent(), StandInBrowserWindow.getAllWindows().length > 0);
      return null;
    },
    shortcuts: () => [...desktop.shortcuts.keys()],
    pressShortcut: ({ accelerator }) => {
      const callback = desktop.shortcuts.get(accelerator);
      if (callback === undefined) throw new Error(`no global shortcut '${accelerator}' is registered`);
      callback();
      return null;
    },
    setSystemDark: ({ dark }) => {
      nativeTheme.setSystemDark(dark);
      return null;
    },
    power: ({ event }) => {
      if (!POWER_EVENTS.includes(event as never)) throw new Error(`there is no power event '${event}'`);
      powerMonitor.emit(event);
      return null;
    },
    endpoint: async () => (await backend).endpoint,
    quit: () => {
      // After the answer is on its way: quitting ends this process.
      setImmediate(() => app.quit());
      return null;
    },
  };
}
