/**
 * The app's own pages, served from memory-safe paths of `dist/renderer` under the app's scheme with a strict policy. The
 * style nonce is new for each response.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { Protocol } from 'electron';
import { APP_ORIGIN, APP_SCHEME } from '../../shared/contract/channels';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const NONCE_MARK = '__CSP_NONCE__';

/** Pages that main renders itself, by their one-time path (see reveal.ts). */
export type OwnPages = (path: string) => { readonly html: string; readonly nonce: string } | null;

/** Before the app is ready. */
export function registerScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);
}

export function servePages(protocol: Pick<Protocol, 'handle'>, folder: string, ownPages: OwnPages): void {
  protocol.handle(APP_SCHEME, async (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET' || `${url.protocol}//${url.host}` !== APP_ORIGIN) return notFound();
    const own = ownPages(url.pathname);
    if (own !== null) return page(own.html, own.nonce, "'none'");
    return serveFile(folder, url.pathname);
  });
}

async function serveFile(folder: string, pathname: string): Promise<Response> {
  const path = normalize(join(folder, decoded(pathname)));
  const type = TYPES[extname(path)];
  if (!path.startsWith(folder + sep) || type === undefined) return notFound();
  try {
    const body = await readFile(path);
    if (extname(path) !== '.html') {
      const headers = { 'content-type': type, 'x-content-type-options': 'nosniff' };
      return new Response(new Uint8Array(body), { headers });
    }
    const nonce = randomBytes(16).toString('base64');
    return page(body.toString('utf8').replaceAll(NONCE_MARK, nonce), nonce, "'self'");
  } catch {
    return notFound();
  }
}

/** Empty, which names no file, when it is not well escaped. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return '';
  }
}

/** @param scripts where scripts may come from, as the policy writes it. */
function page(html: string, nonce: string, scripts: "'self'" | "'none'"): Response {
  return new Response(html, {
    headers: {
      'content-type': TYPES['.html'] ?? '',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': policy(nonce, scripts),
    },
  });
}

function policy(nonce: string, scripts: string): string {
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function notFound(): Response {
  return new Response('not found', { status: 404 });
}
