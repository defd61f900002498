/** The machine's clock and randomness. */
import { randomBytes, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Randomness } from '../ports';

/** The longest wait that a timer of Node's can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    await delay(
      Math.min(Math.max(ms, 0), LONGEST_TIMER_MS),
      undefined,
      signal === undefined ? {} : { signal },
    );
  },
};

export const systemRandomness: Randomness = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  uuid: () => randomUUID(),
};
