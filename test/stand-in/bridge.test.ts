import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppDriver } from '../../electron/stand-in/driver';
import { FixtureApp, FIXTURE, invoke, logOf } from './fixture-app';

const fixture = new FixtureApp();
let driver: AppDriver;
let page: Page;

beforeAll(async () => {
  driver = await fixture.launch();
  page = await driver.page('app://fixture/index.html');
});
afterAll(() => fixture.remove());

describe('contextBridge', () => {
  test('the API is there before the first script of the page', async () => {
    expect(await page.evaluate(() => window.atStart)).toBe('object');
  });

  test('plain data, nesting and synchronous calls cross', async () => {
    expect(
      await page.evaluate(() => [window.fixture.platform, window.fixture.nested, window.fixture.add(2, 3)]),
    ).toEqual([process.platform, { deep: [1, { two: 'zwei' }] }, 5]);
  });

  test('a function of the page can be called from the preload, and its answer comes back', async () => {
    expect(await page.evaluate(() => window.fixture.callBack((value) => ({ got: value })))).toEqual({
      got: { from: 'preload' },
    });
  });

  test('an error thrown in the preload is an error in the page', async () => {
    const seen = await page.evaluate(() => {
      try {
        window.fixture.throws();
      } catch (error) {
        return [(error as Error).name, (error as Error).message, error instanceof Error];
      }
      return null;
    });
    expect(seen).toEqual(['RangeError', 'out of range', true]);
  });

  test('what cannot be cloned is refused', async () => {
    const refused = page.evaluate(() => window.fixture.add(new Map() as never, 1));
    await expect(refused).rejects.toThrow(/cannot be cloned/);
  });

  test('the API is frozen', async () => {
    const after = await page.evaluate(() => {
      const before = window.fixture.invoke;
      try {
        (window.fixture as { invoke: unknown }).invoke = () => 'stolen';
      } catch {
        // Strict mode throws; sloppy mode ignores.
      }
      try {
        (window as { fixture: unknown }).fixture = {};
      } catch {
        // The same.
      }
      return window.fixture.invoke === before && Object.isFrozen(window.fixture.nested);
    });
    expect(after).toBe(true);
  });

  test('the page has neither require nor ipcRenderer nor the binding to main', async () => {
    const names = await page.evaluate(() =>
      [
        'require',
        'module',
        'exports',
        'process',
        'electron',
        'ipcRenderer',
        '__standInPost',
        '__standInReceive',
      ].filter((name) => name in window),
    );
    expect(names).toEqual([]);
  });
});

describe('ipc', () => {
  test('invoke carries JSON both ways', async () => {
    const payload = { text: 'ü\u2028', list: [1, 2.5, null, true, [{}]], nested: { a: { b: 'c' } } };
    expect(await invoke(page, 'echo', payload)).toEqual(payload);
  });

  test('many calls at once are answered each with its own answer', async () => {
    const answers = await page.evaluate(() =>
      Promise.all(Array.from({ length: 200 }, (_, index) => window.fixture.invoke('echo', index))),
    );
    expect(answers).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  test('a megabyte goes through', async () => {
    expect(
      await page.evaluate(
        async () => ((await window.fixture.invoke('echo', 'x'.repeat(2 ** 20))) as string).length,
      ),
    ).toBe(2 ** 20);
  });

  test("a handler's error rejects with Electron's words", async () => {
    await expect(invoke(page, 'fail')).rejects.toThrow(
      "Error invoking remote method 'fixture:call:fail': TypeError: no such door",
    );
  });

  test('a channel without handler rejects', async () => {
    await expect(invoke(page, 'nothing')).rejects.toThrow("No handler registered for 'fixture:call:nothing'");
  });

  test('an answer that JSON would change is an error, not an empty object', async () => {
    await expect(invoke(page, 'map')).rejects.toThrow(
      /an instance of Map; the stand-in carries JSON values only/,
    );
  });

  test('send reaches ipcMain.on with the frame and the sender', async () => {
    await page.evaluate(() => window.fixture.note('hello'));
    expect(await logOf(page, 'note')).toEqual([['note', 'hello', 'app://fixture/index.html', 1]]);
  });

  test('webContents.send reaches every listener until it is removed', async () => {
    await invoke(page, 'broadcast', { n: 1 });
    await page.waitForFunction(() => window.events.length === 1);
    await page.evaluate(() => window.stopEvents());
    await invoke(page, 'broadcast', { n: 2 });
    await invoke(page, 'echo', null);
    expect(await page.evaluate(() => window.events)).toEqual([{ n: 1 }]);
  });
});

describe('app and window', () => {
  test('the app knows itself', async () => {
    expect(await invoke(page, 'paths')).toEqual({
      userData: `${fixture.home}/.config/Fixture`,
      name: 'Fixture',
      version: '1.2.3',
      packaged: false,
      root: FIXTURE,
    });
  });

  test('show, focus and ready-to-show come in Electron’s order', async () => {
    const seen = async () =>
      ((await invoke(page, 'log')) as unknown[][])
        .map(([what]) => what)
        .filter((what) => /^(ready-to-show|show|focus)$/.test(what as string));
    await expect.poll(seen).toEqual(['ready-to-show', 'show', 'focus']);
  });

  test('the page is what the window says it is', async () => {
    await expect.poll(async () => (await driver.ask('windows'))[0]?.title).toBe('Fixture page');
    expect(await driver.ask('windows')).toMatchObject([
      {
        id: 1,
        url: 'app://fixture/index.html',
        visible: true,
        focused: true,
        bounds: { width: 900, height: 640 },
      },
    ]);
    expect(driver.appUrl(page)).toBe('app://fixture/index.html');
  });

  test('setBounds resizes the page', async () => {
    await invoke(page, 'bounds', { width: 1000, height: 700 });
    await page.waitForFunction(() => window.innerWidth === 1000 && window.innerHeight === 700);
  });

  test('the theme reaches the page as prefers-color-scheme, and the app hears of changes', async () => {
    const isDark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    expect(await isDark()).toBe(false);
    expect(await invoke(page, 'theme', 'dark')).toBe(true);
    await expect.poll(isDark).toBe(true);
    await invoke(page, 'theme', 'system');
    await expect.poll(isDark).toBe(false);
    await driver.ask('setSystemDark', { dark: true });
    await expect.poll(isDark).toBe(true);
    expect(await logOf(page, 'theme updated')).toEqual([
      ['theme updated', true],
      ['theme updated', false],
      ['theme updated', true],
    ]);
  });

  test('a second window has its own page and closes by itself', async () => {
    const id = await invoke(page, 'open', { url: 'app://fixture/app.html' });
    const second = await driver.page('app://fixture/app.html');
    expect(await invoke(second, 'echo', 'from the second')).toBe('from the second');
    await second.close();
    await expect.poll(() => logOf(page, 'closed')).toEqual([['closed', id]]);
    expect(await driver.ask('windows')).toHaveLength(1);
  });
});
