import type * as Electron from 'electron';
import type { ChannelHandlers, DialogAnswer, DialogView, MenuItemView, MenuPlace } from './channel';

/** Where the driver finds the probe in the main process. */
export const PROBE = 'sallyportProbe';

/**
 * Real Electron tells nobody which tray, notifications or dialogs an app has. Loaded before the app (`-r`), this keeps
 * track of them and answers dialogs, and offers the operations of the test channel. Self-contained: its source text is
 * written to a file for Electron to load.
 */
export function installProbe(electron: typeof Electron, holder: Record<string, unknown>, name: string): void {
  const {
    app,
    BrowserWindow,
    Menu,
    Tray,
    Notification,
    dialog,
    shell,
    globalShortcut,
    clipboard,
    nativeTheme,
    powerMonitor,
  } = electron;
  interface SeenTray {
    readonly tray: Electron.Tray;
    tooltip: string;
    menu: Electron.Menu | null;
  }
  const trays: SeenTray[] = [];
  const notifications: Electron.Notification[] = [];
  const dialogs: DialogView[] = [];
  const answers: DialogAnswer[] = [];
  const waiting: ((answer: DialogAnswer) => void)[] = [];
  const opened: { how: string; target: string }[] = [];
  const shortcuts = new Map<string, () => void>();
  let popup: Electron.Menu | null = null;

  function wrap<T extends object, K extends keyof T>(
    target: T,
    key: K,
    around: (original: T[K], self: T) => unknown,
  ): void {
    const original = target[key];
    Object.defineProperty(target, key, {
      configurable: true,
      writable: true,
      value: function (this: T, ...args: readonly unknown[]): unknown {
        return (around(original, this) as (...args: readonly unknown[]) => unknown)(...args);
      },
    });
  }

  function seen(tray: Electron.Tray): SeenTray {
    const known = trays.find((one) => one.tray === tray);
    if (known !== undefined) return known;
    const fresh = { tray, tooltip: '', menu: null };
    trays.push(fresh);
    return fresh;
  }

  wrap(Tray.prototype, 'setToolTip', (original, self) => (text: string) => {
    seen(self).tooltip = text;
    original.call(self, text);
  });
  wrap(Tray.prototype, 'setContextMenu', (original, self) => (menu: Electron.Menu | null) => {
    seen(self).menu = menu;
    original.call(self, menu);
  });
  wrap(Tray.prototype, 'destroy', (original, self) => () => {
    trays.splice(trays.indexOf(seen(self)), 1);
    original.call(self);
  });
  wrap(Menu.prototype, 'popup', (_original, self) => () => {
    popup = self;
  });
  wrap(Notification.prototype, 'show', (_original, self) => () => {
    notifications.push(self);
    self.emit('show', {});
  });
  wrap(globalShortcut, 'register', () => (keys: string, callback: () => void) => {
    if (shortcuts.has(keys)) return false;
    shortcuts.set(keys, callback);
    return true;
  });
  wrap(globalShortcut, 'unregister', () => (keys: string) => void shortcuts.delete(keys));
  wrap(globalShortcut, 'unregisterAll', () => () => shortcuts.clear());
  wrap(globalShortcut, 'isRegistered', () => (keys: string) => shortcuts.has(keys));
  wrap(shell, 'openExternal', () => async (target: string) => void opened.push({ how: 'external', target }));
  wrap(shell, 'openPath', () => async (target: string) => (opened.push({ how: 'path', target }), ''));
  wrap(shell, 'showItemInFolder', () => (target: string) => void opened.push({ how: 'folder', target }));

  function ask(
    kind: DialogView['kind'],
    options: Partial<Electron.MessageBoxOptions> & { defaultPath?: string },
  ) {
    const buttons = options.buttons?.length
      ? options.buttons
      : kind === 'message'
        ? ['OK']
        : ['OK', 'Cancel'];
    const named = buttons.findIndex((label) => /^(cancel|no)$/i.test(label));
    const { title = '', message = '', detail = '', checkboxLabel = '', defaultPath = '' } = options;
    const cancelId = options.cancelId ?? Math.max(named, 0);
    const view: DialogView = { kind, title, message, detail, buttons, cancelId, checkboxLabel, defaultPath };
    dialogs.push(view);
    const queued = answers.shift();
    const answer =
      queued === undefined ? new Promise<DialogAnswer>((resolve) => waiting.push(resolve)) : queued;
    return Promise.resolve(answer).then((given) => ({ given, view }));
  }

  wrap(dialog, 'showMessageBox', () => async (...args: readonly unknown[]) => {
    const options = args.at(-1) as Electron.MessageBoxOptions;
    const { given, view } = await ask('message', options);
    const response = given.kind === 'button' ? view.buttons.indexOf(given.label) : view.cancelId;
    if (response < 0) throw new Error(`no such button among: ${view.buttons.join(', ')}`);
    const checked = given.kind === 'button' ? given.checkboxChecked : undefined;
    return { response, checkboxChecked: checked ?? options.checkboxChecked ?? false };
  });
  wrap(dialog, 'showOpenDialog', () => async (...args: readonly unknown[]) => {
    const { given } = await ask('open', args.at(-1) as Electron.OpenDialogOptions);
    const filePaths = given.kind === 'paths' ? given.paths : [];
    return { canceled: filePaths.length === 0, filePaths };
  });
  wrap(dialog, 'showSaveDialog', () => async (...args: readonly unknown[]) => {
    const { given } = await ask('save', args.at(-1) as Electron.SaveDialogOptions);
    const filePath = given.kind === 'paths' ? (given.paths[0] ?? '') : '';
    return { canceled: filePath === '', filePath };
  });
  wrap(
    dialog,
    'showErrorBox',
    () => (title: string, message: string) => void ask('error', { title, message }),
  );

  function viewOf(item: Electron.MenuItem): MenuItemView {
    const { id, type, role, accelerator, enabled, visible, checked, submenu } = item;
    return {
      id: id ?? '',
      label: item.label.replace(/&(&?)/g, '$1'),
      type,
      role: role ?? null,
      accelerator: typeof accelerator === 'string' ? accelerator : null,
      enabled,
      visible,
      checked,
      submenu: (submenu?.items ?? []).map(viewOf),
    };
  }

  function menuAt(place: MenuPlace): Electron.Menu {
    const menu =
      place === 'tray' ? trays[0]?.menu : place === 'application' ? Menu.getApplicationMenu() : popup;
    if (menu === null || menu === undefined) throw new Error(`there is no ${place} menu`);
    return menu;
  }

  function click(menu: Electron.Menu, [head = '', ...rest]: readonly string[]): void {
    const item = menu.items.find((one) => one.visible && (viewOf(one).label === head || one.id === head));
    if (item === undefined) throw new Error(`no visible menu item '${head}'`);
    if (!item.enabled) throw new Error(`the menu item '${head}' is disabled`);
    if (rest.length === 0) (item.click as () => void)();
    else if (item.submenu === undefined) throw new Error(`the menu item '${head}' has no submenu`);
    else click(item.submenu, rest);
  }

  function must<T>(value: T | null | undefined, missing: string): T {
    if (value === null || value === undefined) throw new Error(missing);
    return value;
  }

  const handlers: ChannelHandlers = {
    trays: () =>
      trays.map(({ tooltip, menu }) => ({ tooltip, title: '', menu: (menu?.items ?? []).map(viewOf) })),
    clickTray: () => (must(trays[0], 'there is no tray').tray.emit('click', {}), null),
    menu: ({ place }) => menuAt(place).items.map(viewOf),
    clickMenu: ({ place, path }) => (click(menuAt(place), path), null),
    notifications: () => notifications.map(({ title, body }) => ({ title, body })),
    clickNotification: ({ index }) => (
      must(notifications[index], `there is no notification ${index}`).emit('click', {}),
      null
    ),
    dialogs: () => dialogs,
    answerDialog: (answer) => {
      const resolve = waiting.shift();
      if (resolve === undefined) answers.push(answer);
      else resolve(answer);
      return null;
    },
    clipboard: () => clipboard.readText(),
    setClipboard: async ({ text }) => (await clipboard.writeText(text), null),
    opened: () => opened,
    windows: () =>
      BrowserWindow.getAllWindows().map((window) => ({
        id: window.id,
        title: window.getTitle(),
        url: window.webContents.getURL(),
        visible: window.isVisible(),
        focused: window.isFocused(),
        minimized: window.isMinimized(),
        bounds: window.getBounds(),
      })),
    closeWindow: ({ id }) => (must(BrowserWindow.fromId(id), `there is no window ${id}`).close(), null),
    setWindowFocus: ({ id, focused }) => {
      const window = must(BrowserWindow.fromId(id), `there is no window ${id}`);
      if (focused) window.focus();
      else window.blur();
      return null;
    },
    secondInstance: ({ argv, cwd }) => (app.emit('second-instance', {}, argv, cwd, {}), null),
    openUrl: ({ url }) => (app.emit('open-url', { preventDefault: () => undefined }, url), null),
    activate: () => (app.emit('activate', {}, BrowserWindow.getAllWindows().length > 0), null),
    shortcuts: () => [...shortcuts.keys()],
    pressShortcut: ({ accelerator }) => {
      must(shortcuts.get(accelerator), `no global shortcut '${accelerator}' is registered`)();
      return null;
    },
    setSystemDark: ({ dark }) => {
      // The system's own theme cannot be changed from here; the app's source is what a page can see of it.
      nativeTheme.themeSource = dark ? 'dark' : 'light';
      return null;
    },
    power: ({ event }) => (powerMonitor.emit(event), null),
    endpoint: () => null,
    quit: () => (setImmediate(() => app.quit()), null),
  };
  holder[name] = handlers;
}
