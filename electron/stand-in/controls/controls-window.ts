import { ChromiumGone } from '../cdp/connection';
import type { Backend, Surface, SurfaceEvents } from '../surface';

const PAGE = 'stand-in://controls/';
/** To the right of where the app's own window opens. */
const BOUNDS = { x: 980, y: 60, width: 400, height: 620 };

/** The controls page in a Chromium window of its own, opened again when there is something on it. */
export class ControlsWindow {
  readonly #backend: Backend;
  #surface: Promise<Surface> | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** @param urgent take the focus, because something waits for an answer */
  async show(urgent: boolean): Promise<void> {
    try {
      if (this.#surface !== null) {
        if (urgent) await (await this.#surface).focus();
        return;
      }
      const options = { bounds: BOUNDS, visible: true, preload: null, subframes: false };
      this.#surface = this.#backend.open(options, this.#events());
      await (await this.#surface).load(PAGE);
    } catch (error) {
      this.#surface = null;
      if (error instanceof ChromiumGone || this.#backend.closing) return;
      process.stderr.write(`stand-in: the window for the tray and dialogs did not open: ${String(error)}\n`);
    }
  }

  #events(): SurfaceEvents {
    const nothing = (): void => undefined;
    return {
      message: nothing,
      mayNavigate: (url) => url.startsWith(PAGE),
      windowOpen: nothing,
      navigated: nothing,
      titled: nothing,
      loaded: nothing,
      crashed: nothing,
      focused: nothing,
      closed: () => {
        this.#surface = null;
      },
    };
  }
}
