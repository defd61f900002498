/**
 * What a person should know of a fixed sequence before a server has it: how much guessing it costs, and each reason why
 * it may be guessed or may not arrive. Steps are told by their number in the sequence and never by their port, so that
 * the words can be printed where the sequence must not be.
 */
import { oftenBlocked, oftenServed } from './known-ports';
import type { OneTimeLine } from './one-time';
import { sameStep, type Step } from './step';
import { direction, equalStrides, isRound, sequenceBits, strengthWord } from './strength';

export interface SequenceLint {
  /** {@link sequenceBits}. */
  readonly bits: number;
  /** Sentences, the most serious first. */
  readonly warnings: readonly string[];
}

export interface LintContext {
  /** The port behind the door; null when nothing is behind it. */
  readonly port: number | null;
}

const FEW_STEPS = 3;

export function lintSequence(steps: readonly Step[], { port }: LintContext): SequenceLint {
  const doors = going(steps, (step) => isDoor(step, port));
  const served = going(steps, (step) => oftenServed(step) && !isDoor(step, port));
  const blocked = going(steps, oftenBlocked);
  const warnings = [
    few(steps),
    doors === null ? null : `${doors} to the port behind the door, which looks like somebody connecting.`,
    oneWay(steps),
    equalStrides(steps)
      ? 'The steps are the same distance apart, so two of them give the others away.'
      : null,
    steps.length > 1 && steps.every(isRound)
      ? 'All numbers are round, which is what a guesser tries first.'
      : null,
    twice(steps),
    blocked === null
      ? null
      : `${blocked} where clouds and access providers often block, so the knock may never arrive whole.`,
    served === null
      ? null
      : `${served} where a service often answers, and a live service there spoils the knock.`,
  ];
  return { bits: sequenceBits(steps), warnings: warnings.filter((warning) => warning !== null) };
}

/** How many lines of a list are told one by one. */
const LINES_TOLD = 3;

/** The same for a one-time list: the bits of its weakest line, and what to know of its first few bad ones. */
export function lintList(lines: readonly OneTimeLine[], context: LintContext): SequenceLint {
  const linted = lines.map(({ number, steps }) => ({ number, ...lintSequence(steps, context) }));
  const bits = Math.min(...linted.map((line) => line.bits));
  const bad = linted.filter(({ warnings }) => warnings.length > 0);
  const told = bad.slice(0, LINES_TOLD).map(({ number, warnings }) => `Line ${number}: ${warnings[0] ?? ''}`);
  const left = bad.length - told.length;
  return { bits, warnings: left > 0 ? [...told, moreLines(left)] : told };
}

function moreLines(count: number): string {
  return count === 1 ? 'One more line has such weaknesses.' : `${count} more lines have such weaknesses.`;
}

/** What two sequences of one door do to each other; null when neither contains the other. */
export function closeWarning(open: readonly Step[], close: readonly Step[]): string | null {
  if (contains(open, close) && contains(close, open))
    return 'The close sequence is the same as the one that opens, so which of the two happens is up to the server.';
  if (contains(close, open))
    return 'The close sequence has the whole open sequence in it, so closing opens first.';
  if (contains(open, close))
    return 'The open sequence has the whole close sequence in it, so opening may close again.';
  return null;
}

/** `51 bits, good`. */
export function strengthWords(bits: number): string {
  return `${bitsWord(bits)}, ${strengthWord(bits)}`;
}

/** `1 bit`, `51 bits`. */
export function bitsWord(bits: number): string {
  const whole = Math.floor(bits);
  return `${whole} ${whole === 1 ? 'bit' : 'bits'}`;
}

function few(steps: readonly Step[]): string | null {
  return steps.length < FEW_STEPS ? 'Fewer than three steps: a port scan may open the door by chance.' : null;
}

function oneWay(steps: readonly Step[]): string | null {
  const way = steps.length < FEW_STEPS ? null : direction(steps);
  if (way === null) return null;
  const words = way === 'up' ? 'rise' : 'fall';
  return `The numbers only ${words}: with knockd or plain firewall rules, one port scan in that order opens the door.`;
}

function twice(steps: readonly Step[]): string | null {
  if (steps.some((step, index) => sameStep(step, steps[index - 1]))) {
    return 'The same step twice running: a network that doubles or drops a packet breaks the knock.';
  }
  const again = steps.findIndex((step, index) => steps.slice(0, index).some((one) => sameStep(one, step)));
  return again < 0 ? null : `Step ${again + 1} repeats an earlier one, so there is less to guess.`;
}

function isDoor(step: Step, port: number | null): boolean {
  return step.kind !== 'icmp' && step.port === port;
}

function contains(long: readonly Step[], short: readonly Step[]): boolean {
  return long.some(
    (_, at) =>
      at + short.length <= long.length && short.every((step, index) => sameStep(step, long[at + index])),
  );
}

/** `Step 2 goes`, `Steps 2 and 4 go`; null when none does. */
function going(steps: readonly Step[], does: (step: Step) => boolean): string | null {
  const numbers = steps.flatMap((step, index) => (does(step) ? [String(index + 1)] : []));
  const last = numbers.pop();
  if (last === undefined) return null;
  return numbers.length === 0 ? `Step ${last} goes` : `Steps ${numbers.join(', ')} and ${last} go`;
}
