import type { Page } from 'playwright-core';

const WAIT_MS = 30_000;
const STEP_MS = 50;

/** The first page whose app URL starts with the prefix and that is past `about:blank`. */
export async function waitForPage(
  pages: () => readonly Page[],
  appUrl: (url: string) => string,
  urlPrefix: string,
): Promise<Page> {
  for (let waited = 0; waited < WAIT_MS; waited += STEP_MS) {
    const found = pages().find(
      (page) => page.url() !== 'about:blank' && appUrl(page.url()).startsWith(urlPrefix),
    );
    if (found !== undefined) {
      await found.waitForLoadState('load');
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  const seen = pages().map((page) => appUrl(page.url()));
  throw new Error(
    `no window at '${urlPrefix}' within ${WAIT_MS} ms; there are: ${seen.join(', ') || 'none'}`,
  );
}
