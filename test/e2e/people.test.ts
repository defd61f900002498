/** People and phones in the app itself: a key is made, shown, saved, put on a real server behind its door, and taken back. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { AppDriver } from '../../electron/stand-in/driver';
import { linkOfPage } from '../../shared/people/page';
import { scanDrawn } from '../fakes/qr-scan';
import { CommandLine } from '../net/command-line';
import { HELPERS, startSallyportd, startSshd, writeRotatingDoor } from '../net/peers';
import { createTopology, SERVER4, type Topology } from '../net/topology';
import { heapOf, launchApp, pictureOnFailure, prepareHome } from './app';
import { CommandLineWatch } from './command-lines';
import { Terminals, type Terminal } from './terminal';
import { until } from './until';

const SECRET = 'AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ';

describe('People and phones', () => {
  let net: Topology;
  let terminals: Terminals;
  let sallyport: CommandLine;
  let app: AppDriver;
  let page: Page;
  let config: string;

  beforeAll(async () => {
    net = createTopology();
    const bin = join(net.folder, 'bin');
    mkdirSync(bin);
    const door = writeRotatingDoor(net.folder, SECRET, '4s', '  period = "10s"\n');
    config = door.config;
    const daemon = `#!/bin/sh\nexec ${join(HELPERS, 'sallyportd')} "$@" --config ${config}\n`;
    writeFileSync(join(bin, 'sallyportd'), daemon, { mode: 0o755 });
    await startSshd(net, [`SetEnv PATH=${bin}:/usr/bin:/bin`]);
    await startSallyportd(net, config);
    terminals = new Terminals(join(net.folder, 'terminals'));
    const home = prepareHome(net.folder, { ...process.env, SALLYPORT_KEYCHAIN: 'session' }, terminals.argv);
    app = await launchApp(home);
    page = await app.page('app://sallyport/index.html');
    page.setDefaultTimeout(30_000);
    sallyport = new CommandLine(net.client, home.home);
    const how = ['--rotating-secret-file', door.secretFile, '--period', '10', '--user', 'root'];
    await sallyport.done(['add', 'web1', '--host', SERVER4, '--open-for', '4', ...how]);
  });
  afterEach((test) => pictureOnFailure(test, page));
  afterAll(async () => {
    await app?.kill();
    await net?.remove();
  });

  const users = (): readonly string[] =>
    [...readFileSync(config, 'utf8').matchAll(/^\s*user = "(.*)"$/gm)].map(([, user = '']) => user);
  const file = (name: string): string => join(net.folder, name);

  /** What the window says once the terminal has told it. */
  const told = (words: string, terminal: Terminal): Promise<void> =>
    page
      .getByText(words)
      .waitFor({ timeout: 60_000 })
      .catch((error: unknown) => {
        throw new Error(`the terminal shows:\n${terminal.screen()}`, { cause: error });
      });

  it('shows a key in a window of main’s, by keyboard alone, and the page never has it', async () => {
    await page.getByRole('button', { name: 'More actions' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'People and phones…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Person or phone' }).focus();
    await page.keyboard.type('bob');
    await app.ask('answerDialog', { kind: 'button', label: 'Show' });
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const shown = await app.page('app://sallyport/reveal-');
    const html = await shown.content();
    const secret = await shown.locator('#secret').innerText();
    expect(scanDrawn(html)).toContain(`secret=${secret}`);
    expect(await shown.locator('#command').innerText()).toContain('sudo sallyportd user add bob --door ssh');
    await page.getByText('until then it opens nothing').waitFor();
    expect((await app.ask('dialogs')).at(-1)).toMatchObject({
      kind: 'message',
      message: `Show a key for "bob" to ${SERVER4}?`,
    });

    await app.ask('answerDialog', { kind: 'button', label: 'Save…' });
    await app.ask('answerDialog', { kind: 'paths', paths: [file('bob.html')] });
    await page.getByRole('button', { name: 'Save page…' }).click();
    await page.getByText(file('bob.html')).waitFor();
    expect(statSync(file('bob.html')).mode & 0o777).toBe(0o600);
    expect(linkOfPage(readFileSync(file('bob.html'), 'utf8'))).toBe(scanDrawn(html));
    expect((await heapOf(page)).filter((text) => text.includes(secret))).toEqual([]);
  });

  it('gives the server the key in the terminal, behind the closed door, and says so', async () => {
    expect(users()).toEqual(['alice']);
    const watch = new CommandLineWatch();
    await page.getByRole('button', { name: 'Add over SSH' }).click();
    const terminal = await terminals.opened(0);
    expect(terminal.argv).toEqual([
      join(HELPERS, 'sallyport'),
      'connect',
      '--ticket',
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    await told(`${SERVER4} has taken it.`, terminal);
    expect(users()).toEqual(['alice', 'bob']);
    expect(terminal.screen()).toMatch(/knocking at [^]*added bob to door "ssh"/);
    const [, secret = 'none'] =
      /secret=([A-Z2-7]{32})$/.exec(linkOfPage(readFileSync(file('bob.html'), 'utf8')) ?? '') ?? [];
    expect([watch.holding([secret]), terminal.screen().includes(secret)]).toEqual([[], false]);
    await page.getByRole('button', { name: 'Done' }).click();
    const bob = new CommandLine(net.client, file('bob'));
    await bob.done(['import', file('bob.html')]);
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect(await bob.knock(['web1'])).toMatchObject({ verdict: 'opened', before: 'filtered' });
    await bob.quit();
  });

  it('says when the server does not take a recovery key, and takes keys back after a question', async () => {
    await app.ask('answerDialog', { kind: 'button', label: 'Save…' });
    await app.ask('answerDialog', { kind: 'paths', paths: [file('paper.html')] });
    await page.getByRole('textbox', { name: 'Door' }).fill('cellar');
    await page.getByRole('button', { name: 'Save recovery key…' }).click();
    await page.getByRole('button', { name: 'Add over SSH' }).click();
    const refused = await terminals.opened(1);
    await told('did not take it; the terminal says why', refused);
    expect(refused.screen()).toContain('there is no door "cellar"');
    expect(readFileSync(file('paper.html'), 'utf8')).toContain('<h1>Recovery key</h1>');
    await page.getByRole('button', { name: 'Forget this key' }).click();

    await page.getByRole('textbox', { name: 'Whose key' }).fill('bob');
    await app.ask('answerDialog', { kind: 'button', label: 'Cancel' });
    await page.getByRole('button', { name: 'Revoke over SSH…' }).click();
    await app.ask('answerDialog', { kind: 'button', label: 'Take it back' });
    await page.getByRole('button', { name: 'Revoke over SSH…' }).click();
    const revoking = await terminals.opened(2);
    await until(
      () => revoking.screen().includes('revoked bob at door "ssh"'),
      'the terminal says what the server did',
      () => revoking.screen(),
    );
    expect(users()).toEqual(['alice']);
    await page.getByRole('button', { name: 'Who has a key?' }).click();
    const list = await terminals.opened(3);
    await until(
      () => /alice +rotating/.test(list.screen()),
      'the terminal shows the list',
      () => list.screen(),
    );
  });
});
