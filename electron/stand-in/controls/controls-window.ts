import type { Backend, Surface, SurfaceEvents } from '../surface';

const PAGE = 'stand-in://controls/';
const BOUNDS = { x: 60, y: 60, width: 460, height: 620 };

/** The controls page in a Chromium window of its own, opened again whenever something waits there. */
export class ControlsWindow {
  readonly #backend: Backend;
  #surface: Promise<Surface> | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async show(): Promise<void> {
    try {
      if (this.#surface !== null) return await (await this.#surface).focus();
      const options = { bounds: BOUNDS, visible: true, preload: null, subframes: false };
      this.#surface = this.#backend.open(options, this.#events());
      await (await this.#surface).load(PAGE);
    } catch (error) {
      this.#surface = null;
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
