import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { AppDriver, DriverOptions } from './driver';
import { installProbe, PROBE } from './real-probe';
import { waitForPage } from './wait-for-page';

export interface ElectronOptions extends DriverOptions {
  /** Electron's binary, from its own download or a distribution. */
  readonly executablePath: string;
}

/** Starts the app on real Electron, so that the same specs run there. Its windows are shown: Electron has no headless mode. */
export async function launchElectron(options: ElectronOptions): Promise<AppDriver> {
  const { appRoot, args = [], env = process.env, executablePath } = options;
  const folder = mkdtempSync(join(tmpdir(), 'electron-probe-'));
  const probe = join(folder, 'probe.cjs');
  writeFileSync(probe, probeSource());
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const electron = await _electron.launch({
    executablePath,
    args: [...sandbox, '-r', probe, appRoot, ...args],
    env: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
  return new ElectronDriver(electron, () => rmSync(folder, { recursive: true, force: true }));
}

/** The probe as a script for `-r`. */
export function probeSource(): string {
  return `(${installProbe.toString()})(require('electron'), globalThis, ${JSON.stringify(PROBE)});\n`;
}

class ElectronDriver implements AppDriver {
  readonly runtime = 'electron';
  readonly exited: Promise<number | null>;
  readonly #electron: ElectronApplication;
  #output = '';

  constructor(electron: ElectronApplication, onExit: () => void) {
    this.#electron = electron;
    const child = electron.process();
    child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.exited = new Promise((resolve) => {
      child.once('exit', (code) => {
        onExit();
        resolve(code);
      });
    });
  }

  ask: AppDriver['ask'] = async (...[name, takes]) => {
    const call = { probe: PROBE, name, takes: takes ?? null };
    return (await this.#electron.evaluate((_electron, { probe, name: operation, takes: payload }) => {
      const handlers = (globalThis as unknown as Record<string, Record<string, (takes: unknown) => unknown>>)[
        probe
      ];
      return handlers?.[operation]?.(payload);
    }, call)) as never;
  };

  page(urlPrefix = ''): Promise<Page> {
    return waitForPage(
      () => this.#electron.windows(),
      (url) => url,
      urlPrefix,
    );
  }

  appUrl(page: Page): string {
    return page.url();
  }

  output(): string {
    return this.#output;
  }

  async quit(): Promise<number | null> {
    await this.ask('quit').catch(() => undefined);
    return this.exited;
  }

  async kill(): Promise<void> {
    this.#electron.process().kill('SIGKILL');
    await this.exited;
  }
}
