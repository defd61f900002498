import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppDriver } from '../../electron/stand-in/driver';
import { launchStandIn } from '../../electron/stand-in/stand-in-driver';
import { FixtureApp, FIXTURE, invoke, logOf } from './fixture-app';

const XVFB = '/usr/bin/Xvfb';
const hasDisplay = existsSync(XVFB);
if (!hasDisplay) {
  process.stderr.write('SKIPPED: the stand-in in real windows. It needs an X server: apt-get install xvfb\n');
}

describe.skipIf(!hasDisplay)('in windows', () => {
  const fixture = new FixtureApp();
  let server: ChildProcess;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    // The server picks a free display itself and writes its number to descriptor 3.
    const args = [
      '-displayfd',
      '3',
      '-screen',
      '0',
      '1400x900x24',
      '-nolisten',
      'tcp',
      '-fbdir',
      fixture.home,
    ];
    server = spawn(XVFB, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const number = await new Promise<string>((resolve) => {
      server.stdio[3]?.on('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    env = { ...fixture.env, DISPLAY: `:${number}` };
  });
  afterAll(async () => {
    server.kill();
    await fixture.remove();
  });

  describe('driven by a test', () => {
    let driver: AppDriver;
    let page: Page;

    beforeAll(async () => {
      driver = await launchStandIn({ bundle: await fixture.build(), appRoot: FIXTURE, env, headless: false });
      page = await driver.page('app://fixture/index.html');
    });
    afterAll(() => driver.kill());

    test('a window has no tabs and no address bar', async () => {
      expect(await invoke(page, 'echo', 1)).toBe(1);
      const [width, frame] = await page.evaluate(() => [
        window.outerWidth,
        window.outerHeight - window.innerHeight,
      ]);
      expect(width).toBe(900);
      expect(frame).toBeLessThan(80);
    });

    test('two windows asked for at once get a page each', async () => {
      const ids = await Promise.all([
        invoke(page, 'open', { url: 'app://fixture/app.html' }),
        invoke(page, 'open', { url: 'app://fixture/inner.html' }),
      ]);
      const frames = await driver.page('app://fixture/app.html');
      const inner = await driver.page('app://fixture/inner.html');
      expect(await Promise.all([frames.title(), inner.title()])).toEqual(['Frames', 'Inner']);
      await frames.close();
      await inner.close();
      await expect
        .poll(async () => (await logOf(page, 'closed')).map(([, id]) => Number(id)).sort((a, b) => a - b))
        .toEqual(ids);
    });
  });

  test('the app outlives its last window, and opens another', async () => {
    const driver = await launchStandIn({
      bundle: await fixture.build(),
      appRoot: FIXTURE,
      env,
      headless: false,
    });
    const page = await driver.page('app://fixture/index.html');
    await page.close();
    await expect.poll(() => driver.ask('windows')).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await driver.ask('clickTray');
    expect(await invoke(await driver.page('app://fixture/index.html'), 'echo', 'again')).toBe('again');
    expect(await driver.quit()).toBe(0);
  });

  test('started by a person, it shows its window and one for the tray, and ends on a signal', async () => {
    const child = spawn(process.execPath, [await fixture.build(), FIXTURE], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    // Nothing but the picture shows what a person sees: two windows with content of their own on a black screen.
    await expect.poll(() => litColumns(fixture.home), { timeout: 60_000 }).toBeGreaterThan(1250);
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(output).toBe(
      'There is no desktop tray here: its menu, dialogs and notifications open in a window of their own.\n' +
        'event before-quit\nevent will-quit\n',
    );
  });
});

/** How many columns of the screen are not black. The file is in XWD format: big-endian header, then 32-bit pixels. */
function litColumns(directory: string): number {
  const file = readFileSync(join(directory, 'Xvfb_screen0'));
  const [headerSize, width, height, colours] = [0, 16, 20, 76].map((at) => file.readUInt32BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const pixels = headerSize + colours * 12;
  const lit = new Set<number>();
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x++)
      if ((file.readUInt32LE(pixels + (y * width + x) * 4) & 0xffffff) !== 0) lit.add(x);
  }
  return lit.size;
}
