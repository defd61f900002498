/** What goes wrong on a desktop, each told in the window, and nothing lost by it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { startKnockd, startSshd } from '../net/peers';
import { createTopology, type Topology } from '../net/topology';
import { heapOf, launchApp, pictureOnFailure, prepareHome, type AppHome } from './app';
import { startKeyring, type Keyring } from './keyring';
import { Terminals } from './terminal';

describe('bad days', () => {
  let net: Topology;
  let home: AppHome;
  let keyring: Keyring | null = null;
  let app: AppDriver;
  let page: Page;
  let days = 0;

  beforeAll(async () => {
    net = createTopology();
    await startSshd(net);
  });
  afterAll(() => net.remove());
  beforeEach(() => {
    keyring = null;
    days += 1;
  });
  afterEach(async (test) => {
    await pictureOnFailure(test, page);
    await app.kill();
    await keyring?.stop();
  });

  async function open(
    withKeyring: boolean,
    before: (home: AppHome) => void = () => undefined,
  ): Promise<void> {
    const folder = join(net.folder, `day${days}`);
    mkdirSync(folder, { recursive: true });
    const { DBUS_SESSION_BUS_ADDRESS: _none, ...env } = process.env;
    if (withKeyring) keyring = await startKeyring(folder);
    home = prepareHome(folder, keyring?.env ?? env, new Terminals(join(folder, 'terminals')).argv);
    before(home);
    await start();
  }

  async function start(): Promise<void> {
    app = await launchApp(home);
    page = await app.page('app://sallyport/index.html');
    page.setDefaultTimeout(30_000);
  }

  async function fillStatic(name: string, host: string, sequence: string): Promise<void> {
    await page.getByRole('button', { name: 'Add a host' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('textbox', { name: 'Host' }).fill(host);
    await page.getByText('Static sequence', { exact: true }).click();
    await page.getByLabel('Sequence', { exact: true }).fill(sequence);
    await page.getByRole('button', { name: 'Save' }).click();
  }

  it('refuses what cannot be, with words beside the field, and keeps what was typed', async () => {
    await open(true);
    await fillStatic('bad', '-oProxyCommand=x', '7000,0,9000');
    await page.getByText('A host cannot begin with a dash.').waitFor();
    await page.getByText('Step 2: port 0 is out of range; ports go from 1 to 65535.').waitFor();
    await page.getByLabel('Sequence', { exact: true }).fill('7000,70000,9000');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Step 2: port 70000 is out of range; ports go from 1 to 65535.').waitFor();
    const forty = Array.from({ length: 40 }, (_, index) => 7000 + index * 7).join(',');
    await page.getByLabel('Sequence', { exact: true }).fill(forty);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The sequence has 40 steps; 32 is the most.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Host' }).inputValue()).toBe('-oProxyCommand=x');
    expect(readdirSync(home.home)).not.toContain('profiles.json');
  });

  it('keeps a damaged profiles.json aside and says so', async () => {
    const damaged = '{"version":1,"profiles":[{"id":"x"';
    await open(true, ({ home: folder }) => writeFileSync(join(folder, 'profiles.json'), damaged));
    await page.getByText(/The saved profiles could not be read/).waitFor();
    const aside = readdirSync(home.home).find((name) => name.startsWith('profiles.json.corrupt-'));
    expect(readFileSync(join(home.home, aside ?? ''), 'utf8')).toBe(damaged);
    await fillStatic('new', 'web1.test', '7000,9000,8000');
    await page.getByRole('button', { name: 'Knock & Connect' }).waitFor();
    expect(readFileSync(join(home.home, 'profiles.json'), 'utf8')).toContain('"name": "new"');
  });

  it('starts without a keychain, says which part is missing, and saves nothing half', async () => {
    await open(false);
    await page
      .getByText(/no keychain|keychain (?:missing|locked)/i)
      .first()
      .waitFor();
    await fillStatic('new', 'web1.test', '7000,9000,8000');
    await page
      .getByText(/No keychain service is running|keychain is locked/)
      .first()
      .waitFor();
    expect(readdirSync(home.home)).not.toContain('profiles.json');
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('new');
  });

  it('tells that the keychain is locked, and knocks again once it is open', async () => {
    await open(true);
    await fillStatic('web1', 'web1.test', '7000,9000,8000');
    await page.getByRole('button', { name: 'Knock', exact: true }).waitFor();
    keyring?.lock();
    await page.getByRole('button', { name: 'Knock', exact: true }).click();
    await page.getByText('The keychain is locked.').first().waitFor();
    // A keychain that was started anew needs a new Sallyport, and the window says so.
    await keyring?.unlock();
    await page.getByRole('button', { name: 'Knock', exact: true }).click();
    await page
      .getByText(/keychain service was started anew/)
      .first()
      .waitFor();
    await app.quit();
    await start();
    await page.getByRole('button', { name: 'Knock', exact: true }).click();
    await page.getByText('Port 22 was open already, so this knock proves nothing.').first().waitFor();
  });

  it('says in words that a host has no name or no way to it', async () => {
    await open(true);
    await fillStatic('nowhere', 'no-such-host.invalid', '7000,9000,8000');
    await page.getByRole('button', { name: 'Knock', exact: true }).click();
    await page
      .getByText(/No host named no-such-host\.invalid|did not answer for no-such-host/)
      .first()
      .waitFor();
    await fillStatic('far', '192.0.2.7', '7000,9000,8000');
    await page.getByRole('button', { name: 'Knock', exact: true }).click();
    await page
      .getByText(/this computer has no way to 192\.0\.2\.7/)
      .first()
      .waitFor();
  });

  it('keeps a static sequence from the window, also while it is sent', async () => {
    net.server.firewall(`table ip f {
      set ok { type ipv4_addr; flags timeout; }
      chain i { type filter hook input priority 0; policy accept; ip saddr @ok accept; tcp dport 22 drop; }
    }`);
    await startKnockd(
      net,
      `[ssh]\n  sequence = 64391,61127,63253\n  tcpflags = syn\n  command = /usr/sbin/nft add element ip f ok { %IP% timeout 30s }\n`,
    );
    await open(true);
    await fillStatic('web1', 'web1.test', '64391,61127,63253');
    await page.getByRole('button', { name: 'Knock', exact: true }).waitFor();
    // A fresh window: what was typed is gone with the old one.
    await app.quit();
    await start();
    await page.getByRole('button', { name: 'Knock', exact: true }).click();
    await page.getByText('Port 22 was filtered and is open now.').first().waitFor({ timeout: 60_000 });
    const held = [...(await heapOf(page)), (await page.locator('body').textContent()) ?? ''];
    for (const port of ['64391', '61127', '63253']) {
      const whole = new RegExp(`(?<!\\d)${port}(?!\\d)`);
      expect(held.filter((text) => whole.test(text))).toEqual([]);
    }
    const found = spawnSync('grep', ['-rlwE', '64391|61127,63253', home.home], { encoding: 'utf8' });
    expect(found.stdout.split('\n').filter((path) => !path.includes('/browser/') && path !== '')).toEqual([]);
  });
});
