import { settingsSchema } from '../../../shared/contract/ipc';
import type { FoundTerminal } from '../../../shared/terminal/choice';
import type { TerminalChoice } from '../../../shared/terminal/setting';

/** Words by argument index for a command that does not hold; empty when it can be saved. */
export function terminalProblems(terminal: TerminalChoice): Readonly<Record<number, string>> {
  const parsed = settingsSchema.shape.terminal.safeParse(terminal);
  const problems: Record<number, string> = {};
  for (const { path, message } of parsed.error?.issues ?? []) problems[Number(path[1] ?? 0)] ??= message;
  return problems;
}

export function sameTerminal(a: TerminalChoice, b: TerminalChoice): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const CUSTOM = 'custom:';

/** What the list offers: the one that is found, each known one that is there, and a command of the person's own. */
export function terminalOptions(
  found: readonly FoundTerminal[],
  chosen: TerminalChoice,
): readonly { readonly value: string; readonly label: string }[] {
  const [first] = found;
  const missing = chosen.kind === 'known' && !found.some(({ id }) => id === chosen.id) ? chosen.id : null;
  return [
    { value: '', label: first === undefined ? 'Find one: none is installed' : `Find one: ${first.name}` },
    ...found.map(({ id, name }) => ({ value: id, label: name })),
    ...(missing === null ? [] : [{ value: missing, label: `${missing}: not installed any more` }]),
    { value: CUSTOM, label: 'Custom command' },
  ];
}

export function optionOf(terminal: TerminalChoice): string {
  return terminal.kind === 'auto' ? '' : terminal.kind === 'known' ? terminal.id : CUSTOM;
}

/** @param custom the command to go on with when that is chosen. */
export function choiceOf(option: string, custom: readonly string[]): TerminalChoice {
  if (option === '') return { kind: 'auto' };
  return option === CUSTOM ? { kind: 'custom', argv: custom } : { kind: 'known', id: option };
}

/** Where the chosen one is; null when it is not a known one that is there. */
export function pathOf(found: readonly FoundTerminal[], terminal: TerminalChoice): string | null {
  if (terminal.kind === 'custom') return null;
  const one = terminal.kind === 'auto' ? found[0] : found.find(({ id }) => id === terminal.id);
  return one?.path ?? null;
}
