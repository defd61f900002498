/**
 * The parameters of RKS1: defaults, bounds, and how much guessing they cost. A person's mistakes come back as words by
 * field, so that an editor can show them where they were made and a command line can print them.
 */
import type { Protocol } from './step';
import { decodeBase32 } from './base32';

export interface PortRange {
  readonly low: number;
  readonly high: number;
}

export interface Rks1Parameters {
  /** Seconds, 10-86400. */
  readonly period: number;
  /** 3-10. */
  readonly steps: number;
  readonly protocols: readonly Protocol[];
  /** Inclusive. */
  readonly range: PortRange;
}

export type ParameterField = 'period' | 'steps' | 'protocols' | 'range';
export type ParameterProblems = Readonly<Partial<Record<ParameterField, string>>>;

export const RKS1_DEFAULTS: Rks1Parameters = {
  period: 30,
  steps: 5,
  protocols: ['tcp', 'udp'],
  range: { low: 10000, high: 49999 },
};

export const RKS1_BOUNDS = {
  secretBytes: { min: 16, max: 64, generated: 32 },
  period: { min: 10, max: 86400, long: 300 },
  steps: { min: 3, max: 10 },
  bits: { refused: 40, weak: 60 },
} as const;

const ICMP_SIZES = 961;

/** Bits of guessing that one code costs: log2 of the number of sequences that the parameters allow. */
export function strengthBits(parameters: Rks1Parameters): number {
  const ports = parameters.range.high - parameters.range.low + 1;
  const portProtocols = parameters.protocols.filter((protocol) => protocol !== 'icmp').length;
  const hasIcmp = portProtocols < parameters.protocols.length;
  let ways = 0;
  for (let icmpSteps = 0; icmpSteps <= parameters.steps; icmpSteps += 1) {
    const portSteps = parameters.steps - icmpSteps;
    if ((icmpSteps > 0 && !hasIcmp) || (portSteps > 0 && portProtocols === 0)) continue;
    ways +=
      choose(parameters.steps, icmpSteps) *
      falling(ICMP_SIZES, icmpSteps) *
      falling(ports, portSteps) *
      portProtocols ** portSteps;
  }
  return Math.log2(ways);
}

/** What is wrong, by field; an empty object when the parameters hold. */
export function checkParameters(parameters: Rks1Parameters): ParameterProblems {
  const problems: Partial<Record<ParameterField, string>> = {};
  const { period, steps, protocols, range } = parameters;
  const { period: periods, steps: counts, bits } = RKS1_BOUNDS;
  if (!Number.isInteger(period) || period < periods.min || period > periods.max) {
    problems.period = `The period is ${periods.min} to ${periods.max} whole seconds; 30 is usual.`;
  }
  if (!Number.isInteger(steps) || steps < counts.min || steps > counts.max) {
    problems.steps = `A code has ${counts.min} to ${counts.max} steps; 5 is usual.`;
  }
  if (protocols.length === 0) problems.protocols = 'Choose at least one of tcp, udp and icmp.';
  if (new Set(protocols).size < protocols.length) problems.protocols = 'Each protocol can be listed once.';
  const rangeProblem = checkRange(range, steps);
  if (rangeProblem !== null) problems.range = rangeProblem;
  if (Object.keys(problems).length > 0) return problems;
  const strength = strengthBits(parameters);
  if (strength < bits.refused) {
    return {
      range: `These settings give ${Math.floor(strength)} bits, which a patient guesser could hit; use a wider range or more steps (at least ${bits.refused} bits).`,
    };
  }
  return problems;
}

/** Things that work but that a person should know. */
export function parameterWarnings(parameters: Rks1Parameters): readonly string[] {
  const warnings: string[] = [];
  if (parameters.period > RKS1_BOUNDS.period.long) {
    warnings.push('A period over 300 s leaves a sniffed knock usable for longer.');
  }
  const bits = strengthBits(parameters);
  if (bits < RKS1_BOUNDS.bits.weak) {
    warnings.push(
      `These settings give ${Math.floor(bits)} bits; ${RKS1_BOUNDS.bits.weak} or more are recommended.`,
    );
  }
  return warnings;
}

/** The server takes the steps of a code within this many seconds, or within the period if that is shorter. */
const WINDOW_S = 15;
/** What the network may add to the gaps. */
const WINDOW_MARGIN_MS = 2000;

/** Words on a gap with which the last step would come too late, or null. */
export function gapProblem(gapMs: number, { period, steps }: Rks1Parameters): string | null {
  const window = Math.min(period, WINDOW_S);
  const longest = Math.floor((window * 1000 - WINDOW_MARGIN_MS) / (steps - 1));
  if (gapMs <= longest) return null;
  return `With ${steps} steps the gap is at most ${longest} ms: the server takes a code within ${window} s.`;
}

/** Characters, with spaces and padding. */
const LONGEST_SECRET_TEXT = 512;

/** A secret's bytes (16-64), or what is wrong with it. */
export function readSecret(text: string): Uint8Array | string {
  if (text.length > LONGEST_SECRET_TEXT) return 'The secret is far too long; it takes 16 to 64 bytes.';
  const bytes = decodeBase32(text);
  if (typeof bytes === 'string') return bytes;
  const { min, max } = RKS1_BOUNDS.secretBytes;
  if (bytes.length < min || bytes.length > max) {
    return `The secret has ${bytes.length} bytes; it takes ${min} to ${max}.`;
  }
  return bytes;
}

/** `10000-49999` as a range; null when it is not written so. Bounds are {@link checkParameters}'s. */
export function parseRange(text: string): PortRange | null {
  const match = /^\s*(\d{1,6})\s*-\s*(\d{1,6})\s*$/.exec(text);
  return match === null ? null : { low: Number(match[1]), high: Number(match[2]) };
}

export function formatRange(range: PortRange): string {
  return `${range.low}-${range.high}`;
}

function checkRange(range: PortRange, steps: number): string | null {
  const { low, high } = range;
  if (!Number.isInteger(low) || !Number.isInteger(high) || low < 1 || high > 65535 || low > high) {
    return 'The range is written like 10000-49999, from 1 to 65535.';
  }
  if (high - low + 1 <= steps)
    return `The range holds ${high - low + 1} ports; it takes more ports than steps.`;
  return null;
}

function falling(n: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i += 1) product *= n - i;
  return product;
}

function choose(n: number, k: number): number {
  return falling(n, k) / falling(k, k);
}
