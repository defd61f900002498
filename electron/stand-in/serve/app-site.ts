import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FromServed } from '../page/served-world';
import type { Respond } from '../surface';
import { GUARDED, plain, readBody } from './answers';
import type { LoopbackServer } from './loopback-server';
import type { ServedSurface } from './served-surface';
import { Site } from './site';

/** The windows with the app's own scripts, and under `.stand-in/` their line to main. */
export function appSite(server: LoopbackServer, respond: Respond): Site<ServedSurface> {
  const site: Site<ServedSurface> = new Site({
    server,
    respond,
    own: (action, request, response, target) => answerLine(site.tabs, action, request, response, target),
    home: (response) => {
      const [first] = site.tabs;
      if (first !== undefined && first.url !== 'about:blank') return site.show(response, first);
      response.setHeader('refresh', '2');
      plain(response, 200, 'The app shows no window now. This page looks again by itself.');
    },
  });
  return site;
}

async function answerLine(
  tabs: readonly ServedSurface[],
  action: string,
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
): Promise<void> {
  if (action === 'preload.js') {
    const key = target.searchParams.get('key') ?? '';
    const script = tabs.map((one) => one.takeScript(key)).find((one) => one !== null);
    if (script === undefined) return plain(response, 403, 'Refused: this script has been taken already.');
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', ...GUARDED }).end(script);
    return;
  }
  const tab = tabs.find((one) => one.knows(String(request.headers['x-stand-in'])));
  if (tab === undefined || request.method !== 'POST')
    return plain(response, 403, 'Refused: not a page of this app.');
  if (action === 'events') {
    response.writeHead(200, { 'content-type': 'application/x-ndjson', ...GUARDED }).flushHeaders();
    return tab.listen(response);
  }
  if (action !== 'post') return plain(response, 404, 'There is nothing here.');
  tab.receive(JSON.parse((await readBody(request)).toString()) as FromServed);
  response.writeHead(204).end();
}
