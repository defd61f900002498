/** Splits a byte stream into lines, with a bound on how long one may grow. */
import { LONGEST_LINE } from '../../../shared/contract/control';

export class LineReader {
  readonly #longest: number;
  #buffer = Buffer.alloc(0);

  /** @param longest bytes. */
  constructor(longest: number = LONGEST_LINE) {
    this.#longest = longest;
  }

  /** The whole lines that `chunk` completes, or null once a line is too long. */
  push(chunk: Buffer): readonly string[] | null {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    const lines: string[] = [];
    for (;;) {
      const end = this.#buffer.indexOf(0x0a);
      if (end > this.#longest || (end < 0 && this.#buffer.length > this.#longest)) return null;
      if (end < 0) return lines;
      lines.push(this.#buffer.subarray(0, end).toString('utf8'));
      this.#buffer = this.#buffer.subarray(end + 1);
    }
  }
}
