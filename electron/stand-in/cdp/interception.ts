import { OWN_SCHEME, schemeOf, toAppUrl } from '../origin-map';
import type { FrameView, PageRequest, Respond } from '../surface';
import type { CdpSession } from './connection';
import type { CdpSurface } from './cdp-surface';

const TYPES: Readonly<Record<string, string>> = {
  Script: 'script',
  Stylesheet: 'stylesheet',
  Image: 'image',
  Font: 'font',
  XHR: 'xhr',
  Fetch: 'xhr',
  Media: 'media',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
};

interface PausedRequest {
  readonly requestId: string;
  readonly resourceType: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly postDataEntries?: readonly { readonly bytes?: string }[];
  };
}

/**
 * Every request of every page comes through here and is answered by the app's protocol handlers or refused. Nothing is
 * ever passed on, so nothing reaches a network.
 */
export async function interceptRequests(
  browser: CdpSession,
  findFrame: (frameId: string) => { readonly surface: CdpSurface; readonly frame: FrameView } | null,
  respond: Respond,
): Promise<void> {
  browser.on('Fetch.requestPaused', (paused) => {
    const refuse = (): Promise<unknown> =>
      browser.send('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'BlockedByClient' });
    const abort = (): Promise<unknown> =>
      browser.send('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Aborted' });
    // Chromium's own wish for its tab strip. Electron has none and never asks, so the app should not see it; an empty
    // answer, because a refused one would show as an error in the page's console.
    if (paused.resourceType === 'Other' && new URL(paused.request.url).pathname === '/favicon.ico') {
      const nothing = { requestId: paused.requestId, responseCode: 204 };
      return void browser.send('Fetch.fulfillRequest', nothing).catch(() => undefined);
    }
    const owner = findFrame(paused.frameId);
    if (isForeignToOwnPages(paused.request)) return void refuse().catch(() => undefined);
    const isDocument = paused.resourceType === 'Document';
    const isMainFrame = isDocument && owner !== null && owner.frame.parent === null;
    if (owner !== null && isDocument && !(isMainFrame && owner.surface.takeExpected(paused.request.url))) {
      const url = toAppUrl(paused.request.url);
      // Aborting leaves the page where it is; any other failure would replace it by an error page.
      if (!owner.surface.events.mayNavigate(url, owner.frame, isMainFrame))
        return void abort().catch(() => undefined);
    }
    const type = isDocument
      ? isMainFrame
        ? 'mainFrame'
        : 'subFrame'
      : (TYPES[paused.resourceType] ?? 'other');
    void answer(browser, paused, type, respond)
      .then((answered) => (answered ? undefined : isMainFrame ? abort() : refuse()))
      // The page that asked is gone: nobody is waiting for the answer.
      .catch(() => undefined);
  });
  await browser.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
}

/** The stand-in's own pages act on what is posted to them; only they themselves may post. */
function isForeignToOwnPages({ url, method, headers }: PausedRequest['request']): boolean {
  if (schemeOf(toAppUrl(url)) !== OWN_SCHEME || method === 'GET') return false;
  const sender = Object.entries(headers).find(([name]) => name.toLowerCase() === 'origin')?.[1];
  return sender !== new URL(url).origin;
}

async function answer(
  browser: CdpSession,
  paused: PausedRequest,
  resourceType: string,
  respond: Respond,
): Promise<boolean> {
  const { requestId, request } = paused;
  const entries = (request.postDataEntries ?? []).map(({ bytes }) => Buffer.from(bytes ?? '', 'base64'));
  const pageRequest: PageRequest = {
    url: toAppUrl(request.url),
    method: request.method,
    headers: request.headers,
    body: entries.length === 0 ? null : Buffer.concat(entries),
    resourceType,
  };
  const response = await respond(pageRequest);
  if (response === null) return false;
  await browser.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: response.status,
    responseHeaders: response.headers.map(([name, value]) => ({ name, value })),
    body: Buffer.from(response.body).toString('base64'),
  });
  return true;
}
