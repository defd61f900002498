import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageResponse, Respond, Surface } from '../surface';
import { pageRequest, plain, redirect, send } from './answers';
import type { LoopbackServer } from './loopback-server';

const WINDOW = 'stand-in-window';
/** Under this path is what is the stand-in's own and not the app's. */
const OWN = '/.stand-in/';
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  document: 'mainFrame',
  iframe: 'subFrame',
  frame: 'subFrame',
  script: 'script',
  style: 'stylesheet',
  image: 'image',
  font: 'font',
  empty: 'xhr',
};

/** A window as a tab of the person's browser. */
export interface Tab extends Surface {
  readonly id: number;
  /** Where the window is: the page it was told to load, or the one it went to since. */
  readonly url: string;
  /** Whether the tab may show this address next; the page already there, and what main asked for, always. */
  mayShow(url: string): boolean;
  /** The tab fetches this page of its: gives it as the browser gets it. */
  dress(url: string, page: PageResponse): PageResponse;
}

/** Answers what is under `.stand-in/`, but for the windows. */
export type OwnAnswer = (
  action: string,
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
) => void | Promise<void>;

export interface SiteParts {
  readonly server: LoopbackServer;
  readonly respond: Respond;
  readonly own: OwnAnswer;
  /** Answers the folder itself. */
  readonly home: (response: ServerResponse) => void;
}

/**
 * The windows of one origin. Pages name their parts relative to themselves: `/page.js` would be outside of the folder that
 * everything is in.
 */
export class Site<T extends Tab> {
  readonly tabs: T[] = [];
  readonly #parts: SiteParts;
  #appOrigin: string | null = null;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    parts.server.answerWith((request, response, target) => this.#answer(request, response, target));
  }

  /** The address of something of the stand-in's own. */
  own(what: string): string {
    return this.#root + OWN + what;
  }

  windowAddress({ id }: Tab): string {
    return this.#parts.server.gatekeeper.addressOf(`${OWN}window/${id}`);
  }

  close(tab: T): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
  }

  show(response: ServerResponse, tab: T): void {
    redirect(response, this.addressOf(tab.url, tab));
  }

  /** Where the browser finds a page of the app. All windows of a site share an origin, so they must share one of the app's too. */
  addressOf(url: string, tab: T): string {
    const [origin] = /^[a-z][a-z0-9-]*:\/\/[^/?#]*/i.exec(url) ?? [];
    this.#appOrigin ??= origin ?? null;
    if (origin === undefined || origin !== this.#appOrigin) {
      throw new Error(
        `stand-in: ${url} cannot be served beside ${this.#appOrigin ?? 'nothing'}: only one origin can`,
      );
    }
    const { origin: here, folder } = this.#parts.server.gatekeeper;
    const address = new URL(here + (url.slice(origin.length) || '/'));
    if (address.pathname === '/') address.pathname = '/index.html';
    address.pathname = folder + address.pathname;
    address.searchParams.set(WINDOW, String(tab.id));
    return address.href;
  }

  get #root(): string {
    const { origin, folder } = this.#parts.server.gatekeeper;
    return origin + folder;
  }

  #answer(request: IncomingMessage, response: ServerResponse, target: URL): void | Promise<void> {
    if (target.pathname === '/') return this.#parts.home(response);
    if (!target.pathname.startsWith(OWN)) return this.#answerPage(request, response, target);
    const [action = '', id = ''] = target.pathname.slice(OWN.length).split('/');
    if (action !== 'window') return this.#parts.own(action, request, response, target);
    const tab = this.#tab(id);
    if (tab === undefined) return plain(response, 404, 'This window has been closed.');
    this.show(response, tab);
  }

  async #answerPage(request: IncomingMessage, response: ServerResponse, target: URL): Promise<void> {
    const tab = this.#tab(target.searchParams.get(WINDOW) ?? '') ?? this.tabs[0];
    if (tab === undefined || this.#appOrigin === null) return this.#parts.home(response);
    target.searchParams.delete(WINDOW);
    const url = `${this.#appOrigin}${target.pathname}${target.search}`;
    const type = RESOURCE_TYPES[String(request.headers['sec-fetch-dest'])] ?? 'other';
    const isPage = type === 'mainFrame';
    // 204 leaves the tab on the page it shows.
    if (isPage && !tab.mayShow(url)) return void response.writeHead(204).end();
    const answer = await this.#parts.respond(await pageRequest(request, url, type));
    send(response, answer !== null && isPage && isHtml(answer) ? tab.dress(url, answer) : answer);
  }

  #tab(id: string): T | undefined {
    return this.tabs.find((one) => String(one.id) === id);
  }
}

function isHtml({ headers }: PageResponse): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /^text\/html\b/i.test(value),
  );
}
