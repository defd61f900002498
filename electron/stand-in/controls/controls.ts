import { randomBytes } from 'node:crypto';
import type { Desktop, ShownMenu } from '../desktop';
import type { PageRequest, PageResponse } from '../surface';
import { controlsPage, type WaitingPage } from './controls-page';

/** Answers the controls page: GET shows it, a posted form does one thing and comes back to it. */
export function answerControls(
  appName: string,
  desktop: Desktop,
  request: PageRequest,
  waiting: readonly WaitingPage[] = [],
): PageResponse {
  if (request.method === 'POST') {
    const form = new URLSearchParams(Buffer.from(request.body ?? []).toString());
    try {
      perform(desktop, form);
    } catch (error) {
      // The menu or the dialog changed between showing the page and the click.
      return text(409, `${error instanceof Error ? error.message : String(error)}. Go back and look again.`);
    }
    return { status: 303, headers: [['location', 'controls']], body: EMPTY };
  }
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  const headers = [
    ['content-type', 'text/html; charset=utf-8'],
    ['content-security-policy', policy],
  ] as const;
  return { status: 200, headers, body: Buffer.from(controlsPage(appName, desktop, waiting, nonce)) };
}

function perform(desktop: Desktop, form: URLSearchParams): void {
  const [dialog] = desktop.dialogs;
  switch (form.get('do')) {
    case 'menu': {
      const path: unknown = JSON.parse(form.get('path') ?? '[]');
      if (!Array.isArray(path) || !path.every((label) => typeof label === 'string'))
        throw new Error('no such menu item');
      return menuAt(desktop, form.get('place')).click(path);
    }
    case 'button':
      return dialog?.answer({
        kind: 'button',
        label: form.get('button') ?? '',
        checkboxChecked: form.get('checked') !== null,
      });
    case 'paths': {
      const path = form.get('path') ?? '';
      return dialog?.answer(path === '' ? { kind: 'cancel' } : { kind: 'paths', paths: [path] });
    }
    case 'cancel':
      return dialog?.answer({ kind: 'cancel' });
    default:
      throw new Error('the form does not say what to do');
  }
}

function menuAt(desktop: Desktop, place: string | null): ShownMenu {
  const menu =
    place === 'tray' ? desktop.trays[0]?.menu : place === 'popup' ? desktop.popup : desktop.applicationMenu;
  if (menu === null || menu === undefined) throw new Error('this menu is no longer there');
  return menu;
}

const EMPTY = new Uint8Array();

function text(status: number, message: string): PageResponse {
  return { status, headers: [['content-type', 'text/plain; charset=utf-8']], body: Buffer.from(message) };
}
