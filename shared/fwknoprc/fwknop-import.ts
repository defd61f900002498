/**
 * From fwknop's client file to profiles, one for each stanza that one of our packets can stand for. A plain KEY is a
 * passphrase whose bytes are the key (fwknop stretches it no further), so it is carried as what it is.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import {
  DRAFT_DEFAULTS,
  MOST_ENTRIES,
  quoted,
  usableName,
  type ImportEntry,
  type ImportRead,
  type Missing,
  type Skipped,
} from '../exchange/entry';
import type { ProfileDraft } from '../profile/draft';
import { SPA_DEFAULTS, spaHmacKeyProblem, spaKeyProblem, type SpaSettings } from '../profile/spa';
import { formatAccessPorts, MOST_PORTS, parseAccessPorts, type AccessPort } from '../spa/access-ports';
import { encodeBase64 } from '../spa/base64';
import { readRcStanzas, type RcStanza } from './rc-stanzas';

type Spa = Extract<ProfileDraft['method'], { kind: 'spa' }>;
type Value = RcStanza['value'];

export function readFwknopRc(text: string, file: string | null): ImportRead {
  const entries: ImportEntry[] = [];
  const skipped: Skipped[] = [];
  for (const stanza of readRcStanzas(text)) {
    const entry = entries.length < MOST_ENTRIES ? entryOf(stanza, file) : 'There are too many stanzas.';
    if (typeof entry !== 'string') entries.push(entry);
    else skipped.push({ what: quoted(`[${stanza.name}]`), why: entry, at: { file, line: stanza.line } });
  }
  return { entries, skipped, notes: [] };
}

function entryOf({ name, line, value }: RcStanza, file: string | null): ImportEntry | string {
  const why = unsupported(value);
  if (why !== null) return why;
  const host = value('SPA_SERVER');
  if (host === undefined) return 'It names no SPA_SERVER.';
  const access = readAccess(value('ACCESS'));
  if (typeof access === 'string') return access;
  const asked = natOf(value, access.port);
  if (typeof asked === 'string') return asked;
  const keys = keysOf(value);
  if (typeof keys === 'string') return keys;
  const hmacDigest = (value('HMAC_DIGEST_TYPE') ?? SPA_DEFAULTS.hmacDigest).toLowerCase();
  if (hmacDigest !== 'sha256' && hmacDigest !== 'sha384' && hmacDigest !== 'sha512')
    return `Its HMAC digest is ${quoted(hmacDigest)}; Sallyport has SHA256, SHA384 and SHA512.`;

  const allow = value('ALLOW_IP');
  const timeout = wholeNumber(value('FW_TIMEOUT'));
  const settings: SpaSettings = {
    ...SPA_DEFAULTS,
    serverPort: wholeNumber(value('SPA_SERVER_PORT')) ?? SPA_DEFAULTS.serverPort,
    hmacDigest,
    allow: allow !== undefined && isFixed(allow) ? { kind: 'fixed', address: allow } : { kind: 'source' },
    nat: asked.nat,
    morePorts: asked.nat === null ? formatAccessPorts(access.more) : SPA_DEFAULTS.morePorts,
    timeout: timeout === 0 ? null : timeout,
    username: value('SPOOF_USER') ?? SPA_DEFAULTS.username,
  };
  const draft: ProfileDraft = {
    ...DRAFT_DEFAULTS,
    name: usableName(name),
    host,
    port: asked.port,
    openFor: settings.timeout ?? DRAFT_DEFAULTS.openFor,
    method: { kind: 'spa', settings, key: keys.key, hmacKey: keys.hmacKey },
  };
  const missing: readonly Missing[] = keys.key.kind === 'keep' ? ['secret'] : [];
  return {
    draft,
    favourite: false,
    at: { file, line },
    missing,
    notes: [...leftOutOf(access, asked.nat), ...notesOf(value)],
  };
}

function isFixed(allow: string): boolean {
  return !['source', 'resolve', '0.0.0.0'].includes(allow.toLowerCase());
}

/** What our packets cannot say or be. */
function unsupported(value: Value): string | null {
  const proto = value('SPA_SERVER_PROTO')?.toLowerCase() ?? 'udp';
  const mode = value('ENCRYPTION_MODE')?.toLowerCase() ?? 'cbc';
  if (proto !== 'udp') return `It sends its packet by ${quoted(proto)}; Sallyport sends by UDP only.`;
  if (isYes(value('USE_GPG')) || value('GPG_RECIPIENT') !== undefined)
    return 'It encrypts with GPG; Sallyport has the symmetric keys only.';
  if (mode !== 'cbc') return `Its encryption mode is ${quoted(mode)}; Sallyport has CBC only.`;
  return isYes(value('NAT_RAND_PORT'))
    ? 'It asks for a random NAT port; Sallyport takes one that is known.'
    : null;
}

/**
 * fwknop's NAT (tried against it): the packet names NAT_PORT, or the port of ACCESS where there is none, and says behind
 * it where the server forwards that to: NAT_ACCESS, or the server's own port of ACCESS with NAT_LOCAL.
 */
function natOf(
  value: Value,
  access: number,
): { readonly port: number; readonly nat: SpaSettings['nat'] } | string {
  const to = value('NAT_ACCESS');
  const local = isYes(value('NAT_LOCAL'));
  if (to === undefined && !local) return { port: access, nat: null };
  const port = wholeNumber(value('NAT_PORT')) ?? access;
  if (to === undefined) return { port, nat: { kind: 'local-nat', port: access } };
  const [, host = '', written] = /^([^:,]+)(?:[:,](\d{1,5}))?$/.exec(to) ?? [];
  if (host === '') return `Its NAT_ACCESS is ${quoted(to)}; it is written like 192.168.1.5:22.`;
  return { port, nat: { kind: 'nat', host, port: wholeNumber(written) ?? access } };
}

interface Access {
  /** The first TCP port, which is proved and connected to. */
  readonly port: number;
  readonly more: readonly AccessPort[];
  /** What of it is no port. */
  readonly others: readonly string[];
}

/** `tcp/22,udp/53`. */
function readAccess(access: string | undefined): Access | string {
  if (access === undefined) return 'It names no ACCESS, so there is no port to prove.';
  const words = [...new Set(access.toLowerCase().split(','))];
  const read = words.map((word) => ({ word, port: word === '' ? undefined : parseAccessPorts(word)?.[0] }));
  const ports = read.flatMap(({ port }) => port ?? []);
  const proved = ports.find(({ protocol }) => protocol === 'tcp');
  if (proved === undefined) return `Its ACCESS is ${quoted(access)}; Sallyport proves TCP ports only.`;
  const more = ports.filter((port) => port !== proved);
  return {
    port: proved.port,
    more: more.slice(0, MOST_PORTS),
    others: [
      ...read.flatMap(({ word, port }) => (port === undefined && word !== '' ? [word] : [])),
      ...more.slice(MOST_PORTS).map((port) => formatAccessPorts([port])),
    ],
  };
}

function leftOutOf({ more, others }: Access, nat: SpaSettings['nat']): readonly string[] {
  const notes: string[] = [];
  if (nat !== null && more.length > 0) {
    const words = formatAccessPorts(more).replaceAll(',', ', ');
    notes.push(`With NAT the packet asks for one port; left out: ${words}.`);
  }
  if (others.length > 0) notes.push(`Left out of its ACCESS: ${quoted(others.join(', '))}.`);
  return notes;
}

function keysOf(value: Value): Pick<Spa, 'key' | 'hmacKey'> | string {
  if (value('KEY_FILE') !== undefined || value('HMAC_KEY_FILE') !== undefined)
    return 'Its keys are in files of their own; put KEY_BASE64 and HMAC_KEY_BASE64 into the stanza.';
  const plain = (name: string): string | undefined => {
    const passphrase = value(name);
    return passphrase === undefined ? undefined : encodeBase64(utf8ToBytes(passphrase));
  };
  const key = value('KEY_BASE64') ?? plain('KEY');
  const hmacKey = value('HMAC_KEY_BASE64') ?? plain('HMAC_KEY');
  if (key === undefined) return { key: { kind: 'keep' }, hmacKey: { kind: 'keep' } };
  if (hmacKey === undefined) return 'It has no HMAC key, and Sallyport sends no packet without an HMAC.';
  const wrong = spaKeyProblem(key) ?? spaHmacKeyProblem(hmacKey);
  return wrong ?? { key: { kind: 'typed', value: key }, hmacKey: { kind: 'typed', value: hmacKey } };
}

function notesOf(value: Value): readonly string[] {
  const notes: string[] = [];
  const resolves = ['RESOLVE_IP_HTTP', 'RESOLVE_IP_HTTPS'].some((name) => isYes(value(name)));
  if (resolves || value('ALLOW_IP')?.toLowerCase() === 'resolve')
    notes.push(
      'fwknop asks a web service for your address. Here the server lets in the address that it sees.',
    );
  for (const name of ['RAND_PORT', 'SPA_SOURCE_PORT', 'SPOOF_SOURCE_IP', 'TIME_OFFSET']) {
    if (value(name) !== undefined && value(name) !== 'N') notes.push(`${name} was left out.`);
  }
  return notes;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

function isYes(text: string | undefined): boolean {
  return text?.toUpperCase().startsWith('Y') === true;
}
