import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageRequest, PageResponse } from '../surface';

const BODY_MAX = 32 * 1024 * 1024;

/** On everything that is served: nothing is kept, nothing leaks by `Referer`, no other origin embeds it or holds its window. */
export const GUARDED = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...GUARDED }).end(`${text}\n`);
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, ...GUARDED }).end();
}

/** Sends what the app answered; null is the app's refusal. */
export function send(response: ServerResponse, answer: PageResponse | null): void {
  if (answer === null) return plain(response, 403, 'Refused: the app does not serve this.');
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.writeHead(answer.status, GUARDED).end(answer.body);
}

/** The request as the app is told of it. The cookie is the stand-in's and stays here. */
export async function pageRequest(
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

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
