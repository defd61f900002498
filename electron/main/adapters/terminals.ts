/**
 * Starting the person's terminal. It is given an argument list with ours in it; nothing of a profile is there, and the
 * environment is scrubbed of what belongs to this app alone.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ProblemError, unwrap } from '../../../shared/contract/result';
import { findTerminals, terminalArgv, type Desk, type FoundTerminal } from '../../../shared/terminal/choice';
import type { TerminalChoice } from '../../../shared/terminal/setting';
import type { TerminalOs } from '../../../shared/terminal/terminals';
import type { TerminalLauncher, TerminalTrial } from '../ports';
import { isAppleScript, runAppleScript } from './apple-script';
import { findProgram, howEnded, spawnApart, startApart } from './programs';

/** What is shown of a terminal's own words. */
const MOST_WORDS = 4096;

type Env = Readonly<Record<string, string | undefined>>;

export interface TerminalPlace {
  /** Where a terminal's own words are kept while it is tested. */
  readonly folder: string;
  readonly platform?: NodeJS.Platform;
  readonly env?: Env;
  readonly home?: string;
}

export class SystemTerminals implements TerminalLauncher {
  readonly #choice: () => TerminalChoice;
  readonly #desk: Desk;
  readonly #env: Env;
  readonly #folder: string;

  constructor(choice: () => TerminalChoice, place: TerminalPlace) {
    const { folder, platform = process.platform, env = process.env, home = homedir() } = place;
    this.#choice = choice;
    this.#env = env;
    this.#folder = folder;
    this.#desk = {
      os: osOf(platform),
      wish: env['TERMINAL'],
      find: (program) =>
        findProgram(program.startsWith('~/') ? join(home, program.slice(2)) : program, env, platform),
    };
  }

  found(): readonly FoundTerminal[] {
    return findTerminals(this.#desk);
  }

  async launch(command: readonly string[]): Promise<void> {
    const { program, args } = this.#argv(command);
    if (isAppleScript(program)) return await runAppleScript(program, args, this.#env);
    await startApart(program, args, this.#env).catch((error: unknown) => {
      throw new ProblemError({
        code: 'no-terminal',
        message: `The terminal ${program} could not be started.`,
        hint: 'Choose another in the settings and test it there.',
        detail: error instanceof Error ? error.message : String(error),
      });
    });
  }

  try(command: readonly string[]): TerminalTrial {
    const { program, args } = this.#argv(command);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const words = join(this.#folder, `terminal-${process.pid}.txt`);
    const file = openSync(words, 'w+', 0o600);
    const child = spawnApart(program, args, this.#env, file);
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      // What hands over to a running instance ends at once, with 0, which says nothing.
      child.on('exit', (code, signal) => {
        if (code !== 0) resolve(howEnded(code, signal));
      });
    });
    child.unref();
    return {
      program,
      failed: ended,
      end: () => {
        const said = readFileSync(words, 'utf8').slice(-MOST_WORDS).trim();
        closeSync(file);
        rmSync(words, { force: true });
        return said;
      },
    };
  }

  #argv(command: readonly string[]): { readonly program: string; readonly args: readonly string[] } {
    const [program = '', ...args] = unwrap(terminalArgv(this.#choice(), this.#desk, command));
    return { program, args };
  }
}

function osOf(platform: NodeJS.Platform): TerminalOs {
  return platform === 'win32' ? 'windows' : platform === 'darwin' ? 'mac' : 'linux';
}
