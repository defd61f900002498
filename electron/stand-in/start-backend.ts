import { CdpBackend } from './cdp/cdp-backend';
import type { CommandLine } from './command-line';
import { answerControls } from './controls/controls';
import { ControlsWindow } from './controls/controls-window';
import type { Desktop } from './desktop';
import { OWN_SCHEME, schemeOf } from './origin-map';
import { ServeBackend } from './serve/serve-backend';
import type { Backend, Respond } from './surface';

export interface BackendParts {
  readonly mode: CommandLine['mode'];
  readonly appName: string;
  readonly desktop: Desktop;
  readonly env: NodeJS.ProcessEnv;
  /** A test is listening: it gets a debugging port, and nobody needs the controls page. */
  readonly isDriven: boolean;
  readonly schemes: ReadonlySet<string>;
  readonly respond: Respond;
  readonly onGone: () => void;
}

/** Starts what shows the pages: Chromium with or without windows, or the loopback server. */
export async function startBackend(parts: BackendParts): Promise<Backend> {
  if (parts.mode === 'serve') return serve(parts);
  const controls: Respond = (request) =>
    Promise.resolve(answerControls(parts.appName, parts.desktop, request));
  const respond: Respond = (request) =>
    schemeOf(request.url) === OWN_SCHEME ? controls(request) : parts.respond(request);
  const options = { headless: parts.mode === 'headless', debuggingPort: parts.isDriven, env: parts.env };
  const backend = await CdpBackend.start(options, parts.schemes, respond, parts.onGone);
  if (parts.mode === 'window' && !parts.isDriven) {
    const window = new ControlsWindow(backend);
    parts.desktop.onAttention = () => void window.show(true);
    parts.desktop.onNotice = () => void window.show(false);
    process.stdout.write(
      'There is no desktop tray here: its menu, dialogs and notifications open in a window of their own.\n',
    );
  }
  return backend;
}

async function serve({ appName, desktop, respond }: BackendParts): Promise<Backend> {
  const backend = await ServeBackend.start(respond, (request, waiting) =>
    Promise.resolve(answerControls(appName, desktop, request, waiting)),
  );
  const tell = (what: string): void => void process.stdout.write(`${what}: ${backend.deskAddress}\n`);
  desktop.onAttention = tell;
  // The tray is what the second address is for.
  desktop.onNotice = (what) => (what === 'the tray' ? undefined : tell(what));
  desktop.onClipboard = (text) => backend.copy(text);
  process.stdout.write(
    `Open this address, which works once: ${backend.appAddress}\n` +
      `And beside it this one, for the tray, dialogs and secrets, which works once too: ${backend.deskAddress}\n`,
  );
  return backend;
}
