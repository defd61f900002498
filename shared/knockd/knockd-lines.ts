/**
 * The sections of a knockd.conf as knockd 0.8 reads them (knockd(1), and what its parser lets pass): directives in any
 * case and under their other names, `#` at the start of a line only, the last of two equal directives. Numbers are read
 * as C's atoi reads them, so that `8000 # web` is 8000.
 */

export interface KnockdSection {
  readonly name: string;
  /** Of its heading. */
  readonly line: number;
  /** By directive in lower case, under its first name. */
  readonly directives: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
}

export interface KnockdFile {
  /** Without `[options]`. */
  readonly sections: readonly KnockdSection[];
  readonly bad: readonly { readonly line: number; readonly why: string }[];
}

const ALIASES: Readonly<Record<string, string>> = {
  timeout: 'seq_timeout',
  command: 'start_command',
  command_6: 'start_command_6',
};
const DIRECTIVES = new Set([
  'sequence',
  'one_time_sequences',
  'seq_timeout',
  'tcpflags',
  'target',
  'start_command',
  'start_command_6',
  'cmd_timeout',
  'stop_command',
  'stop_command_6',
]);
const LONGEST_NAME = 127;

export function readKnockdFile(text: string): KnockdFile {
  const sections: (KnockdSection & { directives: Map<string, { value: string; line: number }> })[] = [];
  const bad: { line: number; why: string }[] = [];
  let place: 'before' | 'options' | 'door' = 'before';
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const words = raw.trim();
    const heading = /^\[(.*)\]$/.exec(words);
    if (words === '' || words.startsWith('#')) continue;
    if (heading !== null) {
      const name = (heading[1] ?? '').slice(0, LONGEST_NAME);
      place = name === 'options' ? 'options' : 'door';
      if (place === 'door') sections.push({ name, line, directives: new Map() });
    } else if (place === 'before') {
      bad.push({ line, why: 'It stands before the first section.' });
    } else if (place === 'door') {
      const why = addDirective(sections.at(-1)?.directives, words, line);
      if (why !== null) bad.push({ line, why });
    }
  }
  return { sections, bad };
}

function addDirective(
  directives: Map<string, { value: string; line: number }> | undefined,
  text: string,
  line: number,
): string | null {
  const equals = text.indexOf('=');
  const written = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
  const key = Object.hasOwn(ALIASES, written) ? (ALIASES[written] ?? written) : written;
  if (!DIRECTIVES.has(key)) return 'knockd has no such directive and would not start with this file.';
  if (equals < 0) return 'It has no value; knockd would not start with this file.';
  directives?.set(key, { value: text.slice(equals + 1).trim(), line });
  return null;
}

/** atoi(3): the number that the text begins with, 0 where there is none. */
export function leadingNumber(text: string): number {
  return Number(/^\s*([+-]?\d{1,12})/.exec(text)?.[1] ?? 0);
}

/** A sequence in our notation, or what is wrong with it. */
export function knockdSequence(value: string): { readonly steps: string } | { readonly why: string } {
  const steps: string[] = [];
  for (const [index, part] of value.split(',').entries()) {
    const [number = '', protocol = 'tcp'] = part.split(':');
    const port = leadingNumber(number);
    const kind = protocol.trim().toLowerCase();
    if (port < 1 || port > 65535) {
      return { why: `Step ${index + 1} has no port from 1 to 65535; no knock can complete it.` };
    }
    if (kind !== 'tcp' && kind !== 'udp') {
      return { why: `Step ${index + 1} is neither tcp nor udp; knockd would not start with this file.` };
    }
    steps.push(`${port}:${kind}`);
  }
  return { steps: steps.join(',') };
}
