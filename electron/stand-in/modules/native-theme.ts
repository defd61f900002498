import type { NativeTheme } from 'electron';
import { Emitter } from '../emitter';
import { guardClass } from '../guard';

type Source = NativeTheme['themeSource'];

/** The app's choice over the system's; pages see the result as `prefers-color-scheme`. */
export class StandInNativeTheme
  extends Emitter
  implements Pick<NativeTheme, 'themeSource' | 'shouldUseDarkColors' | 'shouldUseHighContrastColors'>
{
  readonly shouldUseHighContrastColors = false;
  readonly #onChange: () => void;
  #source: Source = 'system';
  /** Null: nobody has said, so the browser's own answer stands for the system's. */
  #systemDark: boolean | null = null;

  constructor(onChange: () => void) {
    super('nativeTheme', ['updated']);
    this.#onChange = onChange;
  }

  get shouldUseDarkColors(): boolean {
    return this.pageDark ?? false;
  }

  /** What pages are to be told, null for what their browser says by itself. */
  get pageDark(): boolean | null {
    return this.#source === 'system' ? this.#systemDark : this.#source === 'dark';
  }

  get themeSource(): Source {
    return this.#source;
  }

  set themeSource(source: Source) {
    this.#update(() => {
      this.#source = source;
    });
  }

  setSystemDark(dark: boolean): void {
    this.#update(() => {
      this.#systemDark = dark;
    });
  }

  #update(change: () => void): void {
    const before = this.shouldUseDarkColors;
    change();
    this.#onChange();
    if (before !== this.shouldUseDarkColors) this.emit('updated');
  }
}

guardClass('nativeTheme', StandInNativeTheme);
