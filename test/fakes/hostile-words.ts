/**
 * Hosts, users and names as somebody who means harm would write them: pieces that ssh, a terminal, a shell or an ssh_config
 * file reads as something of their own, put together in every way, and plain words with one such piece in them, so that
 * many are nearly right. The same seed makes the same words.
 */
import fc from 'fast-check';

export interface HostileTarget {
  readonly host: string;
  readonly user: string;
  readonly name: string;
}

const OPTIONS = [
  '-',
  '--',
  '-oProxyCommand=',
  '-oX=1',
  '-F/tmp/x',
  'ProxyCommand=touch x',
  '-l',
  '-e',
  '--ticket',
];
const SHELL = [
  '$(touch x)',
  '`touch x`',
  '${IFS}',
  ';',
  '|',
  '&',
  '&&',
  '>',
  '<',
  "'",
  '"',
  '\\',
  '!',
  '*',
  '?',
  '~',
  '#',
];
const TOKENS = [
  '%',
  '%h',
  '%%',
  '%r',
  '{host}',
  '{command}',
  '{user}',
  '=',
  ',',
  '@',
  ':',
  '/',
  '[',
  ']',
  '..',
  '.',
  '+',
];
const UNSEEN = [
  '\n',
  '\r',
  '\t',
  ' ',
  '\0',
  '\x1b[2J',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u00a0',
  '\ufeff',
  '\u200b',
];
const OTHER = [
  'é',
  '日本',
  '💥',
  'ﬀ',
  '．',
  '‐',
  'Ω',
  '\ud800',
  'ssh://',
  'Host *',
  'Match exec',
  'none',
  'localhost',
];
const PLAIN = [
  'web1',
  'a',
  'ops',
  'x-y',
  'b_c',
  'example.org',
  '10',
  '7',
  'CORP\\ada',
  'ada@corp',
  'WEB',
  'xn--bcher-kva',
];
const ADDRESSES = [
  '10.0.0.1',
  '0x7f.1',
  '2001:db8::7',
  '::1',
  'fe80::1%eth0',
  'fe80::1%$(id)',
  '[::1]',
  '127.1',
  '::ffff:192.0.2.1',
];

const hostile = fc.constantFrom(...OPTIONS, ...SHELL, ...TOKENS, ...UNSEEN, ...OTHER);
const plain = fc.constantFrom(...PLAIN);
const joined = (piece: fc.Arbitrary<string>, most: number) =>
  fc.array(piece, { minLength: 1, maxLength: most }).map((pieces) => pieces.join(''));

const word = fc.oneof(
  { weight: 4, arbitrary: joined(fc.oneof(hostile, plain), 4) },
  { weight: 2, arbitrary: fc.tuple(plain, hostile, plain).map((pieces) => pieces.join('')) },
  { weight: 2, arbitrary: fc.array(plain, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('.')) },
  { weight: 1, arbitrary: joined(fc.constantFrom('-', '_', '.', 'a', '0', 'Z'), 70) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(...ADDRESSES) },
);

export function hostileTargets(count: number, seed: number): readonly HostileTarget[] {
  return fc.sample(fc.record({ host: word, user: word, name: word }), { numRuns: count, seed });
}
