/**
 * A run's way through a one-time list: the first line that is not used, and where that has no effect one line more, since
 * the server may have used the first without this client having seen it. Never a third: a line that was sent can be
 * watched, and being further out of step needs a person.
 */
import { ProblemError, type Problem } from '../../../shared/contract/result';
import type { Verdict } from '../../../shared/contract/views';
import { FEW_LINES, parseOneTimeList } from '../../../shared/sequence/one-time';
import type { Step } from '../../../shared/sequence/step';
import type { UsedLines } from './used-lines';

const LINES_TRIED = 2;

export const LOOKING_AHEAD =
  'The next line of the list had no effect, so the one after it is tried: the server may have used that line already.';

export class OneTimeRun {
  readonly #lists: UsedLines;
  readonly #list: string;
  readonly #used: number;
  readonly #lines: readonly (readonly Step[])[];

  /**
   * @param list what the place in the list is kept by. @param text the list.
   * Throws a problem when every line is used.
   */
  constructor(lists: UsedLines, list: string, text: string) {
    const parsed = parseOneTimeList(text);
    if (!parsed.ok) throw usedUp(parsed.message);
    this.#lists = lists;
    this.#list = list;
    this.#lines = parsed.lines.map(({ steps }) => steps);
    this.#used = Math.min(lists.used(list), this.#lines.length);
    if (this.#used === this.#lines.length) {
      throw usedUp(`All ${this.#lines.length} lines of the one-time list are used.`);
    }
  }

  /** One or two sequences, in the order in which they are to be tried. */
  get candidates(): readonly (readonly Step[])[] {
    return this.#lines.slice(this.#used, this.#used + LINES_TRIED);
  }

  /**
   * Moves on after a run, and says so in a person's words.
   * @param tried the index of the candidate that was sent last. @param persist whether the list outlives this process.
   */
  async settle(verdict: Verdict, tried: number, persist: boolean): Promise<readonly string[]> {
    // What refuses where it was silent has changed after this line: those before it are behind the server.
    const taken = verdict === 'opened' ? tried + 1 : verdict === 'nothing-listening' ? tried : 0;
    if (taken === 0) return [];
    const used = this.#used + taken;
    const problem = await this.#lists.mark(this.#list, used, persist);
    const notes = [leftWords(this.#lines.length - used)];
    if (problem !== null) notes.push(notKept(problem));
    return notes;
  }
}

function leftWords(left: number): string {
  if (left === 0)
    return 'That was the last line of the one-time list: put a new list on the server and here.';
  const words =
    left === 1 ? '1 line of the one-time list is left' : `${left} lines of the one-time list are left`;
  return left <= FEW_LINES ? `Only ${words}: make a new one soon.` : `${words}.`;
}

function notKept({ message }: Problem): string {
  return `How far the list is used could not be saved, so the next run begins with a used line. ${message}`;
}

function usedUp(message: string): ProblemError {
  return new ProblemError({
    code: 'bad-input',
    message,
    hint: 'Put a new list on the server, and enter the same one here.',
  });
}
