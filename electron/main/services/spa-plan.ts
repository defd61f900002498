/** The packet of fwknop's single packet authorization as one UDP step. */
import { ProblemError } from '../../../shared/contract/result';
import { familyName } from '../../../shared/advice/network';
import { isIpv4 } from '../../../shared/profile/address';
import { askedPorts, type SpaSettings } from '../../../shared/profile/spa';
import { decodeBase64 } from '../../../shared/spa/base64';
import { ANY_SOURCE } from '../../../shared/spa/source';
import { spaPacket, type SpaAccess } from '../../../shared/spa/packet';
import type { Step } from '../../../shared/sequence/step';
import type { Randomness } from '../ports';
import { ENTER_AGAIN } from '../../../shared/text/edit-hints';

/** fwknopd takes longer packets for GPG's. */
const LONGEST_PACKET = 399;

export interface SpaWish {
  /** Base64, both. */
  readonly key: string;
  readonly hmacKey: string;
  readonly settings: SpaSettings;
  /** What is asked for. */
  readonly port: number | null;
  /** The server's, which local NAT names. */
  readonly address: string;
  /** Whom to let in, where the settings do not say itself. */
  readonly source: string;
}

export interface SpaMoment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly random: Randomness;
}

export function planSpa(
  wish: SpaWish,
  { now, random }: SpaMoment,
): { readonly steps: readonly Step[]; readonly udpPayload: Uint8Array } {
  const { port, settings } = wish;
  if (port === null) {
    throw new ProblemError({
      code: 'bad-input',
      message: 'An SPA packet names the port that it asks for.',
      hint: 'Give the protected port, for example --port 22.',
    });
  }
  const keys = { key: decodeBase64(wish.key.trim()), hmacKey: decodeBase64(wish.hmacKey.trim()) };
  if (keys.key === null || keys.hmacKey === null) {
    throw new ProblemError({
      code: 'bad-input',
      message: 'The stored secret does not hold. A key is not base64.',
      hint: ENTER_AGAIN,
    });
  }
  const { serverPort, hmacDigest, timeout, username } = settings;
  const { key, hmacKey } = keys;
  const packetFor = (allow: string): string =>
    spaPacket(
      { allow, ports: askedPorts(port, settings), nat: natOf(wish), timeout },
      { key, hmacKey, hmacDigest },
      { time: Math.floor(now / 1000), random: sixteenDigits(random), salt: random.bytes(8), username },
    );
  let packet = packetFor(allowed(wish));
  // A profile whose packet holds 0.0.0.0 must not fail for want of some characters.
  if (packet.length > LONGEST_PACKET && settings.allow.kind === 'source') packet = packetFor(ANY_SOURCE);
  if (packet.length > LONGEST_PACKET) {
    throw new ProblemError({
      code: 'bad-input',
      message: `The packet would have ${packet.length} characters; fwknopd takes ${LONGEST_PACKET}.`,
      hint: 'Ask for fewer ports, use a shorter name for the NAT host, a shorter user name, or the HMAC digest sha256.',
    });
  }
  return { steps: [{ kind: 'udp', port: serverPort }], udpPayload: new TextEncoder().encode(packet) };
}

function allowed({ settings: { allow }, address, source }: SpaWish): string {
  if (allow.kind !== 'fixed') return source;
  if (familyName(allow.address) !== familyName(address)) throw otherFamily(allow.address, address);
  return allow.address;
}

/** No server lets in an address that it could not have seen the packet come from. */
function otherFamily(allow: string, server: string): ProblemError {
  return new ProblemError({
    code: 'bad-input',
    message: `The packet would let in ${allow}, and goes to ${server}, over ${familyName(server)}.`,
    hint: `Choose ${familyName(allow)} only for this profile, or another address to let in.`,
  });
}

function natOf({ settings: { nat }, address }: SpaWish): SpaAccess['nat'] {
  if (nat === null) return null;
  if (nat.kind === 'nat') return { kind: 'nat', to: `${nat.host},${nat.port}` };
  if (isIpv4(address)) return { kind: 'local-nat', to: `${address},${nat.port}` };
  throw new ProblemError({
    code: 'bad-input',
    message: `fwknop’s local NAT is for IPv4, and ${address} is not.`,
    hint: 'Choose IPv4 for this profile.',
  });
}

function sixteenDigits(random: Randomness): string {
  const number = new DataView(random.bytes(8).buffer).getBigUint64(0);
  return String(number % 10n ** 16n).padStart(16, '0');
}
