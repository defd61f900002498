/** Spans of time as people read them on a clock face. */

/** `0:21`, `12:05`, `1:02:03`: what is left, rounded up so that 0:00 means over. Never negative. */
export function countdown(milliseconds: number): string {
  const all = Math.max(0, Math.ceil(milliseconds / 1000));
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  const seconds = String(all % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** `14 s` under a minute, else the clock face of {@link countdown}. */
export function secondsLeft(milliseconds: number): string {
  const all = Math.max(0, Math.ceil(milliseconds / 1000));
  return all < 60 ? `${all} s` : countdown(milliseconds);
}

/** How long something took: `0.4 s`, `12 s`, and under 100 ms in milliseconds. */
export function took(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 9950
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.round(milliseconds / 1000)} s`;
}

/** A span as it was set: `30 s`, `5 min`, `2 h`; in seconds where it is no whole number of the others. @param seconds whole. */
export function setSpan(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
