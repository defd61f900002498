import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invoke, logOf } from './fixture-app';
import { ServedFixture } from './served-fixture';

const served = new ServedFixture();
let address: string;
let origin: string;
/** Where everything is, known once somebody has been let in; ends in a slash. */
let folder: string;
let page: Page;

const ask: ServedFixture['ask'] = (...about) => served.ask(...about);

beforeAll(async () => {
  await served.start();
  address = served.appAddress;
  origin = new URL(address).origin;
});
afterAll(() => served.remove());

describe('before anybody is let in', () => {
  test('no cookie, no page', async () => {
    for (const path of [
      '/',
      '/index.html',
      '/page.js',
      '/.stand-in/controls',
      '/.stand-in/preload.js?key=x',
      `/${'0'.repeat(32)}/index.html`,
      '//',
    ]) {
      expect(await ask(origin + path)).toMatchObject({
        status: 401,
        body: expect.stringContaining('printed in the terminal'),
      });
    }
  });

  test('a wrong token is refused and does not use up the right one', async () => {
    expect(await ask(`${origin}/?token=wrong`)).toMatchObject({ status: 401 });
    expect(await ask(`${origin}/?token=${'A'.repeat(43)}`)).toMatchObject({ status: 401 });
  });

  test('another Host is refused even with the token', async () => {
    const { search } = new URL(address);
    for (const host of ['localhost', `localhost:${new URL(origin).port}`, 'evil.example', '127.0.0.1']) {
      expect(await ask(`${origin}/${search}`, { host })).toMatchObject({
        status: 421,
        body: expect.stringContaining(origin),
      });
    }
  });

  test('another Origin is refused even with the token', async () => {
    const { search } = new URL(address);
    for (const foreign of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
      expect(await ask(`${origin}/${search}`, { origin: foreign })).toMatchObject({ status: 403 });
    }
    expect(await ask(`${origin}/${search}`, { 'sec-fetch-site': 'cross-site' })).toMatchObject({
      status: 403,
    });
  });
});

describe('the person with the address', () => {
  test('sees the app at work', async () => {
    page = await served.newPage();
    await page.goto(address);
    await page.waitForFunction(() => document.title === 'Fixture page');
    expect(page.url()).not.toContain('token');
    [folder = ''] = /^\/[0-9a-f]{32}\//.exec(new URL(page.url()).pathname) ?? [];
    expect(await page.evaluate(() => window.atStart)).toBe('object');
    expect(await invoke(page, 'echo', { deep: [1, null, 'ü'] })).toEqual({ deep: [1, null, 'ü'] });
    await expect(invoke(page, 'fail')).rejects.toThrow('TypeError: no such door');
    await invoke(page, 'broadcast', { n: 1 });
    await page.waitForFunction(() => window.events.length === 1);
    expect(await page.evaluate(() => [window.fixture.add(1, 2), Object.isFrozen(window.fixture)])).toEqual([
      3,
      true,
    ]);
  });

  test('main sees the app’s own URLs', async () => {
    await page.evaluate(() => window.fixture.note('served'));
    expect(await logOf(page, 'note')).toEqual([['note', 'served', 'app://fixture/index.html', 1]]);
  });

  test('the cookie is out of reach of scripts, and works only with our Host and Origin', async () => {
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: folder });
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const header = `${cookie?.name}=${cookie?.value}`;
    expect(await ask(`${origin}${folder}page.js`, { cookie: header })).toMatchObject({ status: 200 });
    expect(await ask(`${origin}${folder}page.js`, { cookie: header, host: 'evil.example' })).toMatchObject({
      status: 421,
    });
    expect(
      await ask(`${origin}${folder}page.js`, { cookie: header, origin: 'https://evil.example' }),
    ).toMatchObject({
      status: 403,
    });
    expect(await ask(`${origin}${folder}.stand-in/post`, { cookie: header }, 'POST')).toMatchObject({
      status: 403,
    });
    expect(await ask(`${origin}${folder}.stand-in/post`, { cookie: header, origin }, 'POST')).toMatchObject({
      status: 403,
    });
    expect(await ask(`${origin}${folder}page.js`, { cookie: `${cookie?.name}=wrong` })).toMatchObject({
      status: 401,
    });
  });

  test('the cookie goes to no other server of this machine', async () => {
    const heard: string[] = [];
    const other = createServer(({ url, headers }, response) => {
      heard.push(`${url} ${headers.cookie ?? 'no cookie'}`);
      response.end('other');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const tab = await page.context().newPage();
    await tab.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/index.html`);
    await tab.close();
    await new Promise((resolve) => other.close(resolve));
    expect(heard).toContain('/index.html no cookie');
    expect(heard.filter((line) => !line.endsWith(' no cookie'))).toEqual([]);
  });

  test('outside of the folder there is nothing, cookie or not', async () => {
    const [cookie] = await page.context().cookies();
    const header = `${cookie?.name}=${cookie?.value}`;
    expect(await ask(`${origin}/page.js`, { cookie: header })).toMatchObject({ status: 401 });
    expect(await ask(origin + folder.slice(0, -1), { cookie: header })).toMatchObject({ status: 401 });
    expect(await ask(`${origin}${folder}page.js`, { cookie: header })).toMatchObject({ status: 200 });
  });

  test('the token works once', async () => {
    expect(await ask(`${origin}/${new URL(address).search}`)).toMatchObject({
      status: 401,
      body: expect.stringContaining('used already'),
    });
  });

  test('the policy holds, but for requests to the app itself', async () => {
    const policy = (await page.reload())?.headers()['content-security-policy'];
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(await page.evaluate(() => window.inlineRan)).toBeUndefined();
    const outside = page.evaluate(() =>
      fetch('https://evil.example/').catch((error: unknown) => String(error)),
    );
    expect(await outside).toBe('TypeError: Failed to fetch');
  });

  test('the page cannot get at the line to main', async () => {
    const found = await page.evaluate(async () => {
      const entries = performance.getEntriesByType('resource').map(({ name }) => name);
      const script = entries.find((name) => name.includes('preload.js')) ?? '';
      const again = await fetch(script);
      const post = await fetch('.stand-in/post', { method: 'POST', body: '{"kind":"loaded"}' });
      return { asked: script !== '', again: again.status, post: post.status, tags: document.scripts.length };
    });
    expect(found).toEqual({ asked: true, again: 403, post: 403, tags: 2 });
  });

  test('a foreign page is stopped by the app, a window.open is denied', async () => {
    expect(await page.evaluate(() => window.open('https://evil.example/popup'))).toBeNull();
    await page.click('#blank');
    await expect
      .poll(() => logOf(page, 'window.open'))
      .toEqual([
        ['window.open', 'https://evil.example/popup'],
        ['window.open', 'https://evil.example/blank'],
      ]);
    expect(page.context().pages()).toHaveLength(1);
  });

  test('a reload is the same window', async () => {
    await page.reload();
    expect(await invoke(page, 'echo', 'again')).toBe('again');
  });
});
