/**
 * How far each one-time list is used up. A line counts as used once a knock with it is proven: a crash before that costs
 * one try with a line that the server no longer takes, where counting earlier would leave this client ahead of the
 * server's file for good.
 */
import { toProblem, type Problem } from '../../../shared/contract/result';
import type { Files } from '../ports';
import { Emitter } from './emitter';
import type { Notices } from './notices';

export class UsedLines {
  readonly changed = new Emitter<void>();
  readonly #files: Files;
  readonly #notices: Notices;
  readonly #path: string;
  readonly #used = new Map<string, number>();
  /** The lists that go to disk. */
  readonly #saved = new Set<string>();
  #saving: Promise<unknown> = Promise.resolve();

  constructor(files: Files, notices: Notices, path: string) {
    this.#files = files;
    this.#notices = notices;
    this.#path = path;
  }

  async load(): Promise<void> {
    const known = await this.#files.read(this.#path).then(parse, () => null);
    if (known === null) {
      this.#notices.add(
        `How far one-time lists are used could not be read from ${this.#path}.`,
        'For each such profile, copy the list from the server again; used lines begin with # there.',
      );
      return;
    }
    for (const [list, used] of known) {
      this.#used.set(list, used);
      this.#saved.add(list);
    }
  }

  /** How many lines of a list are used: the first ones. */
  used(list: string): number {
    return this.#used.get(list) ?? 0;
  }

  /**
   * Remembers at once; settles when it is on disk too, with why not where it could not be written.
   * @param persist whether the list outlives this process.
   */
  async mark(list: string, used: number, persist: boolean): Promise<Problem | null> {
    if (used === this.used(list)) return null;
    this.#used.set(list, used);
    this.changed.emit();
    if (!persist) return null;
    this.#saved.add(list);
    const saved = [...this.#used].filter(([key]) => this.#saved.has(key));
    const text = `${JSON.stringify(Object.fromEntries(saved), null, 2)}\n`;
    const saving = this.#saving.then(() => this.#files.write(this.#path, text)).then(() => null, toProblem);
    this.#saving = saving;
    return saving;
  }

  /** Settles when everything marked is on disk. */
  async settled(): Promise<void> {
    await this.#saving;
  }
}

/** Null for what is no record of ours. */
function parse(text: string | null): ReadonlyMap<string, number> | null {
  if (text === null) return new Map();
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file !== 'object' || file === null || Array.isArray(file)) return null;
    const entries = Object.entries(file as Record<string, unknown>);
    if (!entries.every(([, used]) => Number.isSafeInteger(used) && (used as number) >= 0)) return null;
    return new Map(entries as [string, number][]);
  } catch {
    return null;
  }
}
