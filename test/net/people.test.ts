/** Keys for others: made by the command line, put on a real server through its own closed door, used, and taken back. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkOfPage } from '../../shared/people/page';
import { unescapeHtml } from '../../shared/text/html';
import { CommandLineWatch } from '../e2e/command-lines';
import { scanDrawn } from '../fakes/qr-scan';
import { CommandLine } from './command-line';
import { HELPERS, reachable, SSH_USER, startSallyportd, startSshd, writeRotatingDoor } from './peers';
import { createTopology, SERVER4, type Topology } from './topology';

const SECRET = 'AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ';
const OPEN_FOR_S = 4;
const PASSWORD = 'not-in-any-dictionary';
const ROOT = `root@${SERVER4}`;

describe('people', () => {
  let net: Topology;
  let alice: CommandLine;
  let bob: CommandLine;
  let config: string;

  beforeAll(async () => {
    net = createTopology();
    alice = new CommandLine(net.client, join(net.folder, 'alice'), { TMPDIR: file('here') });
    bob = new CommandLine(net.client, join(net.folder, 'bob'));
    const bin = join(net.folder, 'bin');
    mkdirSync(bin);
    const door = writeRotatingDoor(net.folder, SECRET, `${OPEN_FOR_S}s`, '  period = "10s"\n');
    config = door.config;
    const daemon = `#!/bin/sh\nexec ${join(HELPERS, 'sallyportd')} "$@" --config ${config}\n`;
    writeFileSync(join(bin, 'sallyportd'), daemon, { mode: 0o755 });
    const etc = `/etc/netns/${net.server.netns}`;
    mkdirSync(etc, { recursive: true });
    writeFileSync(join(etc, 'sudoers'), `${SSH_USER} ALL=(ALL) ALL\n`, { mode: 0o440 });
    for (const place of ['here', 'there']) {
      mkdirSync(file(place));
      chmodSync(file(place), 0o1777);
    }
    await startSshd(net, [`SetEnv PATH=${bin}:/usr/bin:/bin TMPDIR=${file('there')}`]);
    await startSallyportd(net, config);
    const how = ['--rotating-secret-file', door.secretFile, '--period', '10', '--user', 'root'];
    await alice.done(['add', 'web1', '--host', SERVER4, '--open-for', String(OPEN_FOR_S), ...how]);
  });
  afterAll(async () => {
    await alice.quit();
    await bob.quit();
    await net.remove();
  });

  const shut = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, OPEN_FOR_S * 1000 + 500));
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  };
  const file = (name: string): string => join(net.folder, name);
  const element = (name: string, id: string): string =>
    unescapeHtml(new RegExp(`id="${id}">([^<]*)<`).exec(readFileSync(file(name), 'utf8'))?.[1] ?? '');

  it('get a page and a key of their own on the server, behind its closed door, in nobody’s arguments', async () => {
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
    const watch = new CommandLineWatch();
    const add = ['user', 'add', 'web1', '--user', 'bob', '--out', file('bob.html'), '--over-ssh'];
    const { status, stdout, stderr } = await alice.run(add);
    expect([status, stderr]).toEqual([0, expect.stringContaining('sallyport import bob.html')]);
    expect(stdout).toMatch(/^added bob to door "ssh".*reloaded/);
    const html = readFileSync(file('bob.html'), 'utf8');
    const uri = linkOfPage(html) ?? '';
    expect(scanDrawn(html)).toBe(uri);
    expect(statSync(file('bob.html')).mode & 0o777).toBe(0o600);
    const [, secret = 'none'] = /secret=([A-Z2-7]{32})$/.exec(uri) ?? [];
    // What is looked for can be found: the calls themselves were seen, and the key is where it belongs.
    expect(readFileSync(join(config, '..', 'bob-ssh.key'), 'utf8')).toContain(secret);
    const [calls, leaks] = [watch.holding(['user add bob --door ssh']), watch.holding([secret])];
    expect([calls.length > 0, leaks]).toEqual([true, []]);
    expect((stdout + stderr).includes(secret)).toBe(false);
    const log = spawnSync('grep', ['-rl', secret, alice.home], { encoding: 'utf8' });
    expect(log.stdout).toBe('');
    await shut();
  });

  it('import that page, and knock with it', async () => {
    expect(await bob.done(['import', file('bob.html')])).toBe(
      `imported web1 (${SERVER4} port 22, rotating)\n`,
    );
    expect(await bob.knock(['web1'])).toMatchObject({ verdict: 'opened', before: 'filtered' });
    const list = JSON.parse(
      await alice.done(['user', 'list', 'web1', ROOT, '--over-ssh', '--json']),
    ) as object;
    expect(list).toEqual({
      users: [
        { door: 'ssh', user: 'alice', method: 'rotating', grants: expect.any(Number) },
        { door: 'ssh', user: 'bob', method: 'rotating', grants: 1 },
      ],
    });
    await shut();
  });

  it('can be a sheet of paper, from which the key is typed, with Sallyport or without', async () => {
    await alice.done(['user', 'add', 'web1', '--paper', '--out', file('paper.html'), '--over-ssh']);
    const typed = element('paper.html', 'secret').toLowerCase();
    expect(typed).toMatch(/^([a-z2-7]{4}[ \n]){7}[a-z2-7]{4}$/);
    const command = element('paper.html', 'check-command').split(' ').slice(1);
    expect(await alice.done(command, typed.replace('\n', ' '))).toBe(`${element('paper.html', 'check')}\n`);
    await shut();

    const [knock = ''] = element('paper.html', 'knock').split('\n');
    const argv = knock.split(' ').slice(2);
    const stranger = new CommandLine(net.client, file('stranger'));
    expect(await stranger.knock(argv, typed.replace('\n', ' '))).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
    });
    await stranger.quit();
    await shut();

    // The next code: one that is used opens nothing.
    await new Promise((resolve) => setTimeout(resolve, 10_000 - (Date.now() % 10_000) + 200));
    const script = element('paper.html', 'by-hand');
    expect(script).toContain('ssh -l root "$host"');
    const env = { ...process.env, PATH: `${HELPERS}:${process.env['PATH']}` };
    const input = `${typed.replace('\n', ' ')}\necho "in as $(whoami)"\n`;
    const byHand = await net.client.finish(['sh', '-c', script], { env, input });
    expect(byHand.stdout).toContain('in as root');
    await shut();
  });

  it('are put on the server by a script, too, which shellcheck has nothing to say against', async () => {
    const words = await alice.run(['user', 'add', 'web1', '--user', 'phone', '--out', file('phone.txt')]);
    expect(words.stdout).toBe(`wrote ${file('phone.txt')}\nwrote ${file('phone.txt.server.sh')}\n`);
    const script = file('phone.txt.server.sh');
    expect(spawnSync('shellcheck', [script], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
    expect(statSync(script).mode & 0o777).toBe(0o600);
    const env = { ...process.env, PATH: `${join(net.folder, 'bin')}:${process.env['PATH']}` };
    for (const shell of [['dash'], ['busybox', 'sh']]) {
      const { status, stdout, stderr } = net.server.run([...shell, script], { env });
      if (shell[0] === 'dash') expect([status, stdout]).toEqual([0, expect.stringMatching(/^added phone/)]);
      else expect([status, stderr]).toEqual([1, expect.stringContaining('phone')]);
    }
    await bob.done(['import', file('phone.txt')]);
    expect(await bob.knock(['web1 2'])).toMatchObject({ verdict: 'opened', before: 'filtered' });
    await shut();
  });

  it('are put on the server by somebody who is not root there, once sudo has their password', async () => {
    const shadow = `/etc/netns/${net.server.netns}/shadow`;
    const hash = spawnSync('openssl', ['passwd', '-6', PASSWORD], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(shadow, readFileSync(shadow, 'utf8').replace(`${SSH_USER}:*:`, `${SSH_USER}:${hash}:`));
    const login = `${SSH_USER}@${SERVER4}`;
    const call = (words: string, typed: string) =>
      net.client.finish(
        ['script', '-qec', `${join(HELPERS, 'sallyport')} user ${words} --over-ssh`, '/dev/null'],
        { env: alice.env, input: typed, until: /password for ops: $/ },
      );
    const add = await call(`add web1 ${login} --user carol --out ${file('carol.html')}`, `${PASSWORD}\n`);
    expect(add.stdout).toMatch(/\[sudo\] password for ops: [^]*added carol to door "ssh"/);
    expect(add.stdout).not.toContain(PASSWORD);
    const list = await call(`list web1 ${login}`, `${PASSWORD}\n`);
    expect([list.status, list.stdout]).toEqual([0, expect.stringMatching(/^ssh +carol +rotating/m)]);
    // Where nobody can be asked it is refused, and nothing stays on either side.
    const quiet = ['user', 'add', 'web1', login, '--user', 'dan', '--out', file('dan.html'), '--over-ssh'];
    expect(await alice.run(quiet)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/sudo: a password is required[^]*dan\.html was removed again/),
    });
    expect(readdirSync(file('there'))).toEqual([]);
    await shut();
  });

  it('are taken back one by one', async () => {
    await bob.knock(['web1']);
    expect(reachable(net.client, SERVER4, 22)).toBe(true);
    // Through the door that his own knock has opened; what is open for him ends at once.
    const revoked = await alice.done(['user', 'revoke', 'web1', ROOT, '--user', 'bob', '--over-ssh']);
    expect(revoked).toMatch(/^revoked bob at door "ssh"/);
    await shut();
    expect(await bob.knock(['web1'])).toMatchObject({ verdict: 'no-effect', exit: 1 });
    expect(await alice.knock(['web1'])).toMatchObject({ verdict: 'opened', before: 'filtered' });
    await shut();
    expect(await bob.knock(['web1 2'])).toMatchObject({ verdict: 'opened', before: 'filtered' });
    await shut();
  });

  it('whom the server does not take are left with no file', async () => {
    const again = await alice.run([
      'user',
      'add',
      'web1',
      '--user',
      'phone',
      '--out',
      file('no.html'),
      '--over-ssh',
    ]);
    expect(again).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/has a key.*\n(.*\n)*.*no\.html was removed again/),
    });
    expect(readdirSync(net.folder).filter((name) => name.startsWith('no.'))).toEqual([]);
    const own = await alice.run(['user', 'revoke', 'web1', '--user', 'root', '--over-ssh']);
    expect(own).toMatchObject({ status: 2, stderr: expect.stringContaining('you could lock yourself out') });
    await alice.done(['add', 'fixed', '--host', SERVER4, '--sequence-file', '-'], '7101,8202:udp,9303');
    const fixed = await alice.run(['user', 'add', 'fixed', '--user', 'eve', '--out', file('no.html')]);
    expect(fixed).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('hint: where sallyportd runs, make a rotating profile'),
    });
    expect(readdirSync(file('here'))).toEqual([]);
  });
});
