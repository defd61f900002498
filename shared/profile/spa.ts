/**
 * What a profile says of fwknop's single packet authorization, besides its two keys: where the packet goes and what it
 * asks for. Bounds are those of fwknop's fko_limits.h and server.
 */
import { z } from 'zod';
import { parseAccessPorts, type AccessPort } from '../spa/access-ports';
import { decodeBase64 } from '../spa/base64';
import { echoUrlProblem } from '../spa/echo';
import { checked } from './checked';
import { hostProblem, isIpv4, isIpv6 } from './address';

export const SPA_PORT = 62201;
const LONGEST_KEY = 32;
const LONGEST_HMAC_KEY = 128;
/** Characters. */
const LONGEST_TEXT = 512;

export function spaKeyProblem(text: string): string | null {
  return keyProblem(text, LONGEST_KEY, 'KEY_BASE64');
}

export function spaHmacKeyProblem(text: string): string | null {
  return keyProblem(text, LONGEST_HMAC_KEY, 'HMAC_KEY_BASE64');
}

function usernameProblem(name: string): string | null {
  return /^[\x21-\x7e]{1,29}$/.test(name)
    ? null
    : 'A user name in the packet has 1 to 29 printable characters.';
}

/** fwknopd takes IPv4 only; sallyportd takes IPv6 in packets over IPv6. */
function addressProblem(address: string): string | null {
  const v6 = isIpv6(address) && !address.includes('%');
  if (!v6 && !isIpv4(address))
    return 'An address is written like 203.0.113.7, or for sallyportd over IPv6 like 2001:db8::7.';
  const open = v6 ? !/[1-9a-f]/i.test(address) : address === '0.0.0.0';
  return open ? `Choose "the address it comes from" instead of ${address}.` : null;
}

/** fwknop's own limit is 70; with less, a packet with the longest names still counts as one. */
const LONGEST_NAT_HOST = 63;

function natHostProblem(host: string): string | null {
  if (isIpv6(host)) return 'fwknop forwards to IPv4 addresses and names.';
  return host.length > LONGEST_NAT_HOST ? `At most ${LONGEST_NAT_HOST} characters.` : hostProblem(host);
}

const port = 'A port is a number from 1 to 65535.';

function morePortsProblem(text: string): string | null {
  return parseAccessPorts(text) === null ? 'Write further ports like udp/53,tcp/443; 15 at most.' : null;
}

const natSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('nat'),
    host: checked(natHostProblem),
    port: z.int(port).min(1, port).max(65535, port),
  }),
  z.object({ kind: z.literal('local-nat'), port: z.int(port).min(1, port).max(65535, port) }),
]);

const spaSettingsFields = z.object({
  /** The UDP port that the packet goes to; nothing listens there. */
  serverPort: z.int(port).min(1, port).max(65535, port),
  hmacDigest: z.enum(['sha256', 'sha384', 'sha512'], 'The HMAC digest is sha256, sha384 or sha512.'),
  /** Whom to let in: whoever the server sees the packet come from, a fixed address, or whom an echo service sees. */
  allow: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('source') }),
    z.object({ kind: z.literal('fixed'), address: checked(addressProblem) }),
    z.object({ kind: z.literal('echo'), url: checked(echoUrlProblem) }),
  ]),
  /** Where the server is to forward the protected port to: another host behind it, or another port of its own. */
  nat: natSchema.nullable().default(null),
  /** What the packet asks for besides the protected port, which alone is probed: `udp/53,tcp/443`, or empty. */
  morePorts: checked(morePortsProblem).default(''),
  /** Seconds that the door is asked to stay open; null leaves it to the server. */
  timeout: z.int('Write whole seconds.').min(1, 'At least 1 second.').max(86400, 'At most a day.').nullable(),
  username: checked(usernameProblem),
});

/** fwknopd forwards the first port of a packet only. */
function refuseForwardingMore(
  { nat, morePorts }: Pick<z.infer<typeof spaSettingsFields>, 'nat' | 'morePorts'>,
  context: z.RefinementCtx,
): void {
  if (nat === null || morePorts === '') return;
  const message = 'With NAT the packet asks for one port; leave the further ones empty.';
  context.addIssue({ code: 'custom', path: ['morePorts'], message });
}

export const spaSettingsSchema = spaSettingsFields.superRefine(refuseForwardingMore);

/** Everything that the packet asks for, the protected port first. */
export function askedPorts(
  port: number,
  { morePorts }: Pick<SpaSettings, 'morePorts'>,
): readonly AccessPort[] {
  const more = parseAccessPorts(morePorts) ?? [];
  const isProtected = (other: AccessPort): boolean => other.protocol === 'tcp' && other.port === port;
  return [{ protocol: 'tcp', port }, ...more.filter((other) => !isProtected(other))];
}

export type SpaSettings = Readonly<z.infer<typeof spaSettingsSchema>>;

export const SPA_DEFAULTS: SpaSettings = {
  serverPort: SPA_PORT,
  hmacDigest: 'sha256',
  allow: { kind: 'source' },
  nat: null,
  morePorts: '',
  timeout: null,
  username: 'sallyport',
};

const { serverPort, hmacDigest, allow, nat, morePorts, timeout, username } = spaSettingsFields.shape;
/** Settings of which any may be left out. */
export const spaSettingsOrDefaults = z
  .object({
    serverPort: serverPort.default(SPA_DEFAULTS.serverPort),
    hmacDigest: hmacDigest.default(SPA_DEFAULTS.hmacDigest),
    allow: allow.default(SPA_DEFAULTS.allow),
    nat,
    morePorts,
    timeout: timeout.default(SPA_DEFAULTS.timeout),
    username: username.default(SPA_DEFAULTS.username),
  })
  .superRefine(refuseForwardingMore)
  .default(SPA_DEFAULTS);

function keyProblem(text: string, longest: number, name: string): string | null {
  const bytes = text.length > LONGEST_TEXT ? null : decodeBase64(text.trim());
  if (bytes === null) return `The key is not base64; copy ${name} whole.`;
  if (bytes.length === 0) return `Enter the server’s ${name}.`;
  return bytes.length > longest ? `The key has ${bytes.length} bytes; ${longest} is the most.` : null;
}
