import type { FrameView, PageResponse, SurfaceEvents } from '../surface';
import type { Tab } from './site';

/** A window without a preload: a page that main rendered and that runs nothing, so there is no line to it. */
export class QuietTab implements Tab {
  readonly mainFrame: FrameView;
  readonly #frame: { readonly id: string; readonly parent: null; gone: boolean; url: string };
  readonly #events: SurfaceEvents;
  readonly #onClose: (tab: QuietTab) => void;

  constructor(
    readonly id: number,
    events: SurfaceEvents,
    onClose: (tab: QuietTab) => void,
  ) {
    this.#events = events;
    this.#onClose = onClose;
    this.#frame = { id: `window-${id}`, parent: null, gone: false, url: 'about:blank' };
    this.mainFrame = this.#frame;
  }

  get url(): string {
    return this.#frame.url;
  }

  /** Done at once: the person opens the tab when they like, or never. */
  load(url: string): Promise<void> {
    this.#frame.url = url;
    return Promise.resolve();
  }

  mayShow(url: string): boolean {
    return url === this.url.split('#', 1)[0] || this.#events.mayNavigate(url, this.#frame, true);
  }

  dress(url: string, page: PageResponse): PageResponse {
    this.#frame.url = url;
    this.#events.navigated(url);
    this.#events.loaded();
    return page;
  }

  close(): Promise<void> {
    this.#frame.gone = true;
    this.#onClose(this);
    return Promise.resolve();
  }

  /** Nobody listens in the page. */
  post(): void {}

  /** A tab belongs to the person: its size, place, focus and colours are theirs. */
  setBounds = (): Promise<void> => Promise.resolve();
  setVisible = (): Promise<void> => Promise.resolve();
  setMinimized = (): Promise<void> => Promise.resolve();
  focus = (): Promise<void> => Promise.resolve();
  setDark = (): Promise<void> => Promise.resolve();
}
