/** The person's settings. A file that cannot be understood falls back to the defaults and is left until the next save. */
import { CLOCK_OFF } from '../../../shared/advice/clock-server';
import { settingsSchema } from '../../../shared/contract/ipc';
import type { Settings } from '../../../shared/contract/views';
import type { Files } from '../ports';
import { Emitter } from './emitter';
import type { Notices } from './notices';

const DEFAULTS: Settings = { theme: 'system', terminal: { kind: 'auto' }, clockServer: CLOCK_OFF };

export class SettingsStore {
  readonly changed = new Emitter<Settings>();
  readonly #files: Files;
  readonly #notices: Notices;
  readonly #path: string;
  #settings: Settings = DEFAULTS;

  constructor(files: Files, notices: Notices, path: string) {
    this.#files = files;
    this.#notices = notices;
    this.#path = path;
  }

  async load(): Promise<void> {
    const text = await this.#files.read(this.#path);
    if (text === null) return;
    const parsed = settingsSchema.safeParse(parseJson(text));
    if (parsed.success) this.#settings = parsed.data;
    else
      this.#notices.add(
        `The settings in ${this.#path} could not be read, so the defaults are in use.`,
        'Saving the settings again replaces that file.',
      );
  }

  get(): Settings {
    return this.#settings;
  }

  async save(settings: Settings): Promise<Settings> {
    await this.#files.write(this.#path, `${JSON.stringify(settings, null, 2)}\n`);
    this.#settings = settings;
    this.changed.emit(settings);
    return settings;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
