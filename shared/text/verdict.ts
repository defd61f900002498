/**
 * What a run proved, in words. The window, the command line and the notifications all take them from here, so that the
 * same thing seen is said the same way everywhere: always what was there before, and what is there now.
 */
import { assertNever } from '../contract/result';
import type { PortState, Verdict } from '../contract/views';
import type { Action } from '../sequence/rks1';

export interface VerdictFacts {
  readonly verdict: Verdict;
  readonly action: Action;
  /** The protected port; null when there was none to try. */
  readonly port: number | null;
  readonly before: PortState | null;
  readonly after: PortState | null;
  /** The pinned address; null when the name was never resolved. */
  readonly address: string | null;
  /** How many steps were sent in the last try. */
  readonly steps: number;
  /** Whether this client's own knock had opened the door before and its time is not over. */
  readonly renewed?: boolean;
}

/** The verdict as one or two words, for a row or a title. */
export function verdictTitle(verdict: Verdict): string {
  switch (verdict) {
    case 'opened':
      return 'Opened';
    case 'closed':
      return 'Closed';
    case 'reachable-not-proven':
      return 'Reachable, not proven';
    case 'nothing-listening':
      return 'Nothing listening';
    case 'no-effect':
      return 'No effect';
    case 'sent':
      return 'Sent';
    case 'error':
      return 'Error';
    default:
      return assertNever(verdict);
  }
}

/** The verdict as a sentence: "Port 22 was filtered and is open now." */
export function verdictSentence(facts: VerdictFacts): string {
  const { verdict, before } = facts;
  const port = portName(facts.port);
  switch (verdict) {
    case 'opened':
    case 'closed':
      return `${capital(port)} ${change(facts)}.`;
    case 'reachable-not-proven':
      if (facts.renewed === true) {
        return `${capital(port)} is open since the last knock, and this one asked for its time anew.`;
      }
      if (before === null) {
        return `${capital(port)} is open now, but answers too slowly to say whether it was before the knock.`;
      }
      return before === 'open'
        ? `${capital(port)} was open already, so this knock proves nothing.`
        : `${capital(port)} was ${stateWords(before)} and answers now, which proves nothing yet.`;
    case 'nothing-listening':
      return `${capital(port)} was ${before === null ? 'filtered' : stateWords(before)} and refuses connections now: the gate opened and nothing listens there, or a firewall rejects.`;
    case 'no-effect':
      return noEffectSentence(facts, port);
    case 'sent':
      return `${stepCount(facts.steps)} sent. Without a port to try, nothing is proven.`;
    case 'error':
      return 'The knock could not be finished, so nothing is proven.';
    default:
      return assertNever(verdict);
  }
}

/** A port's state inside a sentence: "was …", "is … now". */
function stateWords(state: PortState): string {
  switch (state) {
    case 'open':
      return 'open';
    case 'refused':
      return 'refusing connections';
    case 'filtered':
      return 'filtered';
    case 'unreachable':
      return 'unreachable';
    default:
      return assertNever(state);
  }
}

function noEffectSentence(facts: VerdictFacts, port: string): string {
  const { action, before, after, address } = facts;
  if (after === 'unreachable' && address !== null) {
    return `Nothing changed after the knock: ${address} cannot be reached from this network.`;
  }
  if (before === null || after === null) {
    const seen = after ?? before;
    return seen === null
      ? `Nothing is known about ${port} after the knock.`
      : `The knock changed nothing that could be seen: ${port} is ${stateWords(seen)}.`;
  }
  if (before !== after) {
    const wanted = action === 'open' ? 'open' : 'close';
    return `The knock did not ${wanted} ${port}: it was ${stateWords(before)} and is ${stateWords(after)} now.`;
  }
  if (action === 'close' && before !== 'open') {
    return `${capital(port)} was ${stateWords(before)} already, so this knock proves nothing.`;
  }
  return `Nothing changed after the knock: ${port} was ${stateWords(before)} and still is.`;
}

function change({ before, after, verdict }: VerdictFacts): string {
  const now = after ?? (verdict === 'opened' ? 'open' : 'filtered');
  return before === null
    ? `is ${stateWords(now)} now`
    : `was ${stateWords(before)} and is ${stateWords(now)} now`;
}

function portName(port: number | null): string {
  return port === null ? 'the port' : `port ${port}`;
}

function stepCount(steps: number): string {
  return steps === 1 ? '1 step' : `${steps} steps`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
