import { toAppUrl } from '../origin-map';
import type { FrameView } from '../surface';
import type { CdpSession } from './connection';

class Frame implements FrameView {
  url = 'about:blank';
  gone = false;
  /** The preload's execution context, while there is one. */
  preloadContext: number | null = null;

  constructor(
    readonly id: string,
    readonly parent: Frame | null,
  ) {}
}

/** The frames of one page as Chromium reports them; what main is told about a sender comes from here, never from the page. */
export class FrameTree {
  readonly main: Frame;
  readonly #frames = new Map<string, Frame>();

  constructor(session: CdpSession, mainFrameId: string, onMainNavigated: (url: string) => void) {
    this.main = new Frame(mainFrameId, null);
    this.#frames.set(mainFrameId, this.main);
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => this.#add(frameId, parentFrameId));
    session.on('Page.frameDetached', ({ frameId }) => this.#remove(frameId));
    session.on('Page.frameNavigated', ({ frame }) => {
      const known = this.#frames.get(frame.id) ?? this.#add(frame.id, frame.parentId ?? mainFrameId);
      known.url = toAppUrl(frame.url + (frame.urlFragment ?? ''));
      if (known === this.main) onMainNavigated(known.url);
    });
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      const known = this.#frames.get(frameId);
      if (known !== undefined) known.url = toAppUrl(url);
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      for (const frame of this.#frames.values()) {
        if (frame.preloadContext === executionContextId) frame.preloadContext = null;
      }
    });
    session.on('Runtime.executionContextsCleared', () => {
      for (const frame of this.#frames.values()) frame.preloadContext = null;
    });
  }

  get(id: string): Frame | null {
    return this.#frames.get(id) ?? null;
  }

  byContext(context: number): Frame | null {
    for (const frame of this.#frames.values()) if (frame.preloadContext === context) return frame;
    return null;
  }

  #add(id: string, parentId: string): Frame {
    const frame = new Frame(id, this.#frames.get(parentId) ?? this.main);
    this.#frames.set(id, frame);
    return frame;
  }

  #remove(id: string): void {
    const frame = this.#frames.get(id);
    if (frame === undefined || frame === this.main) return;
    frame.gone = true;
    this.#frames.delete(id);
  }
}
