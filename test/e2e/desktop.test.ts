/** How the app behaves as a desktop program: one at a time, in the tray, by the keyboard, in words when nobody looks. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { CommandLine } from '../net/command-line';
import { createTopology, type Topology } from '../net/topology';
import { launchApp, pictureOnFailure, prepareHome, type AppHome } from './app';
import { Terminals } from './terminal';
import { until } from './until';

describe('the app on a desktop', () => {
  let net: Topology;
  let home: AppHome;
  let sallyport: CommandLine;
  let app: AppDriver;
  let page: Page;

  beforeEach(() => {
    net = createTopology();
    const env = { ...process.env, SALLYPORT_KEYCHAIN: 'session' };
    home = prepareHome(net.folder, env, new Terminals(join(net.folder, 'terminals')).argv);
    sallyport = new CommandLine(net.client, home.home);
  });
  afterEach(async (test) => {
    await pictureOnFailure(test, page);
    await app?.kill();
    await net.remove();
  });

  async function open(): Promise<void> {
    app = await launchApp(home);
    page = await app.page('app://sallyport/index.html');
    page.setDefaultTimeout(30_000);
  }

  const add = (name: string, more: readonly string[] = []) =>
    sallyport.done(['add', name, '--host', '10.91.0.2', '--sequence-file', '-', ...more], '7000,9000,8000');

  it('takes over from a running agent, and shows what the command line adds', async () => {
    await add('before');
    expect(JSON.parse(await sallyport.done(['status', '--json']))).toMatchObject({ role: 'agent' });
    await open();
    expect(JSON.parse(await sallyport.done(['status', '--json']))).toMatchObject({ role: 'app' });
    await page.getByRole('option', { name: /^before/ }).waitFor();
    await add('while');
    await page.getByRole('option', { name: /^while/ }).waitFor();
    await sallyport.done(['quit']);
    expect(await app.exited).toBe(0);
  });

  it('stays in the tray when its window is closed, and says so once', async () => {
    await open();
    const [window] = await app.ask('windows');
    await app.ask('closeWindow', { id: window?.id ?? 0 });
    await until(async () => (await app.ask('windows'))[0]?.visible === false, 'the window hides');
    const titles = async () => (await app.ask('notifications')).map(({ title }) => title);
    await expect.poll(titles).toEqual(['Sallyport is still here']);
    await app.ask('clickMenu', { place: 'tray', path: ['Open Sallyport'] });
    await until(async () => (await app.ask('windows'))[0]?.visible === true, 'the window is back');
    // The answer may be cut off by the end it brings about.
    await app.ask('clickMenu', { place: 'tray', path: ['Quit Sallyport'] }).catch(() => undefined);
    expect(await app.exited).toBe(0);
  });

  it('tells the verdict of a tray knock when nobody looks, and which icon it earns', async () => {
    await add('pi', ['--open-for', '5']);
    await open();
    await page.getByRole('button', { name: 'Favourite' }).click();
    const [window] = await app.ask('windows');
    await app.ask('setWindowFocus', { id: window?.id ?? 0, focused: false });
    const favourites = async () => (await app.ask('trays'))[0]?.menu.map(({ label }) => label) ?? [];
    await until(async () => (await favourites()).includes('pi'), 'the tray lists the favourite');
    await app.ask('clickMenu', { place: 'tray', path: ['pi', 'Knock'] });
    const told = async () => (await app.ask('notifications')).map(({ title, body }) => `${title}: ${body}`);
    await until(async () => (await told()).length > 0, 'the verdict is told');
    expect(await told()).toEqual([
      'pi: No effect: Nothing changed after the knock: port 22 was refusing connections and still is.',
    ]);
  });

  it('is one per home: a second start shows the window of the first', async () => {
    await open();
    const second = await launchApp(home).then(
      (driver) => driver.exited,
      (error: unknown) => String(error),
    );
    expect(String(second)).toMatch(/0/);
    expect(await app.ask('windows')).toHaveLength(1);
  });

  it('is usable with the keyboard alone', async () => {
    await open();
    await page.getByRole('region', { name: 'Welcome' }).waitFor();
    await page.keyboard.press('Control+N');
    await page.keyboard.type('lab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('10.91.0.2');
    await page.keyboard.press('Control+S');
    await page.getByRole('heading', { level: 1, name: 'lab' }).waitFor();
    await page.keyboard.press('Control+K');
    await page.keyboard.type('la');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Enter');
    await page.getByRole('list', { name: 'Steps' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('The knock was cancelled.').first().waitFor();
  });

  it('refuses pages and windows that are not its own', async () => {
    await open();
    const seen = await page.evaluate(async () => {
      const answers: string[] = [];
      answers.push(window.open('https://example.org') === null ? 'no window' : 'a window');
      answers.push(
        await fetch('https://example.org').then(
          () => 'fetched',
          () => 'not fetched',
        ),
      );
      const frame = document.createElement('iframe');
      frame.src = 'data:text/html,<p>hello';
      document.body.append(frame);
      answers.push('sallyport' in (frame.contentWindow ?? {}) ? 'a bridge' : 'no bridge');
      location.href = 'https://example.org';
      return answers;
    });
    expect(seen).toEqual(['no window', 'not fetched', 'no bridge']);
    await page.waitForTimeout(300);
    expect(app.appUrl(page)).toBe('app://sallyport/index.html');
  });
});
