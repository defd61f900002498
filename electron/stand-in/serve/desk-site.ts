import type { WaitingPage } from '../controls/controls-page';
import type { PageRequest, PageResponse, Respond } from '../surface';
import { pageRequest, plain, redirect, send } from './answers';
import type { LoopbackServer } from './loopback-server';
import type { QuietTab } from './quiet-tab';
import { Site } from './site';

/** Answers the page with the tray, the menus, the dialogs and the pages that wait to be opened. */
export type Controls = (request: PageRequest, waiting: readonly WaitingPage[]) => Promise<PageResponse>;

/**
 * What the desktop and main itself would show: the controls page, and the windows without a preload. It is another origin
 * than the app's, because a page could answer its own dialogs and read its own secrets in the name of the person. Its
 * address is told to the terminal only. Nothing but the controls page has this origin: the others are sandboxed.
 */
export function deskSite(server: LoopbackServer, respond: Respond, controls: Controls): Site<QuietTab> {
  const site: Site<QuietTab> = new Site({
    server,
    respond: async (request) => sandboxed(await respond(request)),
    own: async (action, request, response) => {
      if (action !== 'controls') return plain(response, 404, 'There is nothing here.');
      const waiting = site.tabs.map((tab) => ({
        name: `Window ${tab.id}`,
        address: site.windowAddress(tab),
      }));
      const asked = await pageRequest(request, 'stand-in://controls/', 'mainFrame');
      send(response, await controls(asked, waiting));
    },
    home: (response) => redirect(response, site.own('controls')),
  });
  return site;
}

/** No script, no form, no origin: a second policy can only take away from the page's own. */
function sandboxed(answer: PageResponse | null): PageResponse | null {
  if (answer === null) return null;
  return { ...answer, headers: [...answer.headers, ['content-security-policy', 'sandbox']] };
}
