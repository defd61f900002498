/** Watches every process on the machine for a secret in its arguments, for as long as a story lasts. */
import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 10;

export class CommandLineWatch {
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** Ends the watch and answers the command lines that hold any of `secrets`. */
  holding(secrets: readonly string[]): readonly string[] {
    this.#look();
    clearInterval(this.#timer);
    return [...this.#seen].filter((line) => secrets.some((secret) => line.includes(secret)));
  }

  /** That the watch works at all. */
  get count(): number {
    return this.#seen.size;
  }

  #look(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        this.#seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It ended between the two reads.
      }
    }
  }
}
