import type { Protocol, Session, WebRequest } from 'electron';
import { guarded, unsupported } from '../guard';
import { assertMappable, schemeOf } from '../origin-map';
import type { PageRequest, PageResponse } from '../surface';

type Handler = (request: Request) => Response | Promise<Response>;
type BeforeRequest = Parameters<WebRequest['onBeforeRequest']>[0];
type BeforeListener = NonNullable<BeforeRequest>;

/** Headers that describe the transfer, which Chromium derives itself from the body it is given. */
const TRANSFER = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection']);

/**
 * The one session: which schemes exist, who answers them, and what is refused. Requests that no handler answers are
 * blocked, whatever the app's own rules say.
 */
export class StandInSession {
  readonly schemes = new Set<string>();
  readonly #handlers = new Map<string, Handler>();
  #beforeRequest: BeforeListener | null = null;
  #nextRequestId = 0;

  readonly protocol = guarded('protocol', {
    registerSchemesAsPrivileged: (schemes) => {
      for (const { scheme } of schemes) {
        assertMappable(scheme);
        this.schemes.add(scheme);
      }
    },
    handle: (scheme, handler) => {
      assertMappable(scheme);
      if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
      this.schemes.add(scheme);
      this.#handlers.set(scheme, handler);
    },
    unhandle: (scheme) => {
      this.#handlers.delete(scheme);
    },
    isProtocolHandled: (scheme) => this.#handlers.has(scheme),
  } satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle' | 'unhandle' | 'isProtocolHandled'>);

  readonly webRequest = guarded('session.webRequest', {
    onBeforeRequest: (...args: readonly unknown[]) => {
      const listener = args.at(-1);
      if (args.length > 1) throw unsupported('a filter for session.webRequest.onBeforeRequest');
      this.#beforeRequest = listener === null ? null : (listener as BeforeListener);
    },
  } satisfies Pick<WebRequest, 'onBeforeRequest'>);

  readonly session = guarded('session', {
    protocol: this.protocol as unknown as Protocol,
    webRequest: this.webRequest as unknown as WebRequest,
    // Chromium itself denies every permission, so the app's handlers have nothing left to decide.
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined,
    setSpellCheckerEnabled: () => undefined,
  } satisfies Pick<
    Session,
    | 'protocol'
    | 'webRequest'
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setSpellCheckerEnabled'
  >);

  /** Answers one page's request, or blocks it with null. */
  async respond(request: PageRequest): Promise<PageResponse | null> {
    const allowed = await this.#ask(request);
    const handler = this.#handlers.get(schemeOf(request.url));
    if (!allowed || handler === undefined) return null;
    const init = { method: request.method, headers: withoutBrowserOrigin(request.headers) };
    const response = await handler(
      new Request(request.url, request.body === null ? init : { ...init, body: request.body }),
    );
    const headers = [...response.headers].filter(([name]) => !TRANSFER.has(name));
    return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) };
  }

  #ask(request: PageRequest): Promise<boolean> {
    const listener = this.#beforeRequest;
    if (listener === null) return Promise.resolve(true);
    const details = {
      id: ++this.#nextRequestId,
      url: request.url,
      method: request.method,
      resourceType: request.resourceType,
      referrer: '',
      timestamp: Date.now(),
      uploadData: [],
    };
    return new Promise((resolve) => {
      listener(details as unknown as Parameters<BeforeListener>[0], ({ cancel }) => resolve(cancel !== true));
    });
  }
}

/** `Origin` and `Referer` would show the handler the browser's form of our own URLs. */
function withoutBrowserOrigin(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(origin|referer|host)$/i.test(name)),
  );
}
