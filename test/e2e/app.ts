/** The built app under the stand-in (or the real Electron where it is), with a home of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import type { Settings } from '../../shared/contract/views';
import type { AppDriver } from '../../electron/stand-in/driver';
import { launchApp as launch } from '../../electron/stand-in/launch-app';

const ROOT = join(import.meta.dirname, '../..');

export interface AppHome {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

export function prepareHome(folder: string, env: NodeJS.ProcessEnv, terminal: readonly string[]): AppHome {
  const home = join(folder, 'app-home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const settings: Settings = {
    theme: 'light',
    terminal: { kind: 'custom', argv: terminal },
    clockServer: { kind: 'off' },
  };
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings));
  return { home, env: { ...env, SALLYPORT_HOME: home } };
}

export function launchApp({ env }: AppHome): Promise<AppDriver> {
  return launch({ appRoot: ROOT, env });
}

/** Every string that the page's JavaScript holds, without the numbers that V8 itself gives to scopes. */
export async function heapOf(page: Page): Promise<readonly string[]> {
  const cdp = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  cdp.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await cdp.detach();
  const { strings } = JSON.parse(chunks.join('')) as { strings: string[] };
  return strings.map((text) => text.replace(/^(system \/ .*) @\d+$/, '$1'));
}

/** Whether the page's JavaScript holds a port, alone or in a sequence: a heap is full of digits that have it in their middle. */
export async function heapHolds(page: Page, port: number): Promise<boolean> {
  const alone = new RegExp(`(?<![\\w.])${port}(?![\\w.])`);
  return (await heapOf(page)).some((text) => alone.test(text));
}

/** What the window showed when a test failed, in test-results/. */
export async function pictureOnFailure({ task }: TestContext, page: Page | undefined): Promise<void> {
  if (task.result?.state !== 'fail' || page === undefined) return;
  const name = task.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
  await page.screenshot({ path: join(ROOT, 'test-results', `${name}.png`) }).catch(() => undefined);
}
