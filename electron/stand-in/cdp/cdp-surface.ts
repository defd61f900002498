import { randomBytes } from 'node:crypto';
import { toBrowserUrl } from '../origin-map';
import { mainWorldScript, preloadConfig, preloadWorldScript, watchScript } from '../page/scripts';
import type { Noticed } from '../page/watch-page';
import type {
  Bounds,
  FrameView,
  FromPreload,
  Surface,
  SurfaceEvents,
  SurfaceOptions,
  ToPreload,
} from '../surface';
import type { CdpSession } from './connection';
import { FrameTree } from './frame-tree';

const WORLD = 'stand-in preload';
const BINDING = '__standInPost';
const RECEIVE = '__standInReceive';
const WATCH_WORLD = 'stand-in watch';
const WATCH_BINDING = '__standInNotice';
const TRANSPORT = `{ post: (text) => ${BINDING}(text), receive: (deliver) => { globalThis.${RECEIVE} = deliver; } }`;

export interface CdpSurfaceParts {
  readonly session: CdpSession;
  readonly browser: CdpSession;
  readonly targetId: string;
  readonly windowId: number;
  readonly schemes: ReadonlySet<string>;
  /** Nobody sees the window: it has no real focus, and hiding it would only stop its rendering. */
  readonly headless: boolean;
}

/** One Chromium page. The preload lives in an isolated world: its binding to main does not exist in the page's own world. */
export class CdpSurface implements Surface {
  readonly targetId: string;
  readonly events: SurfaceEvents;
  readonly #parts: CdpSurfaceParts;
  readonly #frames: FrameTree;
  #expectedUrl: string | null = null;
  #pageAsked = false;

  constructor(parts: CdpSurfaceParts, events: SurfaceEvents) {
    this.#parts = parts;
    this.targetId = parts.targetId;
    this.events = events;
    this.#frames = new FrameTree(parts.session, parts.targetId, (url) => events.navigated(url));
    const { session } = parts;
    session.on('Page.loadEventFired', () => events.loaded());
    session.on('Page.frameRequestedNavigation', ({ frameId }) => {
      if (frameId === parts.targetId) this.#pageAsked = true;
    });
    session.on('Inspector.targetCrashed', () => events.crashed('crashed'));
    session.on('Page.windowOpen', ({ url, windowName }) => events.windowOpen(url, windowName));
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const data = context.auxData as { readonly frameId?: string } | undefined;
      const frame =
        context.name === WORLD && data?.frameId !== undefined ? this.#frames.get(data.frameId) : null;
      if (frame !== null) frame.preloadContext = context.id;
    });
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === WATCH_BINDING) return this.#noticed(JSON.parse(payload) as Noticed);
      const frame = this.#frames.byContext(executionContextId);
      if (name !== BINDING || frame === null) return;
      const reply = (answer: ToPreload): void => this.#deliver(executionContextId, answer);
      events.message(frame, JSON.parse(payload) as FromPreload, reply);
    });
  }

  /** Prepares the attached target, which is still paused, and lets it run. */
  async start(options: SurfaceOptions): Promise<void> {
    const { session } = this.#parts;
    const token = randomBytes(16).toString('hex');
    await Promise.all([
      session.send('Page.enable'),
      session.send('Runtime.enable'),
      session.send('Inspector.enable'),
      session.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD }),
      session.send('Runtime.addBinding', { name: WATCH_BINDING, executionContextName: WATCH_WORLD }),
      session.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript(token) }),
      session.send('Page.addScriptToEvaluateOnNewDocument', {
        source: watchScript(WATCH_BINDING),
        worldName: WATCH_WORLD,
      }),
    ]);
    if (options.preload !== null) {
      const source = preloadWorldScript(options.preload, TRANSPORT, preloadConfig(token, options.subframes));
      // Second, so that the page's half of the bridge is listening when the preload exposes its API.
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: WORLD });
    }
    await session.send('Runtime.runIfWaitingForDebugger');
    await this.setBounds(options.bounds);
  }

  get mainFrame(): FrameView {
    return this.#frames.main;
  }

  frame(id: string): FrameView | null {
    return this.#frames.get(id);
  }

  async load(url: string): Promise<void> {
    const browserUrl = toBrowserUrl(url, this.#parts.schemes);
    this.#expectedUrl = browserUrl;
    const loaded = new Promise<void>((resolve) =>
      this.#parts.session.on('Page.loadEventFired', () => resolve()),
    );
    const { errorText } = await this.#parts.session.send('Page.navigate', { url: browserUrl });
    if (errorText !== undefined) throw new Error(`${errorText.replace('net::', '')} loading '${url}'`);
    await loaded;
  }

  /**
   * True for a navigation of the main frame that the page did not start, so that the app is not asked: what `load` began,
   * once, and a reload by the person. Whatever the page did start comes with `frameRequestedNavigation`; should that event
   * be late, the page has won no more than its own address again.
   */
  takeExpected(browserUrl: string): boolean {
    const url = stripFragment(browserUrl);
    const pageAsked = this.#pageAsked;
    this.#pageAsked = false;
    if (this.#expectedUrl !== null && stripFragment(this.#expectedUrl) === url) {
      this.#expectedUrl = null;
      return true;
    }
    return !pageAsked && stripFragment(toBrowserUrl(this.mainFrame.url, this.#parts.schemes)) === url;
  }

  post(message: ToPreload): void {
    const context = this.#frames.main.preloadContext;
    if (context !== null) this.#deliver(context, message);
  }

  async setBounds({ x, y, width, height }: Bounds): Promise<void> {
    const { browser, windowId, headless } = this.#parts;
    await browser.send('Browser.setWindowBounds', { windowId, bounds: { left: x, top: y, width, height } });
    // Headless Chromium draws an invisible tab strip into its window; Electron's windows have none.
    if (headless) await browser.send('Browser.setContentsSize', { windowId, width, height });
  }

  setVisible(visible: boolean): Promise<void> {
    return this.setMinimized(!visible);
  }

  async setMinimized(minimized: boolean): Promise<void> {
    const { browser, windowId, headless } = this.#parts;
    if (headless) return;
    const windowState = minimized ? 'minimized' : 'normal';
    await browser.send('Browser.setWindowBounds', { windowId, bounds: { windowState } });
  }

  async focus(): Promise<void> {
    await this.#parts.session.send('Page.bringToFront');
  }

  async setDark(dark: boolean | null): Promise<void> {
    // An empty value ends the emulation of the feature.
    const value = dark === null ? '' : dark ? 'dark' : 'light';
    const features = [{ name: 'prefers-color-scheme', value }];
    await this.#parts.session.send('Emulation.setEmulatedMedia', { features });
  }

  async close(): Promise<void> {
    await this.#parts.browser.send('Target.closeTarget', { targetId: this.targetId });
  }

  #noticed(noticed: Noticed): void {
    if (noticed.kind === 'title') this.events.titled(noticed.title);
    else if (!this.#parts.headless) this.events.focused(noticed.focused);
  }

  #deliver(executionContextId: number, message: ToPreload): void {
    const functionDeclaration = `function (message) { globalThis.${RECEIVE}?.(message); }`;
    this.#parts.session
      .send('Runtime.callFunctionOn', {
        functionDeclaration,
        executionContextId,
        arguments: [{ value: message }],
      })
      // The page navigated away or closed meanwhile; Electron drops such messages too.
      .catch(() => undefined);
  }
}

function stripFragment(url: string): string {
  return url.split('#', 1)[0] ?? url;
}
