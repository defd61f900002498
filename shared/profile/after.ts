/**
 * What follows once a knock has made the port reachable: ssh in the person's terminal, a link, a program of their own, or
 * nothing. Links and programs are checked when they are saved and again when they are used; whatever a profile puts into
 * a program's arguments fills part of one argument and never makes a second one.
 */
import { z } from 'zod';
import { assertNever, fail, ok, type Result } from '../contract/result';
import { sshArgv } from '../ssh/ssh-argv';
import { hostProblem, isIpv4, isIpv6, portProblem, userProblem } from './address';
import { argvSchema } from './argv';
import { checked } from './checked';
import { EDIT_PROFILE } from '../text/edit-hints';

/** Schemes that show something and run nothing; what else a desktop has handlers for is not ours to start. */
const LINK_SCHEMES: readonly string[] = ['https', 'http', 'vnc', 'rdp', 'sftp'];
const LONGEST_LINK = 2048;
const LINK = /^([a-z]+):\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d{1,5}))?([/?#].*)?$/;
/** What RFC 3986 allows, without what a shell acts on: a desktop may hand a link to a script (xdg-open is one). */
const LINK_TEXT = /^[A-Za-z0-9\-._~:/?#[\]@&+,=%]*$/;

const LINK_V6 = /^\[[\da-f:.]+\]$/i;
const NOT_IPV6 = 'Between the brackets stands no IPv6 address.';
const NOT_IPV4 = 'This is not a whole IPv4 address; it is written like 203.0.113.7.';

/** Words on what is wrong with a link, or null. */
export function linkProblem(link: string): string | null {
  if (link === '') return 'Enter the address to open.';
  if (link.length > LONGEST_LINK) return `An address has at most ${LONGEST_LINK} characters.`;
  const schemes = LINK_SCHEMES.join(', ');
  const [, scheme = '', host = '', port, rest = ''] = LINK.exec(link) ?? [];
  if (scheme === '') return `An address is written like https://web1.example.org/, with one of ${schemes}.`;
  if (!LINK_SCHEMES.includes(scheme)) return `Only ${schemes} are opened.`;
  if (host.includes('@')) return 'Leave user and password out of the address.';
  const bad = linkHostProblem(host);
  if (bad !== null) return bad;
  if (port !== undefined && portProblem(Number(port)) !== null) return 'A port is a number from 1 to 65535.';
  return LINK_TEXT.test(rest)
    ? null
    : 'Write spaces, quotes and other special characters as %20 and the like.';
}

function linkHostProblem(host: string): string | null {
  if (host.startsWith('[')) return LINK_V6.test(host) && isIpv6(host.slice(1, -1)) ? null : NOT_IPV6;
  // What ends in a number is read as an IPv4 address, in octal and hexadecimal too (WHATWG URL, 3.5).
  if (/(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i.test(host) && !isIpv4(host)) return NOT_IPV4;
  return hostProblem(host);
}

/** The host that a link leads to, for a person to see; the link has passed {@link linkProblem}. */
export function linkHost(link: string): string {
  return LINK.exec(link)?.[2] ?? '';
}

/** What may stand in a program's arguments. */
const PLACEHOLDERS: readonly string[] = ['host', 'address', 'port', 'user'];
const BRACED = /\{([A-Za-z]+)\}/g;

const programArgv = argvSchema.superRefine((argv, context) => {
  for (const [index, argument] of argv.entries()) {
    const unknown = placeholdersOf(argument).find((name) => !PLACEHOLDERS.includes(name));
    if (unknown === undefined || index === 0) continue;
    const message = `There is no {${unknown}}; there are {host}, {address}, {port} and {user}.`;
    context.addIssue({ code: 'custom', message, path: [index] });
  }
});

export const afterSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('terminal') }),
  z.object({ kind: z.literal('url'), url: checked(linkProblem) }),
  z.object({ kind: z.literal('program'), argv: programArgv }),
  z.object({ kind: z.literal('nothing') }),
]);

export type AfterKnock = Readonly<z.infer<typeof afterSchema>>;
export const AFTER_TERMINAL: AfterKnock = { kind: 'terminal' };

/** Words on what a program asks of a profile that it does not have, or null. */
export function missingUserProblem(after: AfterKnock, user: string | null): string | null {
  if (after.kind !== 'program' || user !== null) return null;
  return after.argv.some((argument) => placeholdersOf(argument).includes('user'))
    ? 'The profile has no user to put in place of {user}.'
    : null;
}

/** What is started, with everything filled in. */
export type NextStep =
  | { readonly kind: 'ssh'; readonly argv: readonly string[] }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'program'; readonly argv: readonly string[] }
  | { readonly kind: 'nothing' };

export interface NextTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly after: AfterKnock;
}

/** @param address the pinned address; null before there is one, to learn whether the rest holds. */
export function nextStep(target: NextTarget, address: string | null): Result<NextStep> {
  const { after } = target;
  switch (after.kind) {
    case 'terminal': {
      const argv = sshArgv({ ...target, address });
      return argv.ok ? ok({ kind: 'ssh', argv: argv.value }) : argv;
    }
    case 'url': {
      const problem = linkProblem(after.url);
      return problem === null ? ok(after) : fail('bad-input', `The link is not opened: ${problem}`, EDIT);
    }
    case 'program':
      return program(target, after.argv, address);
    case 'nothing':
      return ok(after);
    default:
      return assertNever(after);
  }
}

const EDIT = { hint: EDIT_PROFILE } as const;

function program({ host, port, user, after }: NextTarget, argv: readonly string[], address: string | null) {
  const parsed = afterSchema.safeParse(after);
  const problem =
    (parsed.success ? null : (parsed.error.issues[0]?.message ?? 'its arguments do not hold')) ??
    hostProblem(host) ??
    portProblem(port) ??
    (user === null ? missingUserProblem(after, user) : userProblem(user)) ??
    (address === null || isIpv4(address) || isIpv6(address) ? null : 'the pinned address is not an address.');
  if (problem !== null) return fail('bad-input', `The program is not started: ${problem}`, EDIT);
  const values: Readonly<Record<string, string>> = {
    host,
    address: address ?? host,
    port: String(port),
    user: user ?? '',
  };
  // One pass: what is filled in is not looked at again.
  const filled = argv.map((argument, index) =>
    index === 0 ? argument : argument.replace(BRACED, (all, name: string) => values[name] ?? all),
  );
  return ok({ kind: 'program' as const, argv: filled });
}

function placeholdersOf(argument: string): readonly string[] {
  return [...argument.matchAll(BRACED)].map(([, name = '']) => name);
}
