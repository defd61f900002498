/**
 * When a rotating knock may start. A code straddling two periods would be refused, and a code is accepted once only, so
 * the client waits rather than sending what cannot open.
 */

/** With less than this left in a period, the next one is waited for. */
const PERIOD_MARGIN_MS = 2000;

/**
 * Milliseconds to wait before a rotating knock, 0 for none.
 * @param nowMs wall clock, milliseconds since the epoch.
 * @param periodSeconds the key's period.
 * @param lastCounter the newest counter already used with this key and action, or null.
 */
export function waitBeforeKnock(nowMs: number, periodSeconds: number, lastCounter: number | null): number {
  const periodMs = periodSeconds * 1000;
  const counter = Math.floor(nowMs / periodMs);
  const untilNext = (counter + 1) * periodMs - nowMs;
  if (lastCounter !== null && lastCounter >= counter) return (lastCounter + 1) * periodMs - nowMs;
  return untilNext < PERIOD_MARGIN_MS ? untilNext : 0;
}
