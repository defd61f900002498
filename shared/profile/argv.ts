/**
 * An argument list that a person writes, one field a word. Nothing in it is ever split or joined, so nothing has to be
 * quoted; and since a dialog shows it before it is used, it shows as what it is.
 */
import { z } from 'zod';

/** Control, line and direction characters: what shows as something else than it is. */
export const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const argument = z
  .string()
  .max(512, 'An argument has at most 512 characters.')
  .refine((text) => !UNSEEN.test(text), 'An argument has no control or direction characters.');

/** The program, then its arguments. */
export const argvSchema = z
  .array(argument)
  .min(1, 'Name the program to start.')
  .max(16, 'At most 16 arguments.')
  .superRefine((argv, context) => {
    for (const [index, text] of argv.entries()) {
      const words = index === 0 ? programProblem(text) : text === '' ? 'An argument is not empty.' : null;
      if (words !== null) context.addIssue({ code: 'custom', message: words, path: [index] });
    }
  })
  .readonly();

/** Words on what is wrong with the name of a program, or null. */
function programProblem(program: string): string | null {
  if (program.trim() === '') return 'Name the program to start.';
  if (program.startsWith('-')) return 'The name of a program does not begin with a dash.';
  return /[{}]/.test(program) ? 'The program is named as it stands, without placeholders.' : null;
}
