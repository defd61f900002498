import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FromServed } from '../page/served-world';
import type {
  Backend,
  PageRequest,
  PageResponse,
  Respond,
  Surface,
  SurfaceEvents,
  SurfaceOptions,
} from '../surface';
import { allowOwnConnections, withFirstScript } from './content-policy';
import { Gatekeeper } from './gatekeeper';
import { ServedSurface } from './served-surface';

const BODY_MAX = 32 * 1024 * 1024;
const WINDOW = 'stand-in-window';
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

/**
 * Shows windows as tabs of a browser the person opens, over HTTP on 127.0.0.1. Pages name their parts relative to
 * themselves: `/page.js` would be outside of the folder that everything is in.
 */
export class ServeBackend implements Backend {
  readonly endpoint = null;
  readonly gatekeeper: Gatekeeper;
  readonly #server: Server;
  readonly #respond: Respond;
  readonly #controls: Respond;
  readonly #surfaces: ServedSurface[] = [];
  #appOrigin: string | null = null;
  #nextId = 0;

  private constructor(server: Server, respond: Respond, controls: Respond) {
    this.#server = server;
    this.#respond = respond;
    this.#controls = controls;
    const { port } = server.address() as AddressInfo;
    this.gatekeeper = new Gatekeeper(port, () => randomBytes(16).toString('hex'));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch((error: unknown) => {
        process.stderr.write(`stand-in: ${request.method ?? ''} ${request.url ?? ''}: ${String(error)}\n`);
        if (response.headersSent) response.destroy();
        else plain(response, 500, 'The app could not answer. The terminal says why.');
      });
    });
  }

  /** @param controls answers the page with the tray, the menus and the dialogs that wait */
  static async start(respond: Respond, controls: Respond): Promise<ServeBackend> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ServeBackend(server, respond, controls);
  }

  open(options: SurfaceOptions, events: SurfaceEvents): Promise<Surface> {
    const id = ++this.#nextId;
    const surface: ServedSurface = new ServedSurface(
      id,
      options,
      events,
      this.#own(''),
      (url) => this.#address(url, surface),
      () => this.#surfaces.splice(this.#surfaces.indexOf(surface), 1),
    );
    this.#surfaces.push(surface);
    if (id > 1) this.#look(this.#own(`window/${id}`), 'another window');
    return Promise.resolve(surface);
  }

  get controlsAddress(): string {
    return this.#own('controls');
  }

  /** Something waits on the controls page. */
  attention(what: string): void {
    this.#look(this.controlsAddress, what);
  }

  copy(text: string): void {
    for (const surface of this.#surfaces) surface.tell({ kind: 'copy', text });
  }

  close(): Promise<void> {
    this.closeNow();
    return Promise.resolve();
  }

  closeNow(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #look(address: string, what: string): void {
    process.stdout.write(`${what}: ${address}\n`);
    for (const surface of this.#surfaces) surface.tell({ kind: 'look', address, what });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const admission = this.gatekeeper.admit({ method, url, headers });
    if (admission.kind === 'refused')
      return plain(response, admission.status, `Refused: ${admission.reason}.`);
    if (admission.kind === 'welcome') {
      return void response
        .writeHead(303, { location: this.gatekeeper.address, 'set-cookie': admission.cookie, ...NO_STORE })
        .end();
    }
    const target = new URL(this.gatekeeper.origin + admission.inside);
    if (target.pathname.startsWith(OWN)) return this.#serveOwn(request, response, target);
    if (target.pathname === '/') return this.#redirect(response, this.#surfaces[0]);
    return this.#servePage(request, response, target);
  }

  async #serveOwn(request: IncomingMessage, response: ServerResponse, target: URL): Promise<void> {
    const [action = '', id = ''] = target.pathname.slice(OWN.length).split('/');
    if (action === 'window') return this.#redirect(response, this.#surface(id));
    if (action === 'controls') {
      return send(
        response,
        await this.#controls(await pageRequest(request, 'stand-in://controls/', 'mainFrame')),
      );
    }
    if (action === 'preload.js') {
      const script = this.#surfaces
        .map((one) => one.takeScript(target.searchParams.get('key') ?? ''))
        .find(isText);
      if (script === undefined) return plain(response, 403, 'Refused: this script has been taken already.');
      return void response
        .writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', ...NO_STORE })
        .end(script);
    }
    const surface = this.#surfaces.find((one) => one.knows(String(request.headers['x-stand-in'])));
    if (surface === undefined || request.method !== 'POST')
      return plain(response, 403, 'Refused: not a page of this app.');
    if (action === 'events') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', ...NO_STORE }).flushHeaders();
      return surface.listen(response);
    }
    if (action !== 'post') return plain(response, 404, 'There is nothing here.');
    surface.receive(JSON.parse((await readBody(request)).toString()) as FromServed);
    response.writeHead(204).end();
  }

  async #servePage(request: IncomingMessage, response: ServerResponse, target: URL): Promise<void> {
    const surface = this.#surface(target.searchParams.get(WINDOW) ?? '') ?? this.#surfaces[0];
    if (surface === undefined || this.#appOrigin === null) return this.#redirect(response, undefined);
    target.searchParams.delete(WINDOW);
    const url = `${this.#appOrigin}${target.pathname}${target.search}`;
    const type = RESOURCE_TYPES[String(request.headers['sec-fetch-dest'])] ?? 'other';
    const isPage = type === 'mainFrame';
    // 204 leaves the tab on the page it shows.
    if (isPage && !surface.mayShow(url)) return void response.writeHead(204).end();
    const answer = await this.#respond(await pageRequest(request, url, type));
    if (answer === null || !isPage || !isHtml(answer)) return send(response, answer);
    const html = withFirstScript(
      Buffer.from(answer.body).toString(),
      this.#own(`preload.js?key=${surface.shown(url)}`),
    );
    const headers = answer.headers.map(
      ([name, value]) =>
        [name, /^content-security-policy$/i.test(name) ? allowOwnConnections(value) : value] as const,
    );
    send(response, { ...answer, headers, body: Buffer.from(html) });
  }

  #redirect(response: ServerResponse, surface: ServedSurface | undefined): void {
    const known = surface !== undefined && surface.url !== 'about:blank';
    const location = known ? this.#address(surface.url, surface) : this.#own('controls');
    response.writeHead(303, { location, ...NO_STORE }).end();
  }

  #surface(id: string): ServedSurface | undefined {
    return this.#surfaces.find((one) => String(one.id) === id);
  }

  /** All windows share one browser origin, so they must share one of the app's too. */
  #address(url: string, surface: ServedSurface): string {
    const [origin] = /^[a-z][a-z0-9-]*:\/\/[^/?#]*/i.exec(url) ?? [];
    this.#appOrigin ??= origin ?? null;
    if (origin === undefined || origin !== this.#appOrigin) {
      throw new Error(
        `stand-in: ${url} cannot be served beside ${this.#appOrigin ?? 'nothing'}: only one origin can`,
      );
    }
    const address = new URL(this.gatekeeper.origin + (url.slice(origin.length) || '/'));
    if (address.pathname === '/') address.pathname = '/index.html';
    address.pathname = this.gatekeeper.folder + address.pathname;
    address.searchParams.set(WINDOW, String(surface.id));
    return address.href;
  }

  /** The address of something that is the stand-in's and not the app's. */
  #own(what: string): string {
    return this.gatekeeper.origin + this.gatekeeper.folder + OWN + what;
  }
}

const NO_STORE = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...NO_STORE }).end(`${text}\n`);
}

function send(response: ServerResponse, answer: PageResponse | null): void {
  if (answer === null) return plain(response, 403, 'Refused: the app does not serve this.');
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.writeHead(answer.status, NO_STORE).end(answer.body);
}

function isHtml({ headers }: PageResponse): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /^text\/html\b/i.test(value),
  );
}

function isText(value: string | null): value is string {
  return value !== null;
}

async function pageRequest(
  request: IncomingMessage,
  url: string,
  resourceType: string,
): Promise<PageRequest> {
  const body = await readBody(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name, value]) => typeof value === 'string' && name !== 'cookie'),
  ) as Record<string, string>;
  return {
    url,
    method: request.method ?? 'GET',
    headers,
    body: body.length === 0 ? null : body,
    resourceType,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
