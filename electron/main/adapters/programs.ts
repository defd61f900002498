/**
 * Finding and starting other people's programs: by an absolute path or from PATH's absolute folders, with an argument list
 * and no shell, apart from this process, in an environment without what belongs to this app alone.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { ProblemError } from '../../../shared/contract/result';
import type { ProgramStarter } from '../ports';

/** Long enough to see a program fail at once, short enough not to be felt. */
const FAILS_AT_ONCE_MS = 400;

export type Env = Readonly<Record<string, string | undefined>>;

/** The absolute path of a program, or null. Never one of the current folder. */
export function findProgram(program: string, env: Env, platform: NodeJS.Platform): string | null {
  const runs = (path: string): boolean => isExecutable(path, platform);
  if (isAbsolute(program)) return runs(program) ? program : null;
  if (program === '' || program.includes('/') || program.includes('\\')) return null;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const names = platform === 'win32' && !/\.(?:exe|com)$/i.test(program) ? [`${program}.exe`] : [program];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(runs) ?? null;
}

/** Starts `path` in a session of its own. @param errors where its standard error goes; nowhere unless given. */
export function spawnApart(path: string, args: readonly string[], env: Env, errors?: number): ChildProcess {
  const stdio = ['ignore', 'ignore', errors ?? 'ignore'] as const;
  return spawn(path, [...args], { detached: true, stdio: [...stdio], shell: false, env: scrubbed(env) });
}

/** Resolves once the program runs or has ended well; rejects with words of the system. */
export function startApart(path: string, args: readonly string[], env: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawnApart(path, args, env);
    const timer = setTimeout(() => {
      child.unref();
      resolve();
    }, FAILS_AT_ONCE_MS);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      // Many programs hand over to a running instance and end at once, with 0.
      if (code === 0) resolve();
      else reject(new Error(howEnded(code, signal)));
    });
  });
}

/** The end of a program that did not end well. */
export function howEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
}

export class SystemPrograms implements ProgramStarter {
  readonly #env: Env;
  readonly #platform: NodeJS.Platform;

  constructor(env: Env = process.env, platform = process.platform) {
    this.#env = env;
    this.#platform = platform;
  }

  async start(argv: readonly string[]): Promise<void> {
    const [name = '', ...args] = argv;
    const path = findProgram(name, this.#env, this.#platform);
    if (path === null) {
      throw new ProblemError({
        code: 'not-found',
        message: `The door is open, but the program "${name}" was not found.`,
        hint: 'Give its full path in the profile.',
      });
    }
    await startApart(path, args, this.#env).catch((error: unknown) => {
      throw new ProblemError({
        code: 'not-found',
        message: `The door is open, but ${path} could not be started.`,
        hint: 'Look at the program and its arguments in the profile.',
        detail: error instanceof Error ? error.message : String(error),
      });
    });
  }
}

/** An environment without what belongs to this app alone; what our command line reads besides, like its home, stays. */
export function scrubbed(env: Env): NodeJS.ProcessEnv {
  const ours =
    /^(?:ELECTRON_|NODE_|APPIMAGE$|APPDIR$|LD_LIBRARY_PATH$|LD_PRELOAD$|SALLYPORT_PASSPHRASE_FILE$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}

function isExecutable(path: string, platform: NodeJS.Platform): boolean {
  try {
    // wt.exe is an alias that the Store made: it runs, and cannot be followed.
    if (platform === 'win32') return !lstatSync(path).isDirectory();
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
