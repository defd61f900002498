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
  const controls: Respond = (request) =>
    Promise.resolve(answerControls(parts.appName, parts.desktop, request));
  if (parts.mode === 'serve') return serve(parts, controls);
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

async function serve({ desktop, respond }: BackendParts, controls: Respond): Promise<Backend> {
  const backend = await ServeBackend.start(respond, controls);
  desktop.onAttention = (what) => backend.attention(what);
  desktop.onNotice = (what) => process.stdout.write(`${what}: ${backend.controlsAddress}\n`);
  desktop.onClipboard = (text) => backend.copy(text);
  process.stdout.write(`Open this address, which works once: ${backend.gatekeeper.address}\n`);
  return backend;
}
