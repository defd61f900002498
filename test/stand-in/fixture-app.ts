import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { launchStandIn } from '../../electron/stand-in/stand-in-driver';
import { removeFolder } from '../remove-folder';
import { buildStandIn } from './build-stand-in';

/** What the fixture's preload exposes as `window.fixture`. */
export interface FixtureApi {
  invoke(name: string, payload?: unknown): Promise<unknown>;
  note(text: string): void;
  on(listener: (payload: unknown) => void): () => void;
  add(a: number, b: number): number;
  throws(): void;
  callBack<T>(listener: (payload: unknown) => T): T;
  readonly platform: string;
  readonly nested: { readonly deep: readonly [number, { two: string }] };
}

declare global {
  interface Window {
    fixture: FixtureApi;
    atStart: string;
    events: unknown[];
    stopEvents: () => void;
    inlineRan?: boolean;
  }
}

export const FIXTURE = join(import.meta.dirname, 'fixture');

/** The fixture app on a freshly bundled stand-in, with a home of its own. */
export class FixtureApp {
  readonly home = mkdtempSync(join(tmpdir(), `stand-in-home-${process.pid}-`));
  #built: Awaited<ReturnType<typeof buildStandIn>> | null = null;
  readonly #drivers: AppDriver[] = [];

  async build(): Promise<string> {
    this.#built ??= await buildStandIn();
    return this.#built.bundle;
  }

  get env(): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    return { PATH, HOME: this.home, XDG_RUNTIME_DIR: this.home, TMPDIR: this.home };
  }

  async launch(extra: NodeJS.ProcessEnv = {}): Promise<AppDriver> {
    const env = { ...this.env, ...extra };
    const driver = await launchStandIn({ bundle: await this.build(), appRoot: FIXTURE, env });
    this.#drivers.push(driver);
    return driver;
  }

  async remove(): Promise<void> {
    for (const driver of this.#drivers) await driver.kill();
    this.#built?.remove();
    await removeFolder(this.home);
  }
}

/** Calls the fixture's main process from its page. */
export function invoke(page: Page, name: string, payload?: unknown): Promise<unknown> {
  return page.evaluate(([n, p]) => window.fixture.invoke(n, p), [name, payload] as const);
}

/** What the fixture's main process has noted, each entry an array whose first item says what it is. */
export async function logOf(page: Page, what: string): Promise<readonly unknown[][]> {
  const log = (await invoke(page, 'log')) as unknown[][];
  return log.filter((entry) => entry[0] === what);
}
