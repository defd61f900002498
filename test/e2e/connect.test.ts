/**
 * The main job, end to end, on the real things: a person makes a profile, takes its secret to the server, clicks, sees
 * closed → open, and is in a shell. Chromium, gnome-keyring, sallyportd, sshd, the wire between them.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { HELPERS, reachable, SSH_USER, startSallyportd, startSshd, writeRotatingDoor } from '../net/peers';
import { createTopology, SERVER4, type Topology } from '../net/topology';
import { heapOf, launchApp, pictureOnFailure, prepareHome, type AppHome } from './app';
import { CommandLineWatch } from './command-lines';
import { startKeyring, type Keyring } from './keyring';
import { Terminals } from './terminal';
import { until } from './until';

const OPEN_FOR_S = 6;

describe('a profile, a click, a proven open port, a shell', () => {
  let net: Topology;
  let keyring: Keyring;
  let terminals: Terminals;
  let home: AppHome;
  let app: AppDriver;
  let page: Page;
  let secret = '';
  let watch: CommandLineWatch;

  beforeAll(async () => {
    net = createTopology();
    keyring = await startKeyring(net.folder);
    await startSshd(net);
    terminals = new Terminals(join(net.folder, 'terminals'));
    home = prepareHome(net.folder, keyring.env, terminals.argv);
    watch = new CommandLineWatch();
    app = await launchApp(home);
    page = await app.page('app://sallyport/index.html');
    page.setDefaultTimeout(30_000);
  });
  afterEach((test) => pictureOnFailure(test, page));
  afterAll(async () => {
    await app?.kill();
    await keyring?.stop();
    await net?.remove();
  });

  const shut = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, OPEN_FOR_S * 1000 + 500));
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  };

  it('makes a profile with a generated secret', async () => {
    await page.getByRole('main').getByRole('button', { name: 'Add a host' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('web1');
    await page.getByRole('textbox', { name: 'Host' }).fill('web1.test');
    await page.getByRole('textbox', { name: 'User' }).fill(SSH_USER);
    await page.getByRole('textbox', { name: 'Period, seconds' }).fill('10');
    await page.getByRole('textbox', { name: 'Open for, seconds' }).fill(String(OPEN_FOR_S));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Knock & Connect' }).waitFor();
  });

  it('shows the secret in a window of its own, after a question', async () => {
    await app.ask('answerDialog', { kind: 'button', label: 'Show' });
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: /reveal secret/i }).click();
    const shown = await app.page('app://sallyport/reveal-');
    secret = (await shown.locator('#secret').textContent()) ?? '';
    expect(secret).toMatch(/^[A-Z2-7]{52}$/);
    expect(await shown.locator('#stanza').textContent()).toContain(`secret = "${secret}"`);
    const id = (
      JSON.parse(readFileSync(join(home.home, 'profiles.json'), 'utf8')) as { profiles: { id: string }[] }
    ).profiles[0]?.id;
    expect(keyring.lookup(id ?? '')).toContain(secret);
  });

  it('knocks, proves closed → open, and holds an ssh session that outlives the door', async () => {
    const door = writeRotatingDoor(net.folder, secret, `${OPEN_FOR_S}s`, '  period = "10s"\n');
    await startSallyportd(net, door.config);
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
    await page.getByRole('button', { name: 'Knock & Connect' }).click();
    await page.getByText('Port 22 was filtered and is open now.').first().waitFor({ timeout: 60_000 });

    const terminal = await terminals.opened(0);
    expect(terminal.argv).toEqual([
      join(HELPERS, 'sallyport'),
      'connect',
      '--ticket',
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    await terminal.type('whoami', new RegExp(`^${SSH_USER}$`, 'm'));
    await shut();
    await terminal.type('echo still-$((40+2))', /^still-42$/m);
    terminal.close();
  });

  it('does the same from the tray', async () => {
    await page.getByRole('button', { name: 'Favourite' }).click();
    await until(async () => (await trayLabels()).includes('web1'), 'the tray lists the favourite');
    await app.ask('clickMenu', { place: 'tray', path: ['web1', 'Knock & Connect'] });
    const terminal = await terminals.opened(1);
    await terminal.type('whoami', new RegExp(`^${SSH_USER}$`, 'm'));
    terminal.close();
    await shut();
    await app.ask('clickMenu', { place: 'tray', path: ['web1', 'Knock'] });
    await until(() => reachable(net.client, SERVER4, 22), 'the tray’s Knock opens the door');
  });

  it('serves ssh over ProxyCommand with the same profile', async () => {
    const proxy = `ProxyCommand=${join(HELPERS, 'sallyport')} proxy --profile web1`;
    const session = await net.client.finish(['ssh', '-o', proxy, '-l', SSH_USER, 'web1.test', 'whoami'], {
      env: home.env,
    });
    expect([session.status, session.stdout.trim()]).toEqual([0, SSH_USER]);
  });

  it('keeps the secret in the keyring and nowhere else', async () => {
    expect(secret).not.toBe('');
    const found = spawnSync('grep', ['-rl', secret, home.home], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
    expect(app.output()).not.toContain(secret);
    expect((await heapOf(page)).filter((text) => text.includes(secret))).toEqual([]);
    expect(watch.count).toBeGreaterThan(20);
    expect(watch.holding([secret])).toEqual([]);
  });

  it('quits and leaves nothing behind', async () => {
    expect(await app.quit()).toBe(0);
    expect(spawnSync('ls', [join(home.home, 'run')], { encoding: 'utf8' }).stdout).toBe('');
  });

  async function trayLabels(): Promise<readonly string[]> {
    const [tray] = await app.ask('trays');
    return tray?.menu.map(({ label }) => label) ?? [];
  }
});
