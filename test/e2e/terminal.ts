/** Reads what the test terminal was started with, types into it and reads its screen. */
import { existsSync, mkdirSync, openSync, readFileSync, writeSync, closeSync, constants } from 'node:fs';
import { join } from 'node:path';
import { until } from './until';

const TERMINAL = join(import.meta.dirname, 'test-terminal.sh');

export class Terminals {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** What the settings hold: the program and its first argument. */
  get argv(): readonly string[] {
    return [TERMINAL, this.folder];
  }

  /** The terminal that was opened as the nth, from 0; waits for it. */
  async opened(index: number): Promise<Terminal> {
    const argv = join(this.folder, `argv${index}`);
    await until(() => existsSync(argv), `terminal ${index} opens`);
    return new Terminal(this.folder, index);
  }
}

export class Terminal {
  readonly argv: readonly string[];
  readonly #keyboard: number;
  readonly #screen: string;

  constructor(folder: string, index: number) {
    this.argv = readFileSync(join(folder, `argv${index}`), 'utf8')
      .trimEnd()
      .split('\n');
    // Opened for both, so that neither side waits for the other and the session does not end with a write.
    this.#keyboard = openSync(join(folder, `keyboard${index}`), constants.O_RDWR);
    this.#screen = join(folder, `screen${index}`);
  }

  /** Types a command and waits for what it should show. */
  async type(command: string, shows: RegExp): Promise<void> {
    writeSync(this.#keyboard, `${command}\n`);
    await until(
      () => shows.test(this.screen()),
      `the screen shows ${String(shows)}`,
      () => this.screen(),
    );
  }

  screen(): string {
    return existsSync(this.#screen) ? readFileSync(this.#screen, 'utf8') : '';
  }

  close(): void {
    writeSync(this.#keyboard, 'exit\n');
    closeSync(this.#keyboard);
  }
}
