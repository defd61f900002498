/**
 * Which rotating counters this client has used up, per key. The server takes each only once, so a used one is waited out,
 * also after a restart. A close burns the open code of its period too.
 */
import type { Action } from '../../../shared/sequence/rks1';
import type { Files } from '../ports';

interface Used {
  readonly open: number;
  readonly close: number;
}

/** Counters. What a clock set back a little has recorded is waited out; the longest such wait is two periods (knock-run). */
const MOST_AHEAD = 1;
const NEVER: Used = { open: -1, close: -1 };

export class UsedCounters {
  readonly #files: Files;
  readonly #path: string;
  readonly #used = new Map<string, Used>();
  /** The keys that go to disk. */
  readonly #saved = new Set<string>();
  #saving: Promise<void> = Promise.resolve();

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** A missing or damaged file only costs a knock that waits for nothing. */
  async load(): Promise<void> {
    const text = await this.#files.read(this.#path).catch(() => null);
    for (const [key, used] of Object.entries(parse(text))) {
      this.#used.set(key, used);
      this.#saved.add(key);
    }
  }

  /** The newest counter that the server would refuse for `action`, or null. */
  last(key: string, action: Action): number | null {
    const used = this.#used.get(key);
    if (used === undefined) return null;
    const counter = action === 'close' ? used.close : Math.max(used.open, used.close);
    return counter < 0 ? null : counter;
  }

  /** Remembers at once; the file follows when `persist` says that the key outlives this process. */
  mark(key: string, action: Action, counter: number, persist: boolean): void {
    const used = this.#used.get(key) ?? NEVER;
    // A record far ahead is from a time when this clock was wrong, and gives way; one of the other action too.
    const before = Math.max(used.open, used.close) > counter + MOST_AHEAD ? NEVER : used;
    this.#used.set(key, { ...before, [action]: Math.max(before[action], counter) });
    if (persist) this.#saved.add(key);
    // A knock without a profile may use up a code of one that is saved.
    if (!this.#saved.has(key)) return;
    this.#save();
  }

  /** Settles when everything marked is on disk. */
  settled(): Promise<void> {
    return this.#saving;
  }

  #save(): void {
    const saved = [...this.#used].filter(([key]) => this.#saved.has(key));
    const text = `${JSON.stringify(Object.fromEntries(saved), null, 2)}\n`;
    this.#saving = this.#saving.then(() => this.#files.write(this.#path, text)).catch(() => undefined);
  }
}

function parse(text: string | null): Record<string, Used> {
  const known: Record<string, Used> = {};
  try {
    const file: unknown = JSON.parse(text ?? '{}');
    for (const [key, value] of Object.entries(file ?? {})) {
      const { open, close } = (value ?? {}) as Partial<Used>;
      if (Number.isSafeInteger(open) && Number.isSafeInteger(close)) known[key] = value as Used;
    }
  } catch {
    return {};
  }
  return known;
}
