import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Protocol } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerScheme, servePages, type OwnPages } from '../../electron/main/pages';

let folder: string;
let respond: (request: Request) => Promise<Response>;
let own: ReturnType<OwnPages> = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-pages-${process.pid}-`));
  const pages = join(folder, 'renderer');
  await mkdir(join(pages, 'assets'), { recursive: true });
  await mkdir(`${pages}-secret`);
  await writeFile(
    join(pages, 'index.html'),
    '<meta nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>',
  );
  await writeFile(join(pages, 'assets', 'app.js'), 'js');
  await writeFile(join(pages, 'assets', 'app.css'), 'css');
  await writeFile(join(pages, 'assets', 'notes.txt'), 'not served');
  await writeFile(join(folder, 'outside.html'), 'outside');
  await writeFile(join(`${pages}-secret`, 'x.html'), 'outside');
  const protocol = {
    handle: (_scheme: string, handler: typeof respond) => void (respond = handler),
  } as unknown as Protocol;
  servePages(protocol, pages, () => own);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As Electron hands it over: Node's Request would not take the scheme's host apart. */
const get = (url: string, method = 'GET') => respond({ url, method } as Request);

const directive = (response: Response, name: string) =>
  response.headers
    .get('content-security-policy')
    ?.split('; ')
    .find((part) => part.startsWith(`${name} `));

describe('pages', () => {
  it('come with a strict policy and a nonce of their own each time', async () => {
    const nonces: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      const page = await get('app://sallyport/index.html?x=1#y');
      const [, nonce = ''] = /nonce-([^']+)'/.exec(directive(page, 'style-src') ?? '') ?? [];
      nonces.push(nonce);
      expect(await page.text()).toBe(`<meta nonce="${nonce}"><style nonce="${nonce}"></style>`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(directive(page, 'default-src')).toBe("default-src 'none'");
      expect(directive(page, 'script-src')).toBe("script-src 'self'");
      expect(directive(page, 'connect-src')).toBe("connect-src 'none'");
      for (const name of ['base-uri', 'form-action', 'frame-ancestors'])
        expect(directive(page, name)).toBe(`${name} 'none'`);
    }
    expect(nonces[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it.each([
    ['app.js', 'text/javascript; charset=utf-8', 'js'],
    ['app.css', 'text/css; charset=utf-8', 'css'],
  ])('have their %s as %s, and as nothing else', async (file, type, body) => {
    const response = await get(`app://sallyport/assets/${file}`);
    expect([response.headers.get('content-type'), await response.text()]).toEqual([type, body]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    'app://sallyport/none.html',
    'app://sallyport/',
    'app://sallyport/assets',
    'app://sallyport/assets/notes.txt',
    'app://sallyport/../outside.html',
    'app://sallyport/%2e%2e/outside.html',
    'app://sallyport/..%2foutside.html',
    'app://sallyport/assets/..%2f..%2foutside.html',
    'app://sallyport/..%5coutside.html',
    'app://sallyport/..%2frenderer-secret%2fx.html',
    'app://sallyport//etc/passwd.html',
    'app://sallyport/index.html%00.js',
    'app://sallyport/%E0%A4%A.html',
    'app://other/index.html',
    'app://sallyport.evil/index.html',
  ])('are not found at %s', async (url) => {
    const response = await get(url);
    expect([response.status, await response.text()]).toEqual([404, 'not found']);
  });

  it('are only read', async () => {
    for (const method of ['POST', 'PUT', 'HEAD', 'DELETE']) {
      expect((await get('app://sallyport/index.html', method)).status).toBe(404);
    }
  });

  it('of main’s own may run no script', async () => {
    own = { html: '<p>own</p>', nonce: 'abc' };
    const page = await get('app://sallyport/reveal.html').finally(() => (own = null));
    expect(await page.text()).toBe('<p>own</p>');
    expect(directive(page, 'script-src')).toBe("script-src 'none'");
    expect(directive(page, 'style-src')).toContain("'nonce-abc'");
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('have a scheme that is secure and cannot be fetched from', () => {
    const schemes: unknown[] = [];
    registerScheme({ registerSchemesAsPrivileged: (list) => void schemes.push(...list) });
    expect(schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: false } },
    ]);
  });
});
