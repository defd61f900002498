/**
 * Set up my server → Install over SSH, in the app itself, on the machine that app.sh has booted: the question in the
 * person's terminal, the trial, the app's own knock from a new connection, the word that it lasts, a restart.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { launchApp, pictureOnFailure, prepareHome } from '../e2e/app';
import { CommandLineWatch } from '../e2e/command-lines';
import { startKeyring, type Keyring } from '../e2e/keyring';
import { Terminals, type Terminal } from '../e2e/terminal';
import { until } from '../e2e/until';
import { HELPERS, reachable } from '../net/peers';
import { Host } from '../net/topology';

const SERVER = '192.0.2.1';
/** The grant must have ended before the restart is over, and be long enough for a person to log in. */
const OPEN_FOR_S = 20;
const MINUTES = 60_000;

describe('the app, and a server of its own', () => {
  const story = process.env['SALLYPORT_STORY'];
  if (story === undefined) throw new Error('This needs a booted machine: sh test/server/app.sh');
  const client = new Host(null);
  const terminals = new Terminals(join(story, 'terminals'));
  const told = (what: string): void => writeFileSync(join(story, what), '');
  let keyring: Keyring;
  let app: AppDriver;
  let page: Page;
  let watch: CommandLineWatch;
  let secret = '';

  beforeAll(async () => {
    keyring = await startKeyring(story);
    const terminal = [...terminals.argv, join(import.meta.dirname, 'on-a-tty.sh')];
    watch = new CommandLineWatch();
    app = await launchApp(prepareHome(story, keyring.env, terminal));
    page = await app.page('app://sallyport/index.html');
    page.setDefaultTimeout(60_000);
  });
  afterEach((test) => pictureOnFailure(test, page));
  afterAll(async () => {
    await app?.kill();
    await keyring?.stop();
  });

  it('makes a profile with a secret of its own', async () => {
    await page.getByRole('main').getByRole('button', { name: 'Add a host' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('web1');
    await page.getByRole('textbox', { name: 'Host' }).fill(SERVER);
    await page.getByRole('textbox', { name: 'User' }).fill('root');
    await page.getByRole('textbox', { name: 'Period, seconds' }).fill('10');
    await page.getByRole('textbox', { name: 'Open for, seconds' }).fill(String(OPEN_FOR_S));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Knock & Connect' }).waitFor();
    await app.ask('answerDialog', { kind: 'button', label: 'Show' });
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: /reveal secret/i }).click();
    const shown = await app.page('app://sallyport/reveal-');
    secret = (await shown.locator('#secret').textContent()) ?? '';
    expect(secret).toMatch(/^[A-Z2-7]{52}$/);
    expect(reachable(client, SERVER, 22), 'the server is open to all before').toBe(true);
  });

  it('installs over ssh: asked in the terminal, on trial, proven by a knock of its own, confirmed', async () => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Set up my server…' }).click();
    await page.getByRole('heading', { name: 'Set up the server of web1' }).waitFor();
    await app.ask('answerDialog', { kind: 'button', label: 'Install' });
    await page.getByRole('button', { name: 'Install over SSH' }).click();
    await page.getByText('Your terminal has it now').waitFor();
    const terminal = await terminals.opened(0);
    expect(terminal.argv.slice(1)).toEqual([
      join(HELPERS, 'sallyport'),
      'connect',
      '--ticket',
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    await shows(terminal, /Install, and close 22\/tcp on trial for 180 seconds\? \[y\/N\]/);
    expect(reachable(client, SERVER, 22), 'nothing is closed before the answer').toBe(true);
    await terminal.type('y', /On trial: 22\/tcp is closed/);
    told('trial');
    await shows(terminal, /the gate is on trial; knocking from a new connection/);
    await shows(terminal, /proven: filtered -> open; confirming over that connection/);
    await shows(terminal, /Confirmed: 22\/tcp stays closed until a knock, also after a reboot/);
    await shows(terminal, /installed and proven: web1 stays closed until you knock/);
    expect(terminal.screen()).not.toContain(secret);
    // The app saw that knock as it sees any.
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByText('Port 22 was filtered and is open now.').first().waitFor();
    told('installed');
  });

  it('opens it after a restart, and a session of the app removes it all', async () => {
    await until(() => existsSync(join(story, 'rebooted')), 'the machine is up again', undefined, 3 * MINUTES);
    expect(reachable(client, SERVER, 22)).toBe(false);
    await page.getByRole('button', { name: 'Knock & Connect' }).click();
    const terminal = await terminals.opened(1);
    // The shell's history would be a file of its own.
    const look = 'unset HISTFILE; echo "as $(id -un) on $(cat /etc/debian_version)"';
    await terminal.type(look, /^as root on 12/m);
    expect(from('192.0.2.3')).toBe(false);
    await terminal.type('sallyport-setup --uninstall --purge --yes', /Removed: nothing of Sallyport is left/);
    expect(from('192.0.2.3')).toBe(true);
    terminal.close();
  });

  it('kept the secret out of every command line, here and on the server', async () => {
    expect(watch.count).toBeGreaterThan(20);
    expect(watch.holding([secret])).toEqual([]);
    expect(app.output()).not.toContain(secret);
    expect(await app.quit()).toBe(0);
  });

  const shows = (terminal: Terminal, what: RegExp): Promise<void> =>
    until(
      () => what.test(terminal.screen()),
      `the terminal shows ${String(what)}`,
      () => terminal.screen(),
      MINUTES,
    );
  const from = (address: string): boolean =>
    client.run(['nc', '-z', '-w', '1', '-s', address, SERVER, '22']).status === 0;
});
