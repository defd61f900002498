/** Imports, exports, QR codes and links from the desktop, in the app itself. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { CommandLine } from '../net/command-line';
import { createTopology, type Topology } from '../net/topology';
import { alone } from '../number-alone';
import { heapHolds, launchApp, pictureOnFailure, prepareHome, type AppHome } from './app';
import { Terminals } from './terminal';
import { until } from './until';

const SEQUENCE = '61871:tcp,62982:udp,63793:tcp';
const LINK = 'sallyport://profile/v1?name=from-a-link&host=web9.example.org';

describe('the app', () => {
  let net: Topology;
  let home: AppHome;
  let sallyport: CommandLine;
  let app: AppDriver;
  let page: Page;

  beforeEach(() => {
    net = createTopology();
    const env = { ...process.env, SALLYPORT_KEYCHAIN: 'session', HOME: join(net.folder, 'person') };
    mkdirSync(join(net.folder, 'person', '.ssh'), { recursive: true });
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
  const names = async () =>
    (JSON.parse(await sallyport.done(['list', '--json'])) as { profiles: { name: string }[] }).profiles.map(
      ({ name }) => name,
    );

  it('imports ~/.ssh/config and a knockd.conf after a review, by keyboard alone', async () => {
    writeFileSync(join(net.folder, 'person', '.ssh', 'config'), 'Host web1 web2\n  User ops\nHost *.lan\n');
    await open();
    await page.getByRole('button', { name: 'Import ~/.ssh/config' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'Import web2' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Import 1 host' }).focus();
    expect(await names()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'web1' }).waitFor();
    expect(await names()).toEqual(['web1']);

    const knockd = join(net.folder, 'knockd.conf');
    writeFileSync(
      knockd,
      `[door]\nsequence = ${SEQUENCE}\ncommand = iptables -A INPUT --dport 22 -j ACCEPT\n`,
    );
    await app.ask('answerDialog', { kind: 'paths', paths: [knockd] });
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.getByRole('menuitem', { name: 'Import…' }).click();
    await page.getByRole('button', { name: 'From a file…' }).click();
    await page.getByRole('textbox', { name: 'Host' }).fill('10.91.0.2');
    await page.getByRole('button', { name: 'Import 1 host' }).click();
    await page.getByRole('heading', { level: 1, name: 'door' }).waitFor();
    expect(await names()).toEqual(['web1', 'door']);
    for (const port of [61871, 62982, 63793]) expect(await heapHolds(page, port)).toBe(false);
  });

  it('exports under a passphrase, only after a native question and to where a person says', async () => {
    await sallyport.done(['add', 'web1', '--host', 'h', '--sequence-file', '-'], SEQUENCE);
    await open();
    const out = join(net.folder, 'out.json');
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.getByRole('menuitem', { name: 'Export…' }).click();
    await page.getByRole('checkbox', { name: /With their secrets/ }).check();
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse');
    await page.getByLabel('Once more').fill('correct horse');
    await app.ask('answerDialog', { kind: 'button', label: 'Write them' });
    await app.ask('answerDialog', { kind: 'paths', paths: [out] });
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByText(`1 host was written to ${out}.`).first().waitFor();
    const [question, file] = await app.ask('dialogs');
    expect(question).toMatchObject({ kind: 'message', message: 'Write the secrets of "web1" to a file?' });
    expect(file).toMatchObject({ kind: 'save', title: 'Export profiles' });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const text = readFileSync(out, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ sallyport: 'profiles', secrets: { kdf: { name: 'scrypt' } } });
    expect(text).not.toMatch(alone(61871));
  });

  it('shows a QR code in a window of its own, after a question, and reads a screenshot of it', async () => {
    await sallyport.done(['add', 'web1', '--host', 'h', '--sequence-file', '-'], SEQUENCE);
    await open();
    await app.ask('answerDialog', { kind: 'button', label: 'Show' });
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Show QR code…' }).click();
    const shown = await app.page('app://sallyport/reveal-');
    await shown.getByRole('img', { name: 'QR code of the profile' }).waitFor();
    expect(await shown.getByText('It contains the key').count()).toBe(1);
    expect(await heapHolds(page, 61871)).toBe(false);

    // A screenshot of that window comes back as a file, on the command line, and pasted into the app.
    const picture = await shown.screenshot({ type: 'png' });
    const file = join(net.folder, 'code.png');
    writeFileSync(file, picture, { mode: 0o600 });
    expect(await sallyport.done(['import', file])).toBe('imported web1 2 (h port 22, static)\n');
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.getByRole('menuitem', { name: 'Import…' }).click();
    await page.getByRole('textbox', { name: 'Paste a profile' }).evaluate((field, png) => {
      const clipboardData = new DataTransfer();
      const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
      clipboardData.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, picture.toString('base64'));
    await page.getByRole('button', { name: 'Import 1 host' }).click();
    await page.getByRole('heading', { level: 1, name: 'web1 3' }).waitFor();
    expect(await names()).toEqual(['web1', 'web1 2', 'web1 3']);
    expect(await heapHolds(page, 61871)).toBe(false);
  });

  it('lets a link from outside show or offer, never act, and refuses one with a secret', async () => {
    await sallyport.done(['add', 'web1', '--host', '10.91.0.2', '--sequence-file', '-'], SEQUENCE);
    await sallyport.done(['add', 'web2', '--host', '10.91.0.2', '--sequence-file', '-'], SEQUENCE);
    await open();
    const { profiles } = JSON.parse(await sallyport.done(['list', '--json'])) as {
      profiles: { id: string }[];
    };
    await app.ask('secondInstance', {
      argv: ['sallyport', `sallyport://knock/${profiles[1]?.id}`, '--x'],
      cwd: '/',
    });
    await page.getByRole('heading', { level: 1, name: 'web2' }).waitFor();
    await app.ask('openUrl', { url: LINK });
    await page.getByText('a link, read as a profile link. Nothing is saved yet.').waitFor();
    expect(await names()).toEqual(['web1', 'web2']);
    await page.keyboard.press('Escape');
    await app.ask('openUrl', { url: `${LINK}&alg=sequence&sequence=7000,8000,9000` });
    await page.getByText('A link from outside carried a secret and was refused.').waitFor();
    expect(await page.getByRole('article', { name: 'Review the import' }).count()).toBe(0);
    // Nothing of all that has knocked.
    await until(async () => (await names()).length === 2, 'nothing was saved');
    const status = JSON.parse(await sallyport.done(['list', '--json'])) as { profiles: { state: string }[] };
    expect(status.profiles.map(({ state }) => state)).toEqual(['idle', 'idle']);
  });
});
