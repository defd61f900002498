import type { Dialog, MessageBoxOptions, OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { DialogAnswer, DialogView } from '../channel';
import type { Desktop } from '../desktop';
import { guarded, unsupported } from '../guard';

/** Every call takes `(options)` or `(window, options)`. */
function optionsOf<T>(args: readonly unknown[]): T {
  return args.at(-1) as T;
}

const BLANK = {
  title: '',
  message: '',
  detail: '',
  cancelId: 0,
  checkboxLabel: '',
  defaultPath: '',
} as const;

export function createDialog(desktop: Desktop) {
  const members = {
    showMessageBox: async (...args: readonly unknown[]) => {
      const options = optionsOf<MessageBoxOptions>(args);
      const buttons = options.buttons?.length ? options.buttons : ['OK'];
      const view = messageView(options, buttons);
      const answer = await desktop.ask(view);
      return { response: responseOf(answer, view), checkboxChecked: checkboxOf(answer, options) };
    },
    showOpenDialog: async (...args: readonly unknown[]) => {
      const { title = '', message = '', defaultPath = '' } = optionsOf<OpenDialogOptions>(args);
      const view: DialogView = {
        ...BLANK,
        kind: 'open',
        title,
        message,
        defaultPath,
        buttons: ['Open', 'Cancel'],
      };
      const filePaths = pathsOf(await desktop.ask(view));
      return { canceled: filePaths.length === 0, filePaths: [...filePaths] };
    },
    showSaveDialog: async (...args: readonly unknown[]) => {
      const { title = '', message = '', defaultPath = '' } = optionsOf<SaveDialogOptions>(args);
      const view: DialogView = {
        ...BLANK,
        kind: 'save',
        title,
        message,
        defaultPath,
        buttons: ['Save', 'Cancel'],
      };
      const [filePath = ''] = pathsOf(await desktop.ask(view));
      return { canceled: filePath === '', filePath };
    },
    showErrorBox: (title: string, content: string) => {
      process.stderr.write(`${title}\n${content}\n`);
      desktop.dialogHistory.push({ ...BLANK, kind: 'error', title, message: content, buttons: ['OK'] });
    },
  } satisfies Pick<Dialog, 'showMessageBox' | 'showOpenDialog' | 'showSaveDialog' | 'showErrorBox'>;
  return guarded('dialog', members);
}

function messageView(options: MessageBoxOptions, buttons: readonly string[]): DialogView {
  const { title = '', message, detail = '', checkboxLabel = '' } = options;
  // Electron's rule: without cancelId it is the button called cancel or no, else the first.
  const named = buttons.findIndex((label) => /^(cancel|no)$/i.test(label));
  const cancelId = options.cancelId ?? Math.max(named, 0);
  return { ...BLANK, kind: 'message', title, message, detail, buttons, cancelId, checkboxLabel };
}

function responseOf(answer: DialogAnswer, view: DialogView): number {
  if (answer.kind === 'cancel') return view.cancelId;
  if (answer.kind === 'paths')
    throw new Error(`stand-in: paths cannot answer the message box '${view.message}'`);
  const index = view.buttons.indexOf(answer.label);
  if (index < 0) throw new Error(`stand-in: no button '${answer.label}' among: ${view.buttons.join(', ')}`);
  return index;
}

function checkboxOf(answer: DialogAnswer, options: MessageBoxOptions): boolean {
  const chosen = answer.kind === 'button' ? answer.checkboxChecked : undefined;
  return chosen ?? options.checkboxChecked ?? false;
}

function pathsOf(answer: DialogAnswer): readonly string[] {
  if (answer.kind === 'button')
    throw unsupported(`answering a file dialog with the button '${answer.label}'`);
  return answer.kind === 'paths' ? answer.paths : [];
}
