/**
 * How many bits a fixed sequence costs to guess: log2 of the tries of somebody who does not try at random, but begins
 * with what people choose. It is an upper bound, an attacker who knows the person needs fewer.
 *
 * The model. Each step costs the cheapest way of naming its number: any of 65,535 ports (16 bits), or 2 bits for saying
 * "one of these kinds" and then which: a round number, a number with a pattern of digits, the port of a service, a
 * number near the step before, one that was used before; a number as far on as the step before was costs 1 bit.
 * The protocols cost 1 bit when all are the same, else one choice a step. Nothing of this counts when the numbers only
 * go one way: where the server forgets what lies between (knockd, `iptables -m recent`), a single scan of all ports in
 * that order opens the door, so what is left to guess is the direction, and with two protocols their order.
 */
import { oftenServed, SERVICE_COUNT } from './known-ports';
import { MAX_ICMP_PAYLOAD, sameStep, type Step } from './step';

const PORTS = 65_535;
/** What saying "one of the unlikely kinds" costs. */
const KIND_BITS = 2;
const NEAR = 16;
/** 1111 to 66666 and the runs like 1234, 12345 and 4321. */
const DIGIT_PATTERNS = 40;
/** Under this a person should choose other numbers. */
export const WEAK_BITS = 28;
const GOOD_BITS = 40;

/** Bits, 0 or more. */
export function sequenceBits(steps: readonly Step[]): number {
  const guessed = steps.reduce((sum, _, index) => sum + numberBits(steps, index), protocolBits(steps));
  const scanned = scanBits(steps);
  return scanned === null ? guessed : Math.min(guessed, scanned);
}

export function strengthWord(bits: number): 'weak' | 'fair' | 'good' {
  if (bits < WEAK_BITS) return 'weak';
  return bits < GOOD_BITS ? 'fair' : 'good';
}

/** Up, down, or neither; a step that no port scan sends makes it neither. */
export function direction(steps: readonly Step[]): 'up' | 'down' | null {
  if (steps.some(({ kind }) => kind === 'icmp')) return null;
  const moves = steps.slice(1).map((step, index) => Math.sign(numberOf(step) - numberOf(steps[index])));
  if (moves.every((move) => move > 0)) return 'up';
  return moves.every((move) => move < 0) ? 'down' : null;
}

/** Whether each number is as far from the one before as that was from its own; false under three steps. */
export function equalStrides(steps: readonly Step[]): boolean {
  return (
    steps.length > 2 &&
    steps.every((_, index) => index < 2 || stride(steps, index) === stride(steps, index - 1))
  );
}

export function isRound(step: Step): boolean {
  const number = numberOf(step);
  return number > 0 && number % 100 === 0;
}

/** The port; of an ICMP step its size. */
function numberOf(step: Step | undefined): number {
  if (step === undefined) return 0;
  return step.kind === 'icmp' ? step.payload : step.port;
}

function stride(steps: readonly Step[], index: number): number {
  return numberOf(steps[index]) - numberOf(steps[index - 1]);
}

function scanBits(steps: readonly Step[]): number | null {
  if (direction(steps) === null) return null;
  const mixed = new Set(steps.map(({ kind }) => kind)).size > 1;
  if (steps.length < 2) return 0;
  return mixed ? 3 : 1;
}

function protocolBits(steps: readonly Step[]): number {
  const kinds = new Set(steps.map(({ kind }) => kind));
  if (kinds.size === 1) return 1;
  return steps.length * Math.log2(kinds.has('icmp') ? 3 : 2);
}

function numberBits(steps: readonly Step[], index: number): number {
  const step = steps[index];
  if (step === undefined) return 0;
  const number = numberOf(step);
  const costs = [Math.log2(step.kind === 'icmp' ? MAX_ICMP_PAYLOAD + 1 : PORTS)];
  const kind = (ways: number): void => void costs.push(KIND_BITS + Math.log2(ways));
  if (number % 1000 === 0) kind(PORTS / 1000);
  if (number % 100 === 0) kind(PORTS / 100);
  if (isDigitPattern(number)) kind(DIGIT_PATTERNS);
  if (oftenServed(step)) kind(SERVICE_COUNT);
  if (index > 0 && Math.abs(stride(steps, index)) <= NEAR) kind(2 * NEAR + 1);
  if (steps.slice(0, index).some((earlier) => sameStep(earlier, step))) kind(index);
  if (index > 1 && stride(steps, index) === stride(steps, index - 1)) costs.push(1);
  return Math.min(...costs);
}

/** 1111, 1234 and 4321 are; 11 and 12 are too short to be one. */
function isDigitPattern(number: number): boolean {
  const digits = Array.from(String(number), Number);
  const moves = digits.slice(1).map((digit, index) => digit - (digits[index] ?? 0));
  return digits.length > 2 && Math.abs(moves[0] ?? 2) <= 1 && moves.every((move) => move === moves[0]);
}
