/**
 * The echo service that a person chose: a web address that answers nothing but the address that it was asked from. Asked
 * only where a profile says so; there is none by itself.
 */
import { hostProblem, isIpv4, isIpv6, portProblem } from '../profile/address';

const LONGEST_URL = 300;
/** Characters; the longest address has fewer, and its line break. */
export const LONGEST_ECHO = 64;
export const ECHO_PATIENCE_MS = 3000;

export interface EchoService {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
}

/** Takes a web address apart; null when it is not written like one. */
export function echoService(url: string): EchoService | null {
  if (url.length > LONGEST_URL) return null;
  const match =
    /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/:?#@[\]]+)(?::(\d{1,5}))?((?:\/[\x21-\x22\x24-\x7e]*)?)$/.exec(
      url,
    );
  if (match === null) return null;
  const [, scheme, host = '', port, path = ''] = match;
  const secure = scheme === 'https';
  return {
    secure,
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (secure ? 443 : 80)),
    path: path === '' ? '/' : path,
  };
}

/** Words on what is wrong with an echo service, or null. */
export function echoUrlProblem(url: string): string | null {
  const service = echoService(url);
  if (service === null) return 'Write the web address of an echo service, like https://ip.example.org/.';
  const problem = hostProblem(service.host) ?? portProblem(service.port);
  if (problem !== null) return problem;
  // Over plain http anybody on the way could name an address of theirs to be let in.
  if (service.secure || isLoopback(service.host)) return null;
  return 'An echo service is asked over https, so that nobody on the way can answer in its place.';
}

/** The one address in an echo service's answer, of the family asked for; null for anything else. */
export function readEcho(answer: string, family: 'ipv4' | 'ipv6'): string | null {
  const text = answer.trim();
  if (answer.length > LONGEST_ECHO) return null;
  if (family === 'ipv4') return isIpv4(text) && !isNobody4(text) ? text : null;
  return isIpv6(text) && !text.includes('%') && !/^(::1?$|ff|fe[89ab])/i.test(text) ? text : null;
}

/** Unspecified, loopback, multicast and broadcast: nobody is let in by these. */
function isNobody4(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return first === 0 || first === 127 || first >= 224;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIpv4(host) && host.startsWith('127.'));
}
