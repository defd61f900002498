/**
 * What a person can paste into a question to somebody else: how the profile knocks and what its runs saw, without who and
 * where. Names, users, hosts and addresses are replaced; secrets and steps were never in it.
 */
import { familyName } from '../advice/network';
import type { ProfileView, RunView } from '../contract/views';
import { isIpv4, isIpv6, isPrivate } from '../profile/address';
import type { RunRecord } from './record';

export interface DiagnosticsFacts {
  readonly version: string;
  readonly platform: string;
  readonly profile: ProfileView;
  readonly run: RunView | null;
  readonly history: readonly RunRecord[];
}

const RUNS_TOLD = 10;
const IPV4_LIKE = /\d{1,3}(?:\.\d{1,3}){3}/g;
const IPV6_LIKE = /[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?/g;

export function diagnostics({ version, platform, profile, run, history }: DiagnosticsFacts): string {
  const { method, family, gapMs, openFor } = profile;
  const lines = [
    `Sallyport ${version} on ${platform}`,
    `method: ${methodWords(method)}`,
    `family: ${family}, gap ${gapMs} ms, open for ${openFor} s`,
    ...(run === null ? ['no run since the start'] : runLines(run, profile)),
    `runs kept: ${history.length}`,
    ...history.slice(0, RUNS_TOLD).map(recordLine),
  ];
  return `${lines.join('\n')}\n`;
}

/** `public IPv4`, `private IPv6`: what matters of an address, without which one it is. */
export function addressKind(address: string): string {
  return `${isPrivate(address) ? 'private' : 'public'} ${familyName(address)}`;
}

/** Takes the host, the profile's name, the user and whatever reads as an address out of words. */
export function redact(
  text: string,
  { host, name, user }: Pick<ProfileView, 'host' | 'name' | 'user'>,
): string {
  const known = [host, name, ...(user === null ? [] : [user])].toSorted((a, b) => b.length - a.length);
  const marked = known.reduce((words, secret) => words.replaceAll(secret, '…'), text);
  const noIpv4 = marked.replace(IPV4_LIKE, (found) => (isIpv4(found) ? `(${addressKind(found)})` : found));
  return noIpv4.replace(IPV6_LIKE, (found) => {
    const [, address = '', end = ''] = /^(.*?)([:.]?)$/.exec(found) ?? [];
    const bare = address.split('%')[0] ?? '';
    if (isIpv6(bare)) return `(${addressKind(bare)})${end}`;
    // A time of day has two colons; what has more, or two together, is better told too little of.
    return found.includes('::') || found.split(':').length > 4 ? '(address)' : found;
  });
}

function methodWords(method: ProfileView['method']): string {
  switch (method.kind) {
    case 'rotating': {
      const { period, steps, protocols } = method;
      return `rotating, period ${period} s, ${steps} steps over ${protocols.join(', ')}, ${Math.floor(method.bits)} bits`;
    }
    case 'spa':
      return `spa, ${method.hmacDigest}, asks for ${method.timeout ?? 'the usual'} s`;
    default:
      return method.kind;
  }
}

function runLines(run: RunView, profile: ProfileView): readonly string[] {
  const { advice, message, problem } = run;
  const sent = run.steps.filter(({ sentMs }) => sentMs !== null).length;
  return [
    `newest run: ${run.verdict ?? run.phase}, ${run.before ?? '?'} -> ${run.after ?? '?'}, try ${run.attempt} of ${run.attempts}, ${sent} of ${run.steps.length} steps sent, ${Math.round(run.elapsedMs ?? 0)} ms`,
    ...(message === null ? [] : [`said: ${redact(message, profile)}`]),
    ...(problem === null ? [] : [`problem: ${problem.code} ${redact(problem.detail ?? '', profile)}`.trim()]),
    ...advice.checks.map(
      ({ kind, certainty, text }) => `check ${kind}: ${certainty}: ${redact(text, profile)}`,
    ),
  ];
}

function recordLine(record: RunRecord): string {
  const { at, action, verdict, code, before, after, address, attempts, elapsedMs, found } = record;
  const way = address === null ? 'no address' : addressKind(address);
  const words = [
    new Date(at).toISOString(),
    action,
    code === null ? verdict : `${verdict} (${code})`,
    `${before ?? '?'} -> ${after ?? '?'}`,
    way,
    `by ${record.interface ?? '?'}`,
    `${attempts} tries`,
    `${Math.round(elapsedMs)} ms`,
    ...found.map((kind) => `found ${kind}`),
  ];
  return `- ${words.join(', ')}`;
}
