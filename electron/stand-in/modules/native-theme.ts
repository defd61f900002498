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
  #systemDark = false;

  constructor(onChange: () => void) {
    super('nativeTheme', ['updated']);
    this.#onChange = onChange;
  }

  get shouldUseDarkColors(): boolean {
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
    if (before === this.shouldUseDarkColors) return;
    this.#onChange();
    this.emit('updated');
  }
}

guardClass('nativeTheme', StandInNativeTheme);
