/**
 * A clock that moves only when a test moves it. `run` moves it from timer to timer until a promise settles, so that
 * seconds of waiting cost nothing and their exact order can be asserted.
 */
import type { Clock } from '../../electron/main/ports';

interface Timer {
  readonly due: number;
  readonly wake: () => void;
}

/** 2026-01-01T00:00:00Z: a multiple of 10, 30 and 60 s, so every usual period begins here. */
export const START = 1_767_225_600_000;

export class FakeClock implements Clock {
  /** How much too early timers of 10 ms and more wake, as Node's now and then do by a fraction of a millisecond. */
  earlyBy = 0;
  #elapsed = 0;
  #wall: number;
  readonly #timers = new Set<Timer>();

  constructor(wall = START) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        this.#timers.delete(timer);
        reject(new DOMException('The sleep was aborted', 'AbortError'));
      };
      const timer: Timer = {
        due: this.#elapsed + Math.max(0, ms < 10 ? ms : ms - this.earlyBy),
        wake: () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
      };
      if (signal?.aborted) return aborted();
      signal?.addEventListener('abort', aborted, { once: true });
      this.#timers.add(timer);
    });
  }

  /** Timers that nobody has woken or given up: what a test ends with should be 0. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Somebody set the wall clock; timers and `monotonic` do not notice. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }

  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settle();
    for (let next = this.#next(); next !== null && next.due <= end; next = this.#next()) {
      this.#wake(next);
      await settle();
    }
    this.#elapsed = end;
  }

  /** Moves time until `work` settles, and answers as it does. Fails when it waits for something else than this clock. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = (): void => void (done = true);
    work.then(end, end);
    for (;;) {
      await settle();
      if (done) return work;
      const next = this.#next();
      if (next === null) throw new Error('the work waits, but not for the clock');
      this.#wake(next);
    }
  }

  #next(): Timer | null {
    return [...this.#timers].reduce<Timer | null>(
      (first, timer) => (first === null || timer.due < first.due ? timer : first),
      null,
    );
  }

  #wake(timer: Timer): void {
    this.#timers.delete(timer);
    this.#elapsed = Math.max(this.#elapsed, timer.due);
    timer.wake();
  }
}

/** Lets everything that is ready run: a turn of the event loop with its microtasks. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
