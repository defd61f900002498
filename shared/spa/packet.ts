/**
 * fwknop's single packet authorization, protocol 3.0.0, as Debian's fwknopd reads it: fields joined with colons, an inner
 * digest, AES-256-CBC in OpenSSL's salted form, and an HMAC over the text. Pure: keys, salt, digits and clock come in,
 * the ASCII payload of one UDP datagram comes out. GPG and fwknop's legacy modes are left out.
 */
import { cbc } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { encodeBase64 } from './base64';

export type HmacDigest = 'sha256' | 'sha384' | 'sha512';

export interface SpaKeys {
  /** 1-32 bytes: the passphrase's or the decoded KEY_BASE64's. */
  readonly key: Uint8Array;
  /** 1-128 bytes. */
  readonly hmacKey: Uint8Array;
  readonly hmacDigest: HmacDigest;
}

export interface SpaAccess {
  /** The address to let in; `0.0.0.0` asks for the one that the packet comes from. */
  readonly allow: string;
  /** At least one. */
  readonly ports: readonly { readonly protocol: 'tcp' | 'udp'; readonly port: number }[];
  /** `host,port` to be forwarded to, or null. */
  readonly nat: { readonly kind: 'nat' | 'local-nat'; readonly to: string } | null;
  /** Seconds that the door is asked to stay open; null leaves it to the server. */
  readonly timeout: number | null;
}

export interface SpaMoment {
  /** Unix seconds. */
  readonly time: number;
  /** 16 decimal digits. */
  readonly random: string;
  /** 8 random bytes. */
  readonly salt: Uint8Array;
  /** As the server's REQUIRE_USERNAME may want it. */
  readonly username: string;
}

const PROTOCOL_VERSION = '3.0.0';
/** OpenSSL's magic, and what its base64 always begins with: fwknop leaves that out on the wire. */
const SALTED = utf8ToBytes('Salted__');
const SALTED_BASE64_LENGTH = 10;
const HMACS = { sha256, sha384, sha512 } as const;

/** The payload of the datagram: 140 to 400 ASCII characters. */
export function spaPacket(access: SpaAccess, keys: SpaKeys, moment: SpaMoment): string {
  const fields = [
    moment.random,
    base64(utf8ToBytes(moment.username)),
    String(moment.time),
    PROTOCOL_VERSION,
    String(messageType(access)),
    base64(utf8ToBytes(accessMessage(access))),
  ];
  if (access.nat !== null) fields.push(base64(utf8ToBytes(access.nat.to)));
  if (access.timeout !== null) fields.push(String(access.timeout));
  const joined = fields.join(':');
  const plaintext = utf8ToBytes(`${joined}:${base64(sha256(utf8ToBytes(joined)))}`);
  const { key, iv } = opensslKey(keys.key, moment.salt);
  const text = base64(concatBytes(SALTED, moment.salt, cbc(key, iv).encrypt(plaintext)));
  const tag = base64(hmac(HMACS[keys.hmacDigest], keys.hmacKey, utf8ToBytes(text)));
  return text.slice(SALTED_BASE64_LENGTH) + tag;
}

/** 1 access, 2 NAT, 5 local NAT; with a timeout 3, 4 and 6 (fwknop's fko.h). */
function messageType({ nat, timeout }: SpaAccess): number {
  if (nat === null) return timeout === null ? 1 : 3;
  if (nat.kind === 'nat') return timeout === null ? 2 : 4;
  return timeout === null ? 5 : 6;
}

function accessMessage({ allow, ports }: SpaAccess): string {
  return [allow, ...ports.map(({ protocol, port }) => `${protocol}/${port}`)].join(',');
}

/** EVP_BytesToKey(3) with MD5 and one round: 32 bytes of key and 16 of IV. */
function opensslKey(
  secret: Uint8Array,
  salt: Uint8Array,
): { readonly key: Uint8Array; readonly iv: Uint8Array } {
  const first = md5(concatBytes(secret, salt));
  const second = md5(concatBytes(first, secret, salt));
  return { key: concatBytes(first, second), iv: md5(concatBytes(second, secret, salt)) };
}

function base64(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('=', '');
}
