/**
 * Finding and starting the person's terminal. It is given an argument list that ends with ours; nothing in it comes from
 * a profile, and the environment is scrubbed of what belongs to this app alone.
 */
import { ProblemError } from '../../../shared/contract/result';
import type { Settings } from '../../../shared/contract/views';
import type { TerminalLauncher } from '../ports';
import { findProgram, startApart } from './programs';

interface Candidate {
  readonly program: string;
  /** What stands between the program and the command. */
  readonly before: readonly string[];
}

const LINUX: readonly Candidate[] = [
  { program: 'xdg-terminal-exec', before: [] },
  { program: 'x-terminal-emulator', before: ['-e'] },
  { program: 'gnome-terminal', before: ['--'] },
  { program: 'ptyxis', before: ['--'] },
  { program: 'kgx', before: ['--'] },
  { program: 'konsole', before: ['-e'] },
  { program: 'xfce4-terminal', before: ['-x'] },
  { program: 'mate-terminal', before: ['-x'] },
  { program: 'kitty', before: [] },
  { program: 'alacritty', before: ['-e'] },
  { program: 'wezterm', before: ['start', '--'] },
  { program: 'foot', before: [] },
  { program: 'xterm', before: ['-e'] },
];
const WINDOWS: readonly Candidate[] = [{ program: 'wt.exe', before: ['-w', '0', 'new-tab'] }];
/** The words travel as arguments of the script, never inside its text. */
const APPLE_SCRIPT = [
  'on run argv',
  'set line to ""',
  'repeat with word_ in argv',
  'set line to line & quoted form of word_ & " "',
  'end repeat',
  'tell application "Terminal"',
  'activate',
  'do script line',
  'end tell',
  'end run',
];

export class SystemTerminals implements TerminalLauncher {
  readonly #settings: () => Settings;
  readonly #platform: NodeJS.Platform;
  readonly #env: NodeJS.ProcessEnv;

  constructor(settings: () => Settings, platform = process.platform, env = process.env) {
    this.#settings = settings;
    this.#platform = platform;
    this.#env = env;
  }

  async launch(command: readonly string[]): Promise<void> {
    const [program, ...args] = this.#argv(command);
    if (program === undefined) throw this.#noneFound();
    await startApart(program, args, this.#env).catch((error: unknown) => {
      throw new ProblemError({
        code: 'not-found',
        message: `The terminal ${program} could not be started.`,
        hint: 'Choose another in the settings and use its Test button.',
        detail: error instanceof Error ? error.message : String(error),
      });
    });
  }

  #argv(command: readonly string[]): readonly string[] {
    const { terminal } = this.#settings();
    if (terminal.kind === 'custom') {
      const [name = '', ...rest] = terminal.argv;
      const program = this.#find(name);
      if (program !== null) return [program, ...rest, ...command];
      throw new ProblemError({
        code: 'bad-input',
        message: `The terminal "${name}" of your settings was not found.`,
        hint: 'Give its full path in the settings, or choose the automatic terminal.',
      });
    }
    if (this.#platform === 'darwin') {
      return ['/usr/bin/osascript', ...APPLE_SCRIPT.flatMap((line) => ['-e', line]), '--', ...command];
    }
    for (const { program, before } of this.#candidates()) {
      const path = this.#find(program);
      if (path !== null) return [path, ...before, ...command];
    }
    // A console program that is started detached gets a console window of its own.
    return this.#platform === 'win32' ? command : [];
  }

  #candidates(): readonly Candidate[] {
    return this.#platform === 'win32' ? WINDOWS : LINUX;
  }

  #find(program: string): string | null {
    return findProgram(program, this.#env, this.#platform);
  }

  #noneFound(): ProblemError {
    const names = this.#candidates().map(({ program }) => program);
    return new ProblemError({
      code: 'not-found',
      message: 'No terminal was found to start ssh in.',
      hint: 'Install one, or name yours in the settings; or copy the ssh command and run it yourself.',
      detail: `looked for ${names.join(', ')}`,
    });
  }
}
