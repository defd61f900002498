/** Words of our own as a zod check. */
import { z } from 'zod';

/** A zod check from a function that answers words or null. */
export function checked(problem: (text: string) => string | null): z.ZodString {
  return z.string().superRefine((text, context) => {
    const words = problem(text);
    if (words !== null) context.addIssue({ code: 'custom', message: words });
  });
}
