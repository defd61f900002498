/**
 * A profile as a stanza of fwknop's client file, `.fwknoprc` (fwknop(8)), the inverse of fwknop-import.ts: for the same door
 * by `fwknop -n NAME`. A value there ends at a blank, `;` or `#`, so what has one of these is left out or refused.
 */
import { fileNamePart, plainLine } from '../installer/export-format';
import type { Profile } from '../profile/profile';
import type { ProfileSecret } from '../profile/secret';
import { askedPorts, type SpaSettings } from '../profile/spa';
import { formatAccessPorts } from '../spa/access-ports';

type SpaSecret = Extract<ProfileSecret, { kind: 'spa' }>;

/** @returns the lines; the keys stand in them in plain. */
export function fwknopRcStanza(
  { name, host, port }: Pick<Profile, 'name' | 'host' | 'port'>,
  settings: SpaSettings,
  secret: SpaSecret,
): readonly string[] {
  const { serverPort, hmacDigest, nat, timeout, username } = settings;
  const variables: readonly (readonly [string, string | null])[] = [
    ['SPA_SERVER', host],
    ['SPA_SERVER_PORT', String(serverPort)],
    ['SPA_SERVER_PROTO', 'udp'],
    // With local NAT the packet asks for NAT_PORT, and ACCESS is where the server forwards that to.
    ['ACCESS', nat?.kind === 'local-nat' ? `tcp/${nat.port}` : formatAccessPorts(askedPorts(port, settings))],
    ['NAT_LOCAL', nat?.kind === 'local-nat' ? 'Y' : null],
    ['NAT_PORT', nat?.kind === 'local-nat' ? String(port) : null],
    ['NAT_ACCESS', nat?.kind === 'nat' ? `${nat.host},${nat.port}` : null],
    ...allow(settings),
    ['FW_TIMEOUT', timeout === null ? null : String(timeout)],
    ['SPOOF_USER', /[;#]/.test(username) ? null : username],
    ['KEY_BASE64', secret.key.trim()],
    ['USE_HMAC', 'Y'],
    ['HMAC_DIGEST_TYPE', hmacDigest.toUpperCase()],
    ['HMAC_KEY_BASE64', secret.hmacKey.trim()],
  ];
  return [
    `# For fwknop(8), the client: put this into ~/.fwknoprc (chmod 600), then: fwknop -n ${fileNamePart(name)}`,
    `# The same door as the profile "${plainLine(name)}" of Sallyport, which reads this file too.`,
    `[${fileNamePart(name)}]`,
    ...variables.flatMap(([variable, value]) => (value === null ? [] : [`${variable.padEnd(20)}${value}`])),
  ];
}

function allow({ allow: wish }: SpaSettings): readonly (readonly [string, string])[] {
  if (wish.kind === 'fixed') return [['ALLOW_IP', wish.address]];
  if (wish.kind === 'source' || /[;#]/.test(wish.url)) return [['ALLOW_IP', 'source']];
  return [
    ['ALLOW_IP', 'resolve'],
    ['RESOLVE_URL', wish.url],
  ];
}
