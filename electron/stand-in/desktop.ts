import type { MenuItemView, NotificationView, DialogView, DialogAnswer } from './channel';

/** A menu as the desktop shows it. */
export interface ShownMenu {
  view(): readonly MenuItemView[];
  /** Clicks the item at a path of labels (or ids). */
  click(path: readonly string[]): void;
}

export interface ShownTray {
  tooltip: string;
  title: string;
  menu: ShownMenu | null;
  click(): void;
}

export interface ShownNotification {
  readonly view: NotificationView;
  click(): void;
}

export interface PendingDialog {
  readonly view: DialogView;
  answer(answer: DialogAnswer): void;
}

/** What the operating system's shell would hold for the app: the place where the modules leave things, and tests or people find them. */
export class Desktop {
  readonly trays: ShownTray[] = [];
  applicationMenu: ShownMenu | null = null;
  popup: ShownMenu | null = null;
  readonly notifications: ShownNotification[] = [];
  readonly dialogs: PendingDialog[] = [];
  readonly dialogHistory: DialogView[] = [];
  /** Calls of shell.openExternal, openPath and showItemInFolder, in order. */
  readonly opened: { readonly how: string; readonly target: string }[] = [];
  readonly shortcuts = new Map<string, () => void>();
  clipboard = '';
  readonly #answers: DialogAnswer[] = [];
  /** Told when something waits for a person: a dialog, an open menu. */
  onAttention: (what: string) => void = () => undefined;
  /** Told when something can be looked at but need not be: a notification, the tray. */
  onNotice: (what: string) => void = () => undefined;
  /** Told what the app puts on the clipboard. */
  onClipboard: (text: string) => void = () => undefined;

  /** Shows a dialog; resolves with its answer, which may have been queued before. */
  ask(view: DialogView): Promise<DialogAnswer> {
    this.dialogHistory.push(view);
    const queued = this.#answers.shift();
    if (queued !== undefined) return Promise.resolve(queued);
    return new Promise((resolve) => {
      const pending: PendingDialog = {
        view,
        answer: (answer) => {
          const index = this.dialogs.indexOf(pending);
          if (index < 0) return;
          this.dialogs.splice(index, 1);
          resolve(answer);
        },
      };
      this.dialogs.push(pending);
      this.onAttention(`a dialog is waiting: ${view.message}`);
    });
  }

  /** Answers the oldest dialog that waits, or the next one to come. */
  answerNext(answer: DialogAnswer): void {
    const pending = this.dialogs[0];
    if (pending === undefined) this.#answers.push(answer);
    else pending.answer(answer);
  }
}
