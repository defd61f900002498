import { settingsSchema } from '../../../shared/contract/ipc';
import type { Settings } from '../../../shared/contract/views';

export type Terminal = Settings['terminal'];

/** Words by argument index for a command that does not hold; empty when it can be saved. */
export function terminalProblems(terminal: Terminal): Readonly<Record<number, string>> {
  const parsed = settingsSchema.shape.terminal.safeParse(terminal);
  const problems: Record<number, string> = {};
  for (const { path, message } of parsed.error?.issues ?? []) problems[Number(path[1] ?? 0)] ??= message;
  return problems;
}

export function sameTerminal(a: Terminal, b: Terminal): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
