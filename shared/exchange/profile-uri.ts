/**
 * One profile as a link: `sallyport://profile/v1?name=…&host=…&alg=…`, after otpauth's key URI. It is how a QR code
 * carries a profile, and it holds the secret in plain. Reading is strict: every key known, none twice, nothing unseen.
 */
import { assertNever } from '../contract/result';
import { AFTER_TERMINAL } from '../profile/after';
import { UNSEEN } from '../profile/argv';
import { fieldProblems } from '../profile/draft';
import { profileSchema, type Profile } from '../profile/profile';
import { profileSecretSchema, type ProfileSecret } from '../profile/secret';
import { SPA_DEFAULTS } from '../profile/spa';
import { formatRange, parseRange, RKS1_DEFAULTS } from '../sequence/parameters';
import { draftOfProfile } from './draft-of-profile';
import { DRAFT_DEFAULTS, quoted, type ImportEntry } from './entry';

const HEAD = 'sallyport://profile/v1?';
/** What a QR code of a size that cameras read takes. */
export const LONGEST_URI = 2000;

const COMMON = ['name', 'host', 'port', 'user', 'open-for', 'family', 'gap', 'alg'] as const;
const OF_ALG = {
  rks1: ['secret', 'period', 'steps', 'protocols', 'range'],
  sequence: ['sequence', 'close', 'flags'],
  spa: ['key', 'hmac', 'digest', 'spa-port', 'allow', 'nat', 'more-ports', 'timeout', 'spa-user'],
} as const;
type Alg = keyof typeof OF_ALG;
const NUMBERS = ['port', 'open-for', 'gap', 'period', 'steps', 'spa-port', 'timeout'] as const;

/** Null when the profile is too long for a link, as every one-time list is. */
export function writeProfileUri(profile: Profile, secret: ProfileSecret): string | null {
  const how = methodFields(profile.method, secret);
  if (how === null) return null;
  const { name, host, port, user, openFor, family, gapMs } = profile;
  const fields: [string, string | null][] = [
    ['name', name],
    ['host', host],
    ['port', String(port)],
    ['user', user],
    ['open-for', String(openFor)],
    // Only where they differ: programs from before these two fields refuse a link that has them.
    ['family', family === DRAFT_DEFAULTS.family ? null : family],
    ['gap', gapMs === DRAFT_DEFAULTS.gapMs ? null : String(gapMs)],
    ...how,
  ];
  const query = fields
    .filter((field): field is [string, string] => field[1] !== null)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const uri = HEAD + query.join('&');
  return uri.length > LONGEST_URI ? null : uri;
}

function methodFields(method: Profile['method'], secret: ProfileSecret): [string, string | null][] | null {
  switch (method.kind) {
    case 'rotating': {
      const { period, steps, protocols, range } = method.parameters;
      return [
        ['alg', 'rks1'],
        ['period', String(period)],
        ['steps', String(steps)],
        ['protocols', protocols.join(',')],
        ['range', formatRange(range)],
        ['secret', secret.kind === 'rotating' ? secret.secret : null],
      ];
    }
    case 'static':
      return [
        ['alg', 'sequence'],
        ['flags', method.tcpFlags.join(',')],
        ['sequence', secret.kind === 'static' ? secret.sequence : null],
        ['close', secret.kind === 'static' ? secret.closeSequence : null],
      ];
    case 'spa': {
      const { serverPort, hmacDigest, allow, nat, morePorts, timeout, username } = method.settings;
      return [
        ['alg', 'spa'],
        ['spa-port', String(serverPort)],
        ['digest', hmacDigest],
        ['allow', allow.kind === 'fixed' ? allow.address : null],
        // `host:port`, and `:port` for another port of the server's own.
        ['nat', nat === null ? null : `${nat.kind === 'nat' ? nat.host : ''}:${nat.port}`],
        ['more-ports', morePorts === '' ? null : morePorts],
        ['timeout', timeout === null ? null : String(timeout)],
        ['spa-user', username],
        ['key', secret.kind === 'spa' ? secret.key : null],
        ['hmac', secret.kind === 'spa' ? secret.hmacKey : null],
      ];
    }
    case 'one-time':
      return null;
    default:
      return assertNever(method);
  }
}

/** The entry, or words on what is wrong with the link. Never with any of its values: one of them is a secret. */
export function readProfileUri(text: string): ImportEntry | string {
  const uri = text.trim();
  if (uri.length > LONGEST_URI) return `A link has at most ${LONGEST_URI} characters.`;
  if (!uri.toLowerCase().startsWith(HEAD)) return `A profile link begins with ${HEAD}`;
  const fields = fieldsOf(uri.slice(HEAD.length));
  if (typeof fields === 'string') return fields;
  const alg = fields.get('alg') ?? 'rks1';
  if (!Object.hasOwn(OF_ALG, alg)) return `The link’s alg is none of ${Object.keys(OF_ALG).join(', ')}.`;
  const known: readonly string[] = [...COMMON, ...OF_ALG[alg as Alg]];
  const unknown = [...fields.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined) return `The link has a field "${quoted(unknown)}" that is not known here.`;
  const odd = NUMBERS.find((key) => !/^\d{1,6}$/.test(fields.get(key) ?? '0'));
  if (odd !== undefined) return `The link’s ${odd} is not a whole number.`;
  return entryOf(alg as Alg, (key) => fields.get(key));
}

function fieldsOf(query: string): ReadonlyMap<string, string> | string {
  const fields = new Map<string, string>();
  for (const part of query.split('&')) {
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    const value = at < 0 ? null : decoded(part.slice(at + 1));
    if (value === null) return 'The link is damaged: a field has no value that can be read.';
    if (fields.has(key)) return `The link has "${quoted(key)}" twice.`;
    if (UNSEEN.test(value)) return `The link’s "${quoted(key)}" has control or direction characters.`;
    fields.set(key, value);
  }
  return fields;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

type Field = (key: string) => string | undefined;

function entryOf(alg: Alg, field: Field): ImportEntry | string {
  const profile = profileSchema.omit({ id: true, createdAt: true, updatedAt: true }).safeParse({
    ...DRAFT_DEFAULTS,
    after: AFTER_TERMINAL,
    name: field('name') ?? field('host') ?? '',
    host: field('host') ?? '',
    port: numberOf(field('port')) ?? DRAFT_DEFAULTS.port,
    user: field('user') ?? null,
    openFor: numberOf(field('open-for')) ?? DRAFT_DEFAULTS.openFor,
    family: field('family') ?? DRAFT_DEFAULTS.family,
    gapMs: numberOf(field('gap')) ?? DRAFT_DEFAULTS.gapMs,
    favourite: false,
    method: methodOf(alg, field),
  });
  if (!profile.success) return firstWords(profile.error);
  const written = secretOf(alg, field);
  const secret = written === null ? null : profileSecretSchema.safeParse(written);
  if (secret !== null && !secret.success) return firstWords(secret.error);
  const draft = draftOfProfile(profile.data, secret?.data ?? null);
  const missing = secret === null ? (['secret'] as const) : [];
  return { draft, favourite: false, at: { file: null, line: null }, missing, notes: [] };
}

function methodOf(alg: Alg, field: Field): unknown {
  switch (alg) {
    case 'rks1': {
      const { period, steps, protocols, range } = RKS1_DEFAULTS;
      const parameters = {
        period: numberOf(field('period')) ?? period,
        steps: numberOf(field('steps')) ?? steps,
        protocols: field('protocols')?.split(',') ?? protocols,
        range: parseRange(field('range') ?? formatRange(range)),
      };
      return { kind: 'rotating', parameters };
    }
    case 'sequence': {
      const tcpFlags = (field('flags') ?? 'syn').split(',');
      return { kind: 'static', tcpFlags, hasClose: field('close') !== undefined };
    }
    case 'spa': {
      const allow = field('allow');
      const settings = {
        serverPort: numberOf(field('spa-port')) ?? SPA_DEFAULTS.serverPort,
        hmacDigest: field('digest') ?? SPA_DEFAULTS.hmacDigest,
        allow: allow === undefined ? SPA_DEFAULTS.allow : { kind: 'fixed', address: allow },
        nat: natOf(field('nat')),
        morePorts: field('more-ports') ?? SPA_DEFAULTS.morePorts,
        timeout: numberOf(field('timeout')) ?? null,
        username: field('spa-user') ?? SPA_DEFAULTS.username,
      };
      return { kind: 'spa', settings };
    }
    default:
      return assertNever(alg);
  }
}

function natOf(text: string | undefined): unknown {
  if (text === undefined) return null;
  const at = text.lastIndexOf(':');
  const port = numberOf(text.slice(at + 1));
  return at > 0 ? { kind: 'nat', host: text.slice(0, at), port } : { kind: 'local-nat', port };
}

/** Null when the link holds no secret at all. */
function secretOf(alg: Alg, field: Field): unknown {
  switch (alg) {
    case 'rks1':
      return field('secret') === undefined ? null : { kind: 'rotating', secret: field('secret') };
    case 'sequence': {
      const [sequence, close] = [field('sequence'), field('close')];
      if (sequence === undefined && close === undefined) return null;
      return { kind: 'static', sequence, closeSequence: close ?? null };
    }
    case 'spa': {
      const [key, hmacKey] = [field('key'), field('hmac')];
      return key === undefined && hmacKey === undefined ? null : { kind: 'spa', key, hmacKey };
    }
    default:
      return assertNever(alg);
  }
}

/** NaN, which no schema takes, for what is no plain number. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}

function firstWords(error: Parameters<typeof fieldProblems>[0]): string {
  const [[field, words] = ['', 'The link is not as expected.']] = Object.entries(fieldProblems(error));
  const name = field.replace(/^method\.(parameters|settings)\./, '');
  return field === '' ? words : `The link’s ${quoted(name)}: ${words}`;
}
