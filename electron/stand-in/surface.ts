import type { JsonValue } from './json-value';

/** One frame of a page, as main sees it: the app's own URL, and the way up. Identity is stable while the frame lives. */
export interface FrameView {
  readonly id: string;
  readonly url: string;
  readonly parent: FrameView | null;
  readonly gone: boolean;
}

/** Preload to main. `invoke` is answered by a `reply` with the same id. */
export type FromPreload =
  | {
      readonly kind: 'invoke';
      readonly id: number;
      readonly channel: string;
      readonly args: readonly JsonValue[];
    }
  | { readonly kind: 'send'; readonly channel: string; readonly args: readonly JsonValue[] }
  | { readonly kind: 'preload-error'; readonly message: string };

/** Main to preload. */
export type ToPreload =
  | { readonly kind: 'reply'; readonly id: number; readonly value: JsonValue }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string }
  | { readonly kind: 'event'; readonly channel: string; readonly args: readonly JsonValue[] };

/** Device-independent pixels. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SurfaceOptions {
  readonly bounds: Bounds;
  readonly visible: boolean;
  /** The preload's CommonJS source, or null for a window without one. */
  readonly preload: string | null;
  /** Run the preload in subframes too (`nodeIntegrationInSubFrames`). */
  readonly subframes: boolean;
}

/** What a page tells its window. URLs are in the app's form. */
export interface SurfaceEvents {
  message(frame: FrameView, message: FromPreload, reply: (answer: ToPreload) => void): void;
  /** False stops the navigation. Asked for what the page starts, not for `load`. */
  mayNavigate(url: string, frame: FrameView | null, isMainFrame: boolean): boolean;
  windowOpen(url: string, frameName: string): void;
  navigated(url: string): void;
  titled(title: string): void;
  loaded(): void;
  crashed(reason: string): void;
  focused(isFocused: boolean): void;
  /** The person closed it; the surface is gone already. */
  closed(): void;
}

/** One page in a window of its own. */
export interface Surface {
  readonly mainFrame: FrameView;
  /** Resolves when the page has loaded; rejects with the network error when it cannot. */
  load(url: string): Promise<void>;
  post(message: ToPreload): void;
  setBounds(bounds: Bounds): Promise<void>;
  setVisible(visible: boolean): Promise<void>;
  setMinimized(minimized: boolean): Promise<void>;
  focus(): Promise<void>;
  /** `prefers-color-scheme`; null leaves it to the browser. */
  setDark(dark: boolean | null): Promise<void>;
  close(): Promise<void>;
}

/** Where pages are shown: Chromium, or a browser the person opens by hand. */
export interface Backend {
  /** Address for `chromium.connectOverCDP`, or null where there is none. */
  readonly endpoint: string | null;
  /** `close` has been called: what fails from now on, such as a load that is cut off, is no fault. */
  readonly closing: boolean;
  open(options: SurfaceOptions, events: SurfaceEvents): Promise<Surface>;
  /** Ends everything the backend started. Safe to call twice. */
  close(): Promise<void>;
  /** The same without waiting, for a process that is about to end. */
  closeNow(): void;
}

/** A request from a page, URL in the app's form. */
export interface PageRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Electron's names: mainFrame, subFrame, script, stylesheet, image, font, xhr, other. */
  readonly resourceType: string;
}

/** What a page gets; `null` means the request was blocked. */
export interface PageResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export type Respond = (request: PageRequest) => Promise<PageResponse | null>;
