/** From what the settings say and what is installed to the argument list that opens a terminal with our command. Pure. */
import { assertNever, fail, ok, type Result } from '../contract/result';
import { COMMAND, type TerminalChoice } from './setting';
import { knownTerminals, type TerminalKind, type TerminalOs } from './terminals';

/** What is installed: the absolute path of a program, or null. */
export type FindProgram = (program: string) => string | null;

export interface Desk {
  readonly os: TerminalOs;
  readonly find: FindProgram;
  /** `$TERMINAL`, by which some people name theirs. Only a known one counts: how to ask another is anybody's guess. */
  readonly wish: string | undefined;
}

export interface FoundTerminal {
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

/** The known terminals that are there; the first one is what is started when nobody has chosen. */
export function findTerminals(desk: Desk): readonly FoundTerminal[] {
  return installed(desk).map(({ kind: { id, name }, path }) => ({ id, name, path }));
}

/** The program and its arguments that run `command` in a window of its own. */
export function terminalArgv(
  choice: TerminalChoice,
  desk: Desk,
  command: readonly string[],
): Result<readonly string[]> {
  switch (choice.kind) {
    case 'auto': {
      const [first] = installed(desk);
      return first === undefined ? noneFound(desk.os) : ok(first.kind.argv(first.path, command));
    }
    case 'known': {
      const found = installed(desk).find(({ kind }) => kind.id === choice.id);
      return found === undefined
        ? gone(nameOf(desk.os, choice.id))
        : ok(found.kind.argv(found.path, command));
    }
    case 'custom': {
      const [program = '', ...rest] = choice.argv;
      const path = desk.find(program);
      return path === null ? gone(program) : ok([path, ...placed(rest, command)]);
    }
    default:
      return assertNever(choice);
  }
}

/** The command's words where the placeholder stands by itself, else at the end. */
function placed(args: readonly string[], command: readonly string[]): readonly string[] {
  const at = args.indexOf(COMMAND);
  return at < 0 ? [...args, ...command] : [...args.slice(0, at), ...command, ...args.slice(at + 1)];
}

function installed({
  os,
  find,
  wish,
}: Desk): readonly { readonly kind: TerminalKind; readonly path: string }[] {
  const there = knownTerminals(os).flatMap((kind) => {
    const path = kind.programs.map(find).find((found) => found !== null) ?? null;
    return path === null ? [] : [{ kind, path }];
  });
  const wished = os === 'linux' && wish !== undefined && wish !== '' ? wishedId(wish) : null;
  const first = there.filter(({ kind }) => kind.id === wished);
  return [...first, ...there.filter(({ kind }) => kind.id !== wished)];
}

/** The id that a value of `$TERMINAL` stands for: a name, or a path that ends in one. */
function wishedId(wish: string): string {
  return wish.slice(wish.lastIndexOf('/') + 1);
}

function nameOf(os: TerminalOs, id: string): string {
  return knownTerminals(os).find((kind) => kind.id === id)?.name ?? id;
}

function noneFound(os: TerminalOs): ReturnType<typeof fail> {
  const names = knownTerminals(os).flatMap(({ programs }) => programs);
  return fail('no-terminal', 'No terminal was found to start ssh in.', {
    hint: 'Copy the ssh command and run it yourself; or install a terminal, or name yours in the settings.',
    detail: `looked for ${names.join(', ')}`,
  });
}

function gone(name: string): ReturnType<typeof fail> {
  return fail('no-terminal', `The terminal "${name}" of your settings was not found.`, {
    hint: 'Choose another one in the settings, or give the full path of yours.',
  });
}
