import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { preloadConfig, servedScript } from '../page/scripts';
import type { FromServed, ToServed } from '../page/served-world';
import type { Noticed } from '../page/watch-page';
import type {
  FrameView,
  FromPreload,
  PageResponse,
  SurfaceEvents,
  SurfaceOptions,
  ToPreload,
} from '../surface';
import { allowOwnConnections, withFirstScript } from './content-policy';
import type { Site, Tab } from './site';

const QUEUE_MAX = 1000;

class ServedFrame implements FrameView {
  readonly parent = null;
  gone = false;
  url = 'about:blank';

  constructor(readonly id: string) {}
}

/** A page as it is fetched: its script may be taken once, its secret names it afterwards. */
interface Document {
  readonly secret: string;
  key: string | null;
  stream: ServerResponse | null;
  readonly queue: ToServed[];
}

/** One window as a tab of the person's browser. A tab fetched again replaces the one before it. */
export class ServedSurface implements Tab {
  readonly events: SurfaceEvents;
  readonly mainFrame: FrameView;
  readonly #frame: ServedFrame;
  readonly #options: SurfaceOptions;
  readonly #site: Site<ServedSurface>;
  #document: Document | null = null;
  #expected: string | null = null;
  #loaded: (() => void) | null = null;

  constructor(
    readonly id: number,
    options: SurfaceOptions,
    events: SurfaceEvents,
    site: Site<ServedSurface>,
  ) {
    this.#options = options;
    this.events = events;
    this.#site = site;
    this.#frame = new ServedFrame(`window-${id}`);
    this.mainFrame = this.#frame;
  }

  get url(): string {
    return this.#expected ?? this.#frame.url;
  }

  load(url: string): Promise<void> {
    this.#expected = url;
    this.tell({ kind: 'go', address: this.#site.addressOf(url, this) });
    return new Promise((resolve) => {
      this.#loaded = resolve;
    });
  }

  post(message: ToPreload): void {
    this.tell({ kind: 'preload', message });
  }

  tell(message: ToServed): void {
    const page = this.#document;
    if (page === null) return;
    if (page.stream !== null) page.stream.write(`${JSON.stringify(message)}\n`);
    else if (page.queue.length < QUEUE_MAX) page.queue.push(message);
  }

  mayShow(url: string): boolean {
    return url === this.url.split('#', 1)[0] || this.events.mayNavigate(url, this.#frame, true);
  }

  /** The page with the script before all of its own that connects it to main. */
  dress(url: string, page: PageResponse): PageResponse {
    const script = this.#site.own(`preload.js?key=${this.#shown(url)}`);
    const html = withFirstScript(Buffer.from(page.body).toString(), script);
    const headers = page.headers.map(
      ([name, value]) =>
        [name, /^content-security-policy$/i.test(name) ? allowOwnConnections(value) : value] as const,
    );
    return { ...page, headers, body: Buffer.from(html) };
  }

  /** Gives the key for the page's script. */
  #shown(url: string): string {
    this.#expected = null;
    this.#frame.url = url;
    this.#document?.stream?.end();
    const key = randomBytes(16).toString('hex');
    this.#document = { secret: randomBytes(16).toString('hex'), key, stream: null, queue: [] };
    this.events.navigated(url);
    return key;
  }

  /** The script for the page that was given this key; null the second time, so that the page cannot fetch the secret. */
  takeScript(key: string): string | null {
    const page = this.#document;
    if (page === null || page.key !== key) return null;
    page.key = null;
    return servedScript(
      this.#options.preload,
      { address: this.#site.own(''), secret: page.secret },
      preloadConfig(randomBytes(16).toString('hex'), false),
    );
  }

  knows(secret: string): boolean {
    return this.#document?.secret === secret;
  }

  listen(stream: ServerResponse): void {
    const page = this.#document;
    if (page === null) return;
    page.stream?.end();
    page.stream = stream;
    stream.on('close', () => {
      if (page.stream === stream) page.stream = null;
    });
    for (const message of page.queue.splice(0)) this.tell(message);
  }

  receive(message: FromServed): void {
    switch (message.kind) {
      case 'loaded':
        this.#loaded?.();
        this.events.loaded();
        break;
      case 'open':
        this.events.windowOpen(message.url, '');
        break;
      case 'noticed': {
        const noticed = JSON.parse(message.text) as Noticed;
        if (noticed.kind === 'title') this.events.titled(noticed.title);
        else this.events.focused(noticed.focused);
        break;
      }
      case 'message': {
        const reply = (answer: ToPreload): void => this.post(answer);
        this.events.message(this.#frame, JSON.parse(message.text) as FromPreload, reply);
        break;
      }
    }
  }

  close(): Promise<void> {
    this.#document?.stream?.end();
    this.#document = null;
    this.#frame.gone = true;
    this.#site.close(this);
    return Promise.resolve();
  }

  /** A tab belongs to the person: its size, place, focus and colours are theirs. */
  setBounds = (): Promise<void> => Promise.resolve();
  setVisible = (): Promise<void> => Promise.resolve();
  setMinimized = (): Promise<void> => Promise.resolve();
  focus = (): Promise<void> => Promise.resolve();
  setDark = (): Promise<void> => Promise.resolve();
}
