/** What the app starts besides ssh, and how it is tried and agreed to: a tested terminal, a page, a program, plain ssh. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { CommandLine } from '../net/command-line';
import { HELPERS } from '../net/peers';
import { createTopology, type Topology } from '../net/topology';
import { launchApp, pictureOnFailure, prepareHome } from './app';
import { Terminals } from './terminal';
import { until } from './until';

const LINK = 'https://web1.test/admin?from=sallyport';

describe('the ways out of the app', () => {
  let net: Topology;
  let terminals: Terminals;
  let app: AppDriver;
  let page: Page;
  let sallyport: CommandLine;
  let viewer: string;

  beforeAll(async () => {
    net = createTopology();
    await net.server.start(['nc', '-n', '-v', '-l', '-k', '22']).seen(/listening/i);
    viewer = join(net.folder, 'viewer');
    writeFileSync(
      viewer,
      `#!/bin/sh\nprintf '%s\\n' "$@" >'${net.folder}/viewed.part'\nmv '${net.folder}/viewed.part' '${net.folder}/viewed'\n`,
    );
    chmodSync(viewer, 0o755);
    terminals = new Terminals(join(net.folder, 'terminals'));
    const home = prepareHome(net.folder, { ...process.env, SALLYPORT_KEYCHAIN: 'session' }, terminals.argv);
    sallyport = new CommandLine(net.client, home.home);
    app = await launchApp(home);
    page = await app.page('app://sallyport/index.html');
    page.setDefaultTimeout(30_000);
    const add = (name: string, ...more: readonly string[]) =>
      sallyport.done(
        ['add', name, '--host', 'web1.test', '--user', 'ops', '--sequence-file', '-', ...more],
        '7003,9100,8042',
      );
    await add('nas', '--after-url', LINK);
    await add('pc');
    await add('no way');
  });
  afterEach((test) => pictureOnFailure(test, page));
  afterAll(async () => {
    await app?.kill();
    await net?.remove();
  });

  const settings = () => page.getByRole('button', { name: 'Settings', exact: true }).click();
  const choose = (name: string) => page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
  const agree = (label: string) => app.ask('answerDialog', { kind: 'button', label });
  const asked = async () => (await app.ask('dialogs')).at(-1);

  it('proves a terminal by what ran in it', async () => {
    await settings();
    await page.getByRole('button', { name: 'Test terminal' }).click();
    const terminal = await terminals.opened(0);
    await page.getByText(/^It works: .*test-terminal\.sh ran the command and reported back\.$/).waitFor();
    expect(terminal.argv).toEqual([
      join(HELPERS, 'sallyport'),
      'connect',
      '--ticket',
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    await until(() => terminal.screen().includes('This terminal works'), 'the window says so');
    terminal.close();
  });

  it('shows what a terminal says that does not work', async () => {
    const broken = join(net.folder, 'broken-terminal');
    writeFileSync(broken, '#!/bin/sh\necho "cannot open display: $DISPLAY:7" >&2\nexit 4\n');
    chmodSync(broken, 0o755);
    await page.getByRole('textbox', { name: 'Program' }).fill(broken);
    await agree('Use it');
    await page.getByRole('button', { name: 'Save and test' }).click();
    const problem = page.getByRole('region', { name: 'Terminal' }).getByRole('alert');
    await problem.getByText('Details', { exact: true }).click();
    const text = (await problem.textContent()) ?? '';
    expect(text).toContain(`The terminal ${broken} did not run the command.`);
    expect(text).toContain('it ended with exit code 4');
    expect(text).toContain('cannot open display: :7');
    expect(readdirSync(join(sallyport.home, 'logs'))).toEqual(['sallyport.log']);
  });

  it('opens the page of a profile after its knock, once the port is reachable', async () => {
    await choose('nas');
    await page.getByRole('button', { name: /^Knock & Open/ }).click();
    await until(async () => (await app.ask('opened')).length > 0, 'the page is opened');
    expect(await app.ask('opened')).toEqual([{ how: 'external', target: LINK }]);
  });

  it('starts a program only after a person has seen and agreed to it', async () => {
    await choose('pc');
    await page.keyboard.press('Control+E');
    await page.getByText('Run a program', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Program' }).fill(viewer);
    await page.getByRole('button', { name: 'Add argument' }).click();
    await page.getByRole('textbox', { name: 'Argument 1' }).fill('{user}@{host} at {address}:{port} $(id)');
    await agree('Cancel');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The profile was not saved.').waitFor();
    expect(await asked()).toMatchObject({
      message: 'Start this program after each knock of "pc"?',
      detail: `${JSON.stringify(viewer)}\n"{user}@{host} at {address}:{port} $(id)"`,
    });
    await agree('Start it');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: /^Knock & Run/ }).click();
    await until(() => existsSync(join(net.folder, 'viewed')), 'the program runs');
    expect(readFileSync(join(net.folder, 'viewed'), 'utf8')).toBe('ops@web1.test at 10.91.0.2:22 $(id)\n');
  });

  it('puts the hosts into ssh’s configuration and takes them out, each after a question', async () => {
    const ssh = join(net.home, '.ssh');
    mkdirSync(ssh, { recursive: true, mode: 0o700 });
    const config = join(ssh, 'config');
    writeFileSync(config, 'Host other\n  User me\n', { mode: 0o600 });
    await settings();
    const region = page.getByRole('region', { name: 'Plain ssh' });
    await region.getByText('no way is left out').waitFor();
    await agree('Write it');
    await region.getByRole('button', { name: 'Install…' }).click();
    await region.getByText('Installed: 2 hosts. Try ssh nas').waitFor();
    expect((await asked())?.detail).toContain('+Include sallyport.conf');
    expect(readFileSync(config, 'utf8')).toBe('Include sallyport.conf\nHost other\n  User me\n');
    const read = net.client.run(['ssh', '-G', 'pc']).stdout;
    expect(read).toContain(`proxycommand "${join(HELPERS, 'sallyport')}" proxy --profile `);
    await agree('Take them out');
    await region.getByRole('button', { name: 'Take out…' }).click();
    await region.getByText('Taken out.').waitFor();
    expect(readFileSync(config, 'utf8')).toBe('Host other\n  User me\n');
    expect(readdirSync(ssh).filter((name) => name.includes('sallyport'))).toEqual([]);
  });
});
