import type { Backend, Respond, Surface, SurfaceEvents, SurfaceOptions } from '../surface';
import { appSite } from './app-site';
import { deskSite, type Controls } from './desk-site';
import { LoopbackServer } from './loopback-server';
import { QuietTab } from './quiet-tab';
import { ServedSurface } from './served-surface';
import type { Site } from './site';

/**
 * Shows windows as tabs of a browser the person opens, over HTTP on 127.0.0.1. There are two origins: one for the app's
 * windows, one for what they must not reach (desk-site.ts).
 */
export class ServeBackend implements Backend {
  readonly endpoint = null;
  closing = false;
  readonly #servers: readonly [app: LoopbackServer, desk: LoopbackServer];
  readonly #app: Site<ServedSurface>;
  readonly #desk: Site<QuietTab>;
  #nextId = 0;

  private constructor(
    servers: readonly [app: LoopbackServer, desk: LoopbackServer],
    respond: Respond,
    controls: Controls,
  ) {
    this.#servers = servers;
    const [app, desk] = servers;
    this.#app = appSite(app, respond);
    this.#desk = deskSite(desk, respond, controls);
  }

  static async start(respond: Respond, controls: Controls): Promise<ServeBackend> {
    return new ServeBackend([await LoopbackServer.start(), await LoopbackServer.start()], respond, controls);
  }

  /** Where the app's windows are. */
  get appAddress(): string {
    return this.#servers[0].gatekeeper.address;
  }

  /** Where the controls page is, and the windows that it lists. */
  get deskAddress(): string {
    return this.#servers[1].gatekeeper.address;
  }

  open(options: SurfaceOptions, events: SurfaceEvents): Promise<Surface> {
    const id = ++this.#nextId;
    const surface =
      options.preload === null ? this.#openQuiet(id, events) : this.#openApp(id, options, events);
    return Promise.resolve(surface);
  }

  copy(text: string): void {
    for (const surface of this.#app.tabs) surface.tell({ kind: 'copy', text });
  }

  close(): Promise<void> {
    this.closeNow();
    return Promise.resolve();
  }

  closeNow(): void {
    this.closing = true;
    for (const server of this.#servers) server.close();
  }

  #openApp(id: number, options: SurfaceOptions, events: SurfaceEvents): Surface {
    const tab = new ServedSurface(id, options, events, this.#app);
    this.#app.tabs.push(tab);
    if (id > 1) announce(this.#app.windowAddress(tab));
    return tab;
  }

  #openQuiet(id: number, events: SurfaceEvents): Surface {
    const tab = new QuietTab(id, events, (closed) => this.#desk.close(closed));
    this.#desk.tabs.push(tab);
    announce(this.#desk.windowAddress(tab));
    return tab;
  }
}

function announce(address: string): void {
  process.stdout.write(`another window: ${address}\n`);
}
