import type { Bounds } from './surface';

/**
 * The test channel: what a test may ask of the running stand-in over the child's IPC, and what it gets. One request, one
 * answer with the same id.
 */

export interface MenuItemView {
  readonly id: string;
  readonly label: string;
  /** Electron's type: normal, separator, submenu, checkbox, radio. */
  readonly type: string;
  readonly role: string | null;
  readonly accelerator: string | null;
  readonly enabled: boolean;
  readonly visible: boolean;
  readonly checked: boolean;
  readonly submenu: readonly MenuItemView[];
}

export interface TrayView {
  readonly tooltip: string;
  readonly title: string;
  readonly menu: readonly MenuItemView[];
}

export interface NotificationView {
  readonly title: string;
  readonly body: string;
}

export interface DialogView {
  readonly kind: 'message' | 'open' | 'save' | 'error';
  readonly title: string;
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  readonly cancelId: number;
  readonly checkboxLabel: string;
  readonly defaultPath: string;
}

/** `button` answers a message box by its label; `paths` answers open and save; `cancel` cancels any of them. */
export type DialogAnswer =
  | { readonly kind: 'button'; readonly label: string; readonly checkboxChecked?: boolean }
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'cancel' };

export interface WindowView {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly visible: boolean;
  readonly focused: boolean;
  readonly minimized: boolean;
  readonly bounds: Bounds;
}

export interface Opened {
  readonly how: string;
  readonly target: string;
}

export type MenuPlace = 'tray' | 'application' | 'popup';

/** Every operation: what it takes and what it answers. */
export interface ChannelOperations {
  readonly trays: { readonly takes: null; readonly gives: readonly TrayView[] };
  readonly clickTray: { readonly takes: null; readonly gives: null };
  readonly menu: { readonly takes: { readonly place: MenuPlace }; readonly gives: readonly MenuItemView[] };
  readonly clickMenu: {
    readonly takes: { readonly place: MenuPlace; readonly path: readonly string[] };
    readonly gives: null;
  };
  readonly notifications: { readonly takes: null; readonly gives: readonly NotificationView[] };
  readonly clickNotification: { readonly takes: { readonly index: number }; readonly gives: null };
  readonly dialogs: { readonly takes: null; readonly gives: readonly DialogView[] };
  readonly answerDialog: { readonly takes: DialogAnswer; readonly gives: null };
  readonly clipboard: { readonly takes: null; readonly gives: string };
  readonly setClipboard: { readonly takes: { readonly text: string }; readonly gives: null };
  readonly opened: { readonly takes: null; readonly gives: readonly Opened[] };
  readonly windows: { readonly takes: null; readonly gives: readonly WindowView[] };
  readonly closeWindow: { readonly takes: { readonly id: number }; readonly gives: null };
  readonly setWindowFocus: {
    readonly takes: { readonly id: number; readonly focused: boolean };
    readonly gives: null;
  };
  readonly secondInstance: {
    readonly takes: { readonly argv: readonly string[]; readonly cwd: string };
    readonly gives: null;
  };
  readonly openUrl: { readonly takes: { readonly url: string }; readonly gives: null };
  readonly activate: { readonly takes: null; readonly gives: null };
  readonly shortcuts: { readonly takes: null; readonly gives: readonly string[] };
  readonly pressShortcut: { readonly takes: { readonly accelerator: string }; readonly gives: null };
  readonly setSystemDark: { readonly takes: { readonly dark: boolean }; readonly gives: null };
  readonly power: { readonly takes: { readonly event: string }; readonly gives: null };
  readonly endpoint: { readonly takes: null; readonly gives: string | null };
  readonly quit: { readonly takes: null; readonly gives: null };
}

export type ChannelName = keyof ChannelOperations;

export interface ChannelRequest<N extends ChannelName = ChannelName> {
  readonly standIn: 'request';
  readonly id: number;
  readonly name: N;
  readonly takes: ChannelOperations[N]['takes'];
}

export type ChannelAnswer =
  | { readonly standIn: 'answer'; readonly id: number; readonly ok: true; readonly gives: unknown }
  | { readonly standIn: 'answer'; readonly id: number; readonly ok: false; readonly error: string };

/** Sent once, when `app.whenReady()` has resolved. */
export interface ChannelReady {
  readonly standIn: 'ready';
}

/** What answers the operations, derived from the table. */
export type ChannelHandlers = {
  readonly [N in ChannelName]: (
    takes: ChannelOperations[N]['takes'],
  ) => ChannelOperations[N]['gives'] | Promise<ChannelOperations[N]['gives']>;
};
