/** Which terminal a person chose: the first one found, a known one, or a command of their own. */
import { z } from 'zod';
import { argvSchema } from '../profile/argv';

/** Stands for our command's words in a command of the person's own, in a field by itself. */
export const COMMAND = '{command}';

const customArgv = argvSchema.superRefine((argv, context) => {
  const holders = argv.flatMap((argument, index) => (argument.includes(COMMAND) ? [index] : []));
  for (const [nth, index] of holders.entries()) {
    const message =
      argv[index] === COMMAND
        ? nth > 0
          ? `${COMMAND} can stand once.`
          : null
        : `${COMMAND} stands in a field by itself: it becomes several arguments.`;
    if (message !== null && index > 0) context.addIssue({ code: 'custom', message, path: [index] });
  }
});

export const terminalChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('auto') }),
  z.object({ kind: z.literal('known'), id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,31}$/) }),
  z.object({ kind: z.literal('custom'), argv: customArgv }),
]);

export type TerminalChoice = Readonly<z.infer<typeof terminalChoiceSchema>>;
