/**
 * A list of sequences of which each works once, as knockd keeps it: one sequence a line; blank lines are left out, and so
 * are lines that begin with #, which is also how knockd marks a line that was used. Parsing never throws.
 */
import { formatBareSteps, parseStaticSequence, type Step } from './step';

/** Characters; what fits into one request of the command line with room to spare. */
export const LONGEST_LIST = 30_000;
/** With this many lines left or fewer, a person should make a new list. */
export const FEW_LINES = 3;

export interface OneTimeLine {
  /** In the text, from 1. */
  readonly number: number;
  readonly steps: readonly Step[];
}

export type ParsedList =
  | { readonly ok: true; readonly lines: readonly OneTimeLine[] }
  | { readonly ok: false; readonly message: string };

/** The lines that are not marked as used, in order: one at least. */
export function parseOneTimeList(text: string): ParsedList {
  if (text.length > LONGEST_LIST) {
    return { ok: false, message: `The list has ${text.length} characters; ${LONGEST_LIST} is the most.` };
  }
  const lines: OneTimeLine[] = [];
  const seen = new Map<string, number>();
  let marked = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) marked += 1;
    if (line === '' || line.startsWith('#')) continue;
    const number = index + 1;
    const parsed = parseStaticSequence(line);
    if (!parsed.ok) return { ok: false, message: `Line ${number}: ${parsed.message}` };
    const sequence = formatBareSteps(parsed.steps);
    const first = seen.get(sequence);
    if (first !== undefined) {
      return { ok: false, message: `Line ${number} is the same as line ${first}; each sequence works once.` };
    }
    seen.set(sequence, number);
    lines.push({ number, steps: parsed.steps });
  }
  if (lines.length > 0) return { ok: true, lines };
  const message =
    marked > 0
      ? 'Every line of the list begins with #, so all are used.'
      : 'The list is empty; write one sequence a line, like 7000:tcp,8000:udp.';
  return { ok: false, message };
}

/**
 * How many lines of a changed list are used already: all up to the last one that the old list had used.
 * @param used how many lines of `before` are.
 */
export function usedAfterChange(before: string, used: number, after: string): number {
  const [old, now] = [parseOneTimeList(before), parseOneTimeList(after)];
  if (!old.ok || !now.ok) return 0;
  const gone = new Set(old.lines.slice(0, used).map(({ steps }) => formatBareSteps(steps)));
  return now.lines.findLastIndex(({ steps }) => gone.has(formatBareSteps(steps))) + 1;
}

/** The list with its first `used` lines marked, as knockd marks them: what a copy of it has left. */
export function markUsed(text: string, used: number): string {
  const parsed = parseOneTimeList(text);
  if (!parsed.ok) return text;
  const gone = new Set(parsed.lines.slice(0, used).map(({ number }) => number));
  return text
    .split('\n')
    .map((line, index) => (gone.has(index + 1) ? `#${line}` : line))
    .join('\n');
}
