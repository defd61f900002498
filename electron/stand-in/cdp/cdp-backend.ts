import type { Backend, Respond, Surface, SurfaceEvents, SurfaceOptions } from '../surface';
import { launchChromium, type ChromiumOptions, type ChromiumProcess } from './chromium-process';
import { CdpSurface } from './cdp-surface';
import type { CdpSession } from './connection';
import { interceptRequests } from './interception';

interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly openerFrameId?: string;
}

/** Shows pages in Debian's Chromium, headless or in windows of its own. */
export class CdpBackend implements Backend {
  readonly endpoint: string | null;
  readonly #chromium: ChromiumProcess;
  readonly #schemes: ReadonlySet<string>;
  readonly #headless: boolean;
  readonly #surfaces = new Map<string, CdpSurface>();
  readonly #sessions = new Map<string, string>();
  #closing = false;
  #appWindows: Promise<unknown> = Promise.resolve();
  #onAppWindow: ((targetId: string) => void) | null = null;
  readonly #expectedTargets = new Map<string, (sessionId: string) => void>();

  private constructor(
    chromium: ChromiumProcess,
    endpoint: string | null,
    headless: boolean,
    schemes: ReadonlySet<string>,
  ) {
    this.#chromium = chromium;
    this.#schemes = schemes;
    this.#headless = headless;
    this.endpoint = endpoint;
  }

  /** @param onGone Chromium ended without being told to */
  static async start(
    options: ChromiumOptions,
    schemes: ReadonlySet<string>,
    respond: Respond,
    onGone: () => void,
  ): Promise<CdpBackend> {
    const chromium = launchChromium(options);
    const { browser } = chromium.connection;
    await browser.send('Browser.getVersion');
    const backend = new CdpBackend(chromium, await chromium.endpoint(), options.headless, schemes);
    await interceptRequests(browser, (frameId) => backend.#findFrame(frameId), respond);
    browser.on('Target.attachedToTarget', ({ sessionId, targetInfo }) =>
      backend.#attached(sessionId, targetInfo),
    );
    browser.on('Target.targetDestroyed', ({ targetId }) => backend.#destroyed(targetId));
    await browser.send('Target.setDiscoverTargets', { discover: true, filter: [{ type: 'page' }] });
    await browser.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
      filter: [{ type: 'page' }],
    });
    await denyPermissions(browser);
    void chromium.exited.then(() => {
      if (!backend.#closing) onGone();
    });
    return backend;
  }

  get closing(): boolean {
    return this.#closing;
  }

  async open(options: SurfaceOptions, events: SurfaceEvents): Promise<Surface> {
    const { browser } = this.#chromium.connection;
    const targetId = await (this.#headless ? this.#createTarget(options) : this.#createAppWindow(options));
    const sessionId = await this.#sessionOf(targetId);
    const { windowId } = await browser.send('Browser.getWindowForTarget', { targetId });
    const session = this.#chromium.connection.session(sessionId);
    const parts = { session, browser, targetId, windowId, schemes: this.#schemes, headless: this.#headless };
    const surface = new CdpSurface(parts, events);
    this.#surfaces.set(targetId, surface);
    await surface.start(options);
    if (!options.visible) await surface.setVisible(false);
    return surface;
  }

  async #createTarget({ bounds: { width, height } }: SurfaceOptions): Promise<string> {
    const target = { url: 'about:blank', newWindow: true, width, height };
    return (await this.#chromium.connection.browser.send('Target.createTarget', target)).targetId;
  }

  /** One at a time, since nothing in the new target says which request it answers. */
  #createAppWindow({ bounds }: SurfaceOptions): Promise<string> {
    const next = this.#appWindows.then(
      () =>
        new Promise<string>((resolve, reject) => {
          const timer = setTimeout(
            () => reject(new Error('stand-in: Chromium opened no window within 20 s')),
            20_000,
          );
          this.#onAppWindow = (targetId) => {
            clearTimeout(timer);
            resolve(targetId);
          };
          this.#chromium.openAppWindow(bounds);
        }),
    );
    this.#appWindows = next.catch(() => undefined);
    return next;
  }

  close(): Promise<void> {
    this.#closing = true;
    return this.#chromium.close();
  }

  closeNow(): void {
    this.#chromium.closeNow();
  }

  #attached(sessionId: string, { targetId, type, openerFrameId }: TargetInfo): void {
    this.#sessions.set(targetId, sessionId);
    const expected = this.#expectedTargets.get(targetId);
    this.#expectedTargets.delete(targetId);
    if (expected !== undefined) {
      expected(sessionId);
    } else if (openerFrameId !== undefined) {
      this.#refusePopup(targetId, sessionId);
    } else if (type === 'page') {
      this.#onAppWindow?.(targetId);
      this.#onAppWindow = null;
    }
  }

  /** A page that a page opened. It is still paused, and ends before it loads anything. */
  #refusePopup(targetId: string, sessionId: string): void {
    const { browser } = this.#chromium.connection;
    // Either call fails when the popup is gone already, which is what both are for.
    browser.send('Target.closeTarget', { targetId }).catch(() => undefined);
    const popup = this.#chromium.connection.session(sessionId);
    popup.send('Runtime.runIfWaitingForDebugger').catch(() => undefined);
  }

  #sessionOf(targetId: string): Promise<string> {
    const known = this.#sessions.get(targetId);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => this.#expectedTargets.set(targetId, resolve));
  }

  #destroyed(targetId: string): void {
    const surface = this.#surfaces.get(targetId);
    const sessionId = this.#sessions.get(targetId);
    if (sessionId !== undefined) this.#chromium.connection.forget(sessionId);
    this.#sessions.delete(targetId);
    this.#surfaces.delete(targetId);
    surface?.events.closed();
  }

  #findFrame(frameId: string) {
    for (const surface of this.#surfaces.values()) {
      const frame = surface.frame(frameId);
      if (frame !== null) return { surface, frame };
    }
    return null;
  }
}

/** Electron asks the app; Chromium would ask the person. The app here has no use for any of them. */
async function denyPermissions(browser: CdpSession): Promise<void> {
  const names = [
    'geolocation',
    'notifications',
    'camera',
    'microphone',
    'midi',
    'clipboard-read',
    'local-fonts',
  ];
  for (const name of names) {
    // One that this Chromium does not know cannot be granted in it either.
    await browser
      .send('Browser.setPermission', { permission: { name }, setting: 'denied' })
      .catch(() => undefined);
  }
}
