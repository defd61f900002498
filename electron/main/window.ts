/** The one window: made when first shown, hidden when closed, so that the tray keeps working behind it. */
import { join } from 'node:path';
import { BrowserWindow, nativeTheme, type WebContents } from 'electron';
import { APP_ORIGIN } from '../../shared/contract/channels';
import type { Settings } from '../../shared/contract/views';

const PAPER = { light: '#FBFAF8', dark: '#161718' } as const;

export class MainWindow {
  readonly #dist: string;
  readonly #hidden: () => void;
  #window: BrowserWindow | null = null;
  #loaded: Promise<void> = Promise.resolve();
  #quitting = false;

  /** @param hidden called when closing the window hid it instead. */
  constructor(dist: string, hidden: () => void) {
    this.#dist = dist;
    this.#hidden = hidden;
  }

  contents(): WebContents | null {
    return this.#window === null || this.#window.isDestroyed() ? null : this.#window.webContents;
  }

  isFocused(): boolean {
    return this.#window !== null && !this.#window.isDestroyed() && this.#window.isFocused();
  }

  /** The window to attach a dialog to. */
  current(): BrowserWindow | null {
    return this.#window !== null && !this.#window.isDestroyed() && this.#window.isVisible()
      ? this.#window
      : null;
  }

  /** Settles when the page is there to be told something. */
  async show(): Promise<void> {
    if (this.#window === null || this.#window.isDestroyed()) this.#loaded = this.#create();
    // Whoever comes while the page is loading waits for it too.
    await this.#loaded;
    const window = this.#window;
    if (window === null) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** From here on closing means closing. */
  quitting(): void {
    this.#quitting = true;
  }

  async #create(): Promise<void> {
    const window = new BrowserWindow({
      width: 1100,
      height: 720,
      minWidth: 900,
      minHeight: 600,
      title: 'Sallyport',
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? PAPER.dark : PAPER.light,
      webPreferences: {
        preload: join(this.#dist, 'preload', 'index.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    this.#window = window;
    window.on('close', (event) => {
      if (this.#quitting) return;
      event.preventDefault();
      window.hide();
      this.#hidden();
    });
    window.on('closed', () => {
      this.#window = null;
    });
    await window.loadURL(`${APP_ORIGIN}/index.html`);
  }
}

export function applyTheme({ theme }: Settings): void {
  nativeTheme.themeSource = theme;
}
