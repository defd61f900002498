/** The clock here beside one that the person chose to compare with: what an offset means for codes and packets. */
import type { Finding } from './finding';

/** fwknopd refuses packets that are older or newer than this (MAX_SPA_PACKET_AGE), and so does sallyportd. */
export const SPA_TOLERANCE_MS = 120_000;

export interface ClockReading {
  /** How far that clock is ahead of the one here, milliseconds; negative when it is behind. */
  readonly offsetMs: number;
  /** The offset may be wrong by this much either way, milliseconds. */
  readonly uncertaintyMs: number;
  /** The server that was asked. */
  readonly against: string;
}

/**
 * @param toleranceMs what the knocking allows for: a period with rotating keys, of which the server takes the code
 * before and after too; {@link SPA_TOLERANCE_MS} with single packets.
 */
export function clockFindings(reading: ClockReading, toleranceMs: number): readonly Finding[] {
  const { offsetMs, uncertaintyMs, against } = reading;
  const off = Math.abs(offsetMs);
  const side = offsetMs > 0 ? 'behind' : 'ahead of';
  const words = `The clock here is ${span(off)} ${side} ${against}`;
  if (off - uncertaintyMs > toleranceMs) {
    const so = offsetMs > 0 ? 'the code or packet was too old' : 'the code or packet was not valid yet';
    return [
      { kind: 'clock', certainty: 'confirmed', text: `${words}, so ${so}. Set the clock, then knock again.` },
    ];
  }
  if (off + uncertaintyMs > toleranceMs / 2) {
    const text = `${words}, which is near the edge of what is allowed. Set the clock, then knock again.`;
    return [{ kind: 'clock', certainty: 'possible', text }];
  }
  return [
    {
      kind: 'clock',
      certainty: 'ruled-out',
      text: `The clock here agrees with ${against}: ${span(off)} apart, give or take ${span(uncertaintyMs)}.`,
    },
    {
      kind: 'server-clock',
      certainty: 'possible',
      text: 'The server’s own clock may be off; the clock here is right.',
    },
  ];
}

/** The reading by itself, as a sentence. */
export function clockWords({ offsetMs, uncertaintyMs, against }: ClockReading): string {
  const side = offsetMs > 0 ? 'behind' : 'ahead of';
  return `The clock here is ${span(Math.abs(offsetMs))} ${side} ${against}, give or take ${span(uncertaintyMs)}.`;
}

/** The clock could not be compared, which the person who asked for it is told. */
export function clockUnknown(why: string): readonly Finding[] {
  return [
    {
      kind: 'clock',
      certainty: 'possible',
      text: `The clock here and the server’s may be too far apart; they could not be compared. ${why}`,
    },
  ];
}

/** `0.2 s`, `74 s`, `2 h 5 min`. */
function span(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 600) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}
