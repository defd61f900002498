import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppDriver } from '../../electron/stand-in/driver';
import { FixtureApp, invoke, logOf } from './fixture-app';

const fixture = new FixtureApp();
let driver: AppDriver;
let page: Page;

beforeAll(async () => {
  driver = await fixture.launch();
  page = await driver.page('app://fixture/index.html');
});
afterAll(() => fixture.remove());

describe('who may call main', () => {
  test('a page of another host is seen by main as what it is, and refused', async () => {
    await invoke(page, 'open', { url: 'app://stranger/index.html' });
    const stranger = await driver.page('app://stranger/');
    await expect(invoke(stranger, 'echo', 1)).rejects.toThrow('untrusted sender app://stranger/index.html');
    await stranger.close();
  });

  test('a subframe has no preload of its own', async () => {
    await invoke(page, 'open', { url: 'app://fixture/app.html' });
    const outer = await driver.page('app://fixture/app.html');
    const inner = outer.frameLocator('#inner').locator('body');
    expect(await inner.evaluate(() => typeof window.fixture)).toBe('undefined');
    await outer.close();
  });

  test('a subframe that asked for the preload is known as a subframe, and refused', async () => {
    const options = { webPreferences: { nodeIntegrationInSubFrames: true } };
    await invoke(page, 'open', { url: 'app://fixture/app.html', options });
    const outer = await driver.page('app://fixture/app.html');
    const inner = outer.frameLocator('#inner').locator('body');
    const call = inner.evaluate(() => window.fixture.invoke('echo', 1));
    await expect(call).rejects.toThrow('untrusted sender app://fixture/inner.html');
    expect(await invoke(outer, 'echo', 1)).toBe(1);
    await outer.close();
  });
});

describe('where a page may go', () => {
  test('the app’s will-navigate stops a foreign page, and the window stays', async () => {
    await page.click('#away');
    await expect
      .poll(() => logOf(page, 'will-navigate'))
      .toEqual([['will-navigate', 'https://evil.example/away']]);
    expect(driver.appUrl(page)).toBe('app://fixture/index.html');
    expect(await invoke(page, 'echo', 'still here')).toBe('still here');
  });

  test('location, too', async () => {
    await page.evaluate(() => {
      location.href = 'http://127.0.0.1:1/';
    });
    await expect
      .poll(async () => (await logOf(page, 'will-navigate')).at(-1))
      .toEqual(['will-navigate', 'http://127.0.0.1:1/']);
    expect(driver.appUrl(page)).toBe('app://fixture/index.html');
  });

  test('a reload by the person is none of the app’s business, one by the page is', async () => {
    const asked = async () => (await logOf(page, 'will-navigate')).length;
    const before = await asked();
    await page.reload();
    expect(await asked()).toBe(before);
    await Promise.all([page.waitForEvent('load'), page.evaluate(() => location.reload())]);
    expect(await asked()).toBe(before + 1);
  });

  test('a page of the app may be gone to and come back from', async () => {
    await page.click('#inside');
    await page.waitForURL(/app\.html$/);
    expect(await invoke(page, 'echo', 2)).toBe(2);
    await page.goBack();
    await page.waitForURL(/index\.html$/);
    expect(await invoke(page, 'echo', 3)).toBe(3);
  });

  test('window.open and target=_blank are denied and open nothing', async () => {
    expect(await page.evaluate(() => window.open('https://evil.example/popup'))).toBeNull();
    await page.click('#blank');
    await expect
      .poll(() => logOf(page, 'window.open'))
      .toEqual([
        ['window.open', 'https://evil.example/popup'],
        ['window.open', 'https://evil.example/blank'],
      ]);
    await expect.poll(() => page.context().pages().length).toBe(1);
    expect(await driver.ask('windows')).toHaveLength(1);
  });

  test('a window cannot be loaded with a page nobody serves', async () => {
    await invoke(page, 'open', { url: 'https://evil.example/loaded' });
    await expect
      .poll(() => logOf(page, 'load failed'))
      .toEqual([
        ['load failed', expect.stringMatching(/^ERR_\w+ loading 'https:\/\/evil.example\/loaded'$/)],
      ]);
    const last = (await driver.ask('windows')).at(-1);
    await driver.ask('closeWindow', { id: last?.id ?? 0 });
  });
});

describe('what a page may load', () => {
  test('the policy of the response holds', async () => {
    expect(await page.evaluate(() => window.inlineRan)).toBeUndefined();
    const colour = (id: string) => page.locator(id).evaluate((element) => getComputedStyle(element).color);
    expect(await colour('#styled')).toBe('rgb(1, 2, 3)');
    expect(await colour('#unstyled')).toBe('rgb(0, 0, 0)');
    await expect(page.evaluate(() => fetch('/echo'))).rejects.toThrow(/Failed to fetch/);
    const evaluated = page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.head.append(script);
      return window.inlineRan;
    });
    expect(await evaluated).toBeUndefined();
  });

  test('the app’s onBeforeRequest sees and stops requests', async () => {
    const loads = (path: string) =>
      page.evaluate(
        (src) =>
          new Promise((resolve) => {
            const script = Object.assign(document.createElement('script'), { src });
            script.onload = () => resolve('loaded');
            script.onerror = () => resolve('refused');
            document.head.append(script);
          }),
        path,
      );
    expect(await loads('/page.js?again')).toBe('loaded');
    expect(await loads('/page.js?forbidden')).toBe('refused');
    expect((await logOf(page, 'request')).at(-1)).toEqual([
      'request',
      'script',
      'app://fixture/page.js?forbidden',
    ]);
  });

  test('without a policy, nothing outside is reached either: not by fetch, WebSocket or beacon', async () => {
    await page.goto('https://fixture.app.stand-in.invalid/echo');
    const tried = await page.evaluate(async () => {
      const socket = (url: string) =>
        new Promise((resolve) => {
          const opened = new WebSocket(url);
          opened.onopen = () => resolve('open');
          opened.onerror = () => resolve('refused');
        });
      const fetched = (url: string) =>
        fetch(url, { mode: 'no-cors' }).then(
          () => 'fetched',
          () => 'refused',
        );
      return Promise.all([
        fetched('https://evil.example/'),
        fetched('http://127.0.0.1:22/'),
        socket('ws://127.0.0.1:22/'),
        socket('wss://evil.example/'),
      ]);
    });
    expect(tried).toEqual(['refused', 'refused', 'refused', 'refused']);
    await page.goto('https://fixture.app.stand-in.invalid/index.html');
  });

  test('permissions are denied', async () => {
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone'] as PermissionName[];
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
    });
    expect(states).toEqual(['denied', 'denied', 'denied', 'denied']);
  });
});

describe('what is not there', () => {
  test.each([
    [['app', 'getGPUInfo'], 'app.getGPUInfo'],
    [['contentTracing'], 'electron.contentTracing'],
    [['safeStorage'], 'electron.safeStorage'],
    [['BrowserWindow', 'fromBrowserView'], 'BrowserWindow.fromBrowserView'],
    [['BrowserWindow', 'prototype', 'capturePage'], 'BrowserWindow.capturePage'],
    [['clipboard', 'readImage'], 'clipboard.readImage'],
    [['session', 'defaultSession', 'cookies'], 'session.cookies'],
  ])('%j throws', async (path, named) => {
    await expect(invoke(page, 'unsupported', path)).rejects.toThrow(`stand-in: ${named} is not supported`);
  });

  test('an event that never comes cannot be waited for', async () => {
    await expect(invoke(page, 'unsupportedEvent')).rejects.toThrow(
      "stand-in: the event 'gpu-info-update' of app is not supported",
    );
  });

  test('what is explicitly absent reads as undefined', async () => {
    expect(await invoke(page, 'unsupported', ['app', 'dock'])).toBe('undefined');
  });
});
