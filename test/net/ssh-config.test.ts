/** Everything that runs ssh, through the entry that `sallyport ssh-config install` wrote, against a rotating door. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommandLine } from './command-line';
import { HELPERS, reachable, SSH_USER, startSallyportd, startSshd, writeRotatingDoor } from './peers';
import { createTopology, SERVER4, type Finished, type Topology } from './topology';

const SECRET = 'AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ';
const OPEN_FOR_S = 4;
const TEN = Array.from({ length: 10 }, (_, index) => index);
const PAYLOAD = randomBytes(200_000);

interface SshConfigAnswer {
  readonly changed: boolean;
  readonly hosts: readonly string[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

describe('an installed ssh configuration', () => {
  let net: Topology;
  let sallyport: CommandLine;
  let config: string;
  let original: Buffer;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    config = join(net.home, '.ssh/config');
    chmodSync(config, 0o640);
    original = readFileSync(config);
    const door = writeRotatingDoor(net.folder, SECRET, `${OPEN_FOR_S}s`, '  period = "10s"\n');
    await startSallyportd(net, door.config);
    const method = ['--rotating-secret-file', door.secretFile, '--period', '10'];
    const place = ['--host', 'web1.test', '--user', SSH_USER, '--open-for', String(OPEN_FOR_S)];
    await sallyport.done(['add', 'web1', ...place, ...method]);
    await sallyport.done(['add', 'no way', ...place, ...method]);
    for (const name of ['up', 'down', 'ops']) mkdirSync(join(net.folder, name), { recursive: true });
    writeFileSync(join(net.folder, 'payload'), PAYLOAD);
    chmodSync(join(net.folder, 'up'), 0o777);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  /** Each program starts before a shut door, so each proves a knock of its own. */
  beforeEach(async () => {
    for (const late = Date.now() + 20_000; reachable(net.client, SERVER4, 22, 300);) {
      if (Date.now() > late) throw new Error('The door did not close.');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });

  const knocks = (): number => {
    const log = net.client.run(['grep', '-c', ' run ', join(sallyport.home, 'logs', 'sallyport.log')]);
    return Number(log.stdout);
  };

  /** Ten at once; none may fail or say a word on standard error, and together they knock once. */
  const ten = async (
    argv: (index: number) => readonly string[],
    input: (index: number) => string = () => '',
  ): Promise<readonly Finished[]> => {
    const before = knocks();
    const finished = await Promise.all(
      TEN.map((index) => net.client.finish(argv(index), { env: sallyport.env, input: input(index) })),
    );
    expect(finished.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
      TEN.map(() => ({ status: 0, stderr: '' })),
    );
    expect(knocks() - before).toBe(1);
    return finished;
  };

  const expectPayload = (folder: string): void => {
    for (const index of TEN) {
      expect(readFileSync(join(net.folder, folder, String(index))).equals(PAYLOAD)).toBe(true);
    }
  };

  it('is written once, above what was there, in the home folder of the user database', async () => {
    const refused = await sallyport.run(['ssh-config', 'install']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('+Include sallyport.conf');
    expect(readFileSync(config)).toEqual(original);

    // HOME is not asked: ssh does not ask it either.
    const elsewhere = new CommandLine(net.client, sallyport.home, { HOME: join(net.folder, 'elsewhere') });
    const answer = JSON.parse(
      await elsewhere.done(['ssh-config', 'install', '--yes', '--json']),
    ) as SshConfigAnswer;
    expect(answer).toMatchObject({ changed: true, hosts: ['web1'], skipped: [{ name: 'no way' }] });
    expect(readFileSync(config, 'utf8')).toBe(`Include sallyport.conf\n${original.toString()}`);
    expect(statSync(config).mode & 0o777).toBe(0o640);
    expect(statSync(join(net.home, '.ssh/sallyport.conf')).mode & 0o777).toBe(0o600);

    const again = JSON.parse(await sallyport.done(['ssh-config', 'install', '--json'])) as SshConfigAnswer;
    expect(again.changed).toBe(false);
    const read = net.client.run(['ssh', '-G', 'web1']).stdout;
    expect(read).toMatch(/^hostname web1\.test$/m);
    expect(read).toContain(`proxycommand "${join(HELPERS, 'sallyport')}" proxy --profile `);
  });

  it('carries ssh', async () => {
    const finished = await ten((index) => ['ssh', 'web1', `whoami; echo ${index}`]);
    expect(finished.map(({ stdout }) => stdout)).toEqual(TEN.map((index) => `${SSH_USER}\n${index}\n`));
  });

  it('carries scp, both ways', async () => {
    const payload = join(net.folder, 'payload');
    await ten((index) => ['scp', '-q', payload, `web1:${join(net.folder, 'up', String(index))}`]);
    expectPayload('up');
    await net.client.finish(['scp', '-q', `web1:${payload}`, join(net.folder, 'down/scp')], {
      env: sallyport.env,
    });
    expect(readFileSync(join(net.folder, 'down/scp')).equals(PAYLOAD)).toBe(true);
  });

  it('carries sftp', async () => {
    const get = (index: number): string => `get ${net.folder}/payload ${net.folder}/down/${index}\n`;
    await ten(() => ['sftp', '-q', '-b', '-', 'web1'], get);
    expectPayload('down');
  });

  it('carries rsync', async () => {
    const into = (index: number): string => join(net.folder, `rsync-${index}`);
    await ten((index) => ['rsync', '-a', `web1:${net.folder}/up/`, into(index)]);
    for (const index of TEN) {
      expect(readdirSync(into(index))).toEqual(TEN.map(String));
      expect(readFileSync(join(into(index), '3')).equals(PAYLOAD)).toBe(true);
    }
  });

  it('carries git clone', async () => {
    const [source, bare] = [join(net.folder, 'source'), join(net.folder, 'ops/source.git')];
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    for (const argv of [
      ['git', 'init', '-q', source],
      ['cp', join(net.folder, 'payload'), join(source, 'payload')],
      ['git', '-C', source, 'add', 'payload'],
      ['git', '-C', source, ...author, 'commit', '-q', '-m', 'payload'],
      ['git', 'clone', '-q', '--bare', source, bare],
      ['chown', '-R', '65500:65500', join(net.folder, 'ops')],
    ]) {
      expect(net.client.run(argv)).toMatchObject({ status: 0 });
    }
    const into = (index: number): string => join(net.folder, `clone-${index}`);
    await ten((index) => ['git', 'clone', '-q', 'web1:source.git', into(index)]);
    for (const index of TEN) expect(readFileSync(join(into(index), 'payload')).equals(PAYLOAD)).toBe(true);
  });

  it('knocks at a jump host on the way to what lies behind it', async () => {
    const inner = `Host inner\n  HostName 127.0.0.1\n  HostKeyAlias web1.test\n  User ${SSH_USER}\n  ProxyJump web1\n`;
    writeFileSync(config, `${readFileSync(config, 'utf8')}${inner}`);
    const finished = await ten(() => ['ssh', 'inner', 'echo "$SSH_CONNECTION"']);
    for (const { stdout } of finished) expect(stdout).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 22\n$/);
    writeFileSync(config, readFileSync(config, 'utf8').replace(inner, ''));
  });

  it('goes without a trace', async () => {
    const before = readdirSync(join(net.home, '.ssh')).filter((name) => !name.includes('sallyport'));
    await sallyport.done(['ssh-config', 'remove']);
    expect(readFileSync(config)).toEqual(original);
    expect(statSync(config).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(net.home, '.ssh'))).toEqual(before);
    expect((await net.client.finish(['ssh', '-o', 'ConnectTimeout=1', 'web1.test', 'true'])).status).toBe(
      255,
    );
  });
});
