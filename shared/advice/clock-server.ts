/** The server that a person chose to compare this computer's clock with. Nothing is asked unless one was chosen. */
import { z } from 'zod';
import { hostProblem, portProblem } from '../profile/address';
import { checked } from '../profile/checked';

const LONGEST_URL = 300;

export const clockServerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('off') }),
  /** SNTP, UDP port 123. */
  z.object({ kind: z.literal('ntp'), host: checked(hostProblem) }),
  /** The `Date` header of any web server, which is exact to a second. */
  z.object({ kind: z.literal('http'), url: checked(urlProblem) }),
]);

export type ClockServer = Readonly<z.infer<typeof clockServerSchema>>;

export const CLOCK_OFF: ClockServer = { kind: 'off' };

/** What a person knows it by. */
export function clockServerName(server: Exclude<ClockServer, { kind: 'off' }>): string {
  return server.kind === 'ntp' ? server.host : (webServer(server.url)?.host ?? server.url);
}

export interface WebServer {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

/** `https://example.org` or `http://192.0.2.1:8080`, and nothing behind it; null when it is not written so. */
export function webServer(url: string): WebServer | null {
  const match = /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/:?#@[\]]+)(?::(\d{1,5}))?\/?$/.exec(url);
  const [, scheme, host = '', port] = match ?? [];
  if (match === null || url.length > LONGEST_URL) return null;
  const secure = scheme === 'https';
  return { secure, host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? (secure ? 443 : 80)) };
}

function urlProblem(text: string): string | null {
  const server = webServer(text);
  if (server === null) return 'Write a web server like https://example.org, and nothing after its name.';
  return hostProblem(server.host) ?? portProblem(server.port);
}
