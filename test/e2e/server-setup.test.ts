/** Set up my server, from the tray to a file, and to the person's terminal with a real ssh and sshd. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { CommandLine } from '../net/command-line';
import { HELPERS, SSH_USER, startSshd } from '../net/peers';
import { createTopology, SERVER4, type Topology } from '../net/topology';
import { heapHolds, launchApp, pictureOnFailure, prepareHome } from './app';
import { Terminals } from './terminal';
import { until } from './until';

/** No other number of this test has these digits. */
const SEQUENCE = '41871:tcp,42982:udp,43793:tcp';

describe('Set up my server', () => {
  let net: Topology;
  let terminals: Terminals;
  let app: AppDriver;
  let page: Page;
  /** Where the server keeps what is temporary. */
  let there: string;

  beforeAll(async () => {
    net = createTopology();
    there = join(net.folder, 'there');
    mkdirSync(there);
    chmodSync(there, 0o1777);
    await startSshd(net, [`SetEnv TMPDIR=${there}`]);
    terminals = new Terminals(join(net.folder, 'terminals'));
    const home = prepareHome(net.folder, { ...process.env, SALLYPORT_KEYCHAIN: 'session' }, terminals.argv);
    app = await launchApp(home);
    page = await app.page('app://sallyport/index.html');
    page.setDefaultTimeout(30_000);
    const sallyport = new CommandLine(net.client, home.home);
    const add = ['add', 'web1', '--host', SERVER4, '--user', SSH_USER, '--sequence-file', '-'];
    await sallyport.done(add, SEQUENCE);
  });
  afterEach((test) => pictureOnFailure(test, page));
  afterAll(async () => {
    await app?.kill();
    await net?.remove();
  });

  it('is where the tray leads, and saves a file that its user alone can read, with the hash that is shown', async () => {
    await app.ask('clickMenu', { place: 'tray', path: ['Hosts', 'web1', 'Set up my server…'] });
    await page.getByRole('heading', { name: 'Set up the server of web1' }).waitFor();
    const file = join(net.folder, 'web1.sh');
    await app.ask('answerDialog', { kind: 'button', label: 'Write it' });
    await app.ask('answerDialog', { kind: 'paths', paths: [file] });
    await page.getByRole('button', { name: 'Save file…' }).click();
    const saved = page.getByRole('region', { name: 'Saved' });
    await saved.waitFor();
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    await saved.getByText(sha256).waitFor();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const check = spawnSync('sh', [file, '--check'], { encoding: 'utf8' });
    expect(check.stdout).toContain('The daemon takes the config.');
    expect(readFileSync(file, 'utf8')).toContain(SEQUENCE);
    expect(await heapHolds(page, 42982)).toBe(false);
  });

  it('hands an installation to the terminal, which copies it, compares it, and takes it away when it cannot run', async () => {
    await app.ask('answerDialog', { kind: 'button', label: 'Install' });
    await page.getByRole('button', { name: 'Install over SSH' }).click();
    await page.getByText('Your terminal has it now').waitFor();
    const terminal = await terminals.opened(0);
    expect(terminal.argv).toEqual([
      join(HELPERS, 'sallyport'),
      'connect',
      '--ticket',
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    // The account on the server may not become root, so that nothing is installed on the machine of the tests.
    await until(
      () => /hint|its words stand above/.test(terminal.screen()),
      'the terminal says how it ended',
      () => terminal.screen(),
    );
    expect(terminal.screen()).toContain(`copying the installer to ${SERVER4}`);
    expect(terminal.screen()).toMatch(/sudo: .*\n(.*\n)*sallyport: the server ended with 1/);
    expect(readdirSync(there)).toEqual([]);
  });
});
