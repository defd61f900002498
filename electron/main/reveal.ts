/**
 * Showing a stored secret: a native question first, then a window of its own whose page main renders. The page may run no
 * script, has no preload, is served once, and closes by itself; the renderer never takes part.
 */
import { randomBytes } from 'node:crypto';
import type { BrowserWindow, BrowserWindowConstructorOptions, MessageBoxOptions } from 'electron';
import { APP_ORIGIN } from '../../shared/contract/channels';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { escapeHtml } from '../../shared/text/html';
import { commandLine } from '../../shared/people/server-words';
import type { OwnPages } from './pages';
import type { PersonKit } from './services/people';
import { qrSvg } from './adapters/qr';
import { serverSide } from '../../shared/profile/server-side';

/** A stored secret is looked at; a new one is carried to the server while it is shown. */
const SHOWN_FOR_MS = { stored: 60_000, next: 600_000 } as const;
const CLOSES = {
  stored: 'This window closes after a minute, or on Esc.',
  next: 'This window closes after ten minutes, or on Esc.',
};

export interface RevealWindows {
  /** Answers the index of the button that was clicked. */
  readonly ask: (options: MessageBoxOptions) => Promise<number>;
  readonly open: (options: BrowserWindowConstructorOptions) => BrowserWindow;
}

interface Wish {
  readonly message: string;
  readonly title: string;
  readonly kind: 'stored' | 'next';
  /** Pixels, frame and all. */
  readonly height?: number;
}

export class Reveal {
  readonly #windows: RevealWindows;
  /** By path: the page, once it is given the nonce of its style. */
  readonly #pages = new Map<string, (nonce: string) => string>();

  constructor(windows: RevealWindows) {
    this.#windows = windows;
  }

  readonly pages: OwnPages = (path) => {
    const page = this.#pages.get(path);
    if (page === undefined) return null;
    this.#pages.delete(path);
    const nonce = randomBytes(16).toString('base64');
    return { html: page(nonce), nonce };
  };

  /** False when the person declined. @param secret is asked for only after the person agreed. */
  show(
    profile: Profile,
    secret: () => Promise<ProfileSecret>,
    kind: 'stored' | 'next' = 'stored',
  ): Promise<boolean> {
    const message = `Show the ${kind === 'next' ? 'new ' : ''}secret of "${profile.name}"?`;
    const prepare = async () => {
      const read = await secret();
      return (nonce: string) => revealPage(profile, read, kind, nonce);
    };
    return this.#ask({ message, title: `Secret of ${profile.name}`, kind }, prepare);
  }

  /** The same for a QR code. @param uri gives the link with the secret in it, only after the person agreed. */
  showQr(profile: Profile, uri: (profile: Profile) => Promise<string>): Promise<boolean> {
    const message = `Show a QR code with the secret of "${profile.name}"?`;
    const prepare = async () => {
      const svg = qrSvg(await uri(profile));
      return (nonce: string) => qrPage(profile, svg, nonce);
    };
    return this.#ask({ message, title: `QR code of ${profile.name}`, kind: 'stored', height: 620 }, prepare);
  }

  /** Shows somebody else's new key; the person was asked where it was made. */
  async showPerson(kit: PersonKit): Promise<void> {
    const svg = qrSvg(kit.key.uri);
    const draw = (nonce: string): string => personKeyPage(kit, svg, nonce);
    await this.#open(`A key for ${kit.key.wish.user}`, 'next', draw, 740);
  }

  async #ask(
    { message, title, kind, height }: Wish,
    prepare: () => Promise<(nonce: string) => string>,
  ): Promise<boolean> {
    const clicked = await this.#windows.ask({
      type: 'warning',
      message,
      detail:
        'Whoever sees it can open this door. Make sure that nobody looks on and the screen is not shared.',
      buttons: ['Cancel', 'Show'],
      defaultId: 0,
      cancelId: 0,
    });
    if (clicked !== 1) return false;
    await this.#open(title, kind, await prepare(), height);
    return true;
  }

  async #open(
    title: string,
    kind: 'stored' | 'next',
    page: (nonce: string) => string,
    height = 520,
  ): Promise<void> {
    const path = `/reveal-${randomBytes(16).toString('hex')}.html`;
    this.#pages.set(path, page);
    const window = this.#windows.open({
      width: 640,
      height,
      title,
      autoHideMenuBar: true,
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
    });
    const timer = setTimeout(() => {
      if (!window.isDestroyed()) window.close();
    }, SHOWN_FOR_MS[kind]);
    // The page runs no script that could listen for it.
    window.webContents.on('before-input-event', (_event, { type, key }) => {
      if (type === 'keyDown' && key === 'Escape' && !window.isDestroyed()) window.close();
    });
    window.on('closed', () => {
      clearTimeout(timer);
      this.#pages.delete(path);
    });
    await window.loadURL(`${APP_ORIGIN}${path}`);
  }
}

function revealPage(profile: Profile, secret: ProfileSecret, kind: 'stored' | 'next', nonce: string): string {
  const { what, value, file, text } = serverSide(profile, secret);
  return page(
    profile,
    nonce,
    `<p>${what}. ${CLOSES[kind]}</p>${kind === 'next' ? NEXT_STEP : ''}
<pre id="secret">${escapeHtml(value)}</pre>
<p>For <code>${file}</code> on the server:</p>
<pre id="stanza">${escapeHtml(text)}</pre>`,
  );
}

function qrPage(profile: Profile, svg: string, nonce: string): string {
  const { name, host } = profile;
  return page(
    profile,
    nonce,
    `<p>It contains the key: whoever scans or photographs it can open the door of ${escapeHtml(host)}.
${CLOSES.stored}</p>
<div id="code">${svg}</div>
<p>In Sallyport on the other machine, paste what a scanner reads into <em>Import</em>, or a screenshot of this code.
${escapeHtml(name)} appears there for review before anything is saved.</p>`,
  );
}

function personKeyPage({ key, words }: PersonKit, svg: string, nonce: string): string {
  const { profile, wish, secret } = key;
  return page(
    { name: `A key for ${wish.user}`, title: `A key for ${wish.user}` },
    nonce,
    `<p>Whoever scans or photographs it can open the door of ${escapeHtml(profile.host)}. ${CLOSES.next}</p>
<div id="code">${svg}</div>
<p>In Sallyport on the other machine, what the scanner reads is pasted into <em>Import</em>.</p>
<p>The server must have this key, too. <em>Add over SSH</em> does that; or run there, and paste the key when it waits:</p>
<pre id="command">${flagsWhole(escapeHtml(commandLine(words)))}</pre>
<pre id="secret">${secret}</pre>`,
  );
}

/** A line may end between a flag and its value, and never after the dashes of one. @param html a command, escaped. */
function flagsWhole(html: string): string {
  return html.replaceAll(/(?<= )--[a-z-]+/g, '<span>$&</span>');
}

/** @param body HTML of our own making. */
function page(
  { name, title = `Secret of ${name}` }: { readonly name: string; readonly title?: string },
  nonce: string,
  body: string,
): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 13px/20px system-ui, sans-serif; }
body { margin: 24px; overflow-wrap: anywhere; color: light-dark(#1C1B1A, #ECEAE6); background: light-dark(#FBFAF8, #161718); }
h1 { font-size: 16px; margin: 0 0 12px; }
pre, code { font: 13px/20px ui-monospace, monospace; white-space: pre-wrap; user-select: all; }
pre { border: 1px solid light-dark(#E5E2DC, #2C2E30); border-radius: 8px; padding: 12px; margin: 8px 0 16px; }
pre span { white-space: nowrap; }
svg { display: block; width: min(320px, 100%); border-radius: 8px; margin: 16px 0; }
</style></head><body>
<h1>${escapeHtml(name)}</h1>
${body}
</body></html>`;
}

const NEXT_STEP = `
<p>This is the new secret. Put it on the server in place of the old one, then say so in Sallyport: until then knocks here
use the old one.</p>`;
