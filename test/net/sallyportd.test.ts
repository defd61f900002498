/** The command line, ssh and scripts against our own daemon's rotating door with a real sshd behind it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './command-line';
import { HELPERS, reachable, SSH_USER, startSallyportd, startSshd, writeRotatingDoor } from './peers';
import { createTopology, SERVER4, SERVER6, type Topology } from './topology';

const SECRET = 'AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ';
const OPEN_FOR_S = 4;
const KEY = Buffer.alloc(32, 'k').toString('base64');
const HMAC_KEY = Buffer.alloc(64, 'h').toString('base64');
/** As the manual shows it: a packet must name an address, which is the default. */
const PACKET_KEY = `  [[door.key]]
  user = "bob"
  method = "spa"
  key_base64_file = "bob.key"
  hmac_key_base64_file = "bob.hmac"
`;

describe('a rotating door of sallyportd', () => {
  let net: Topology;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    const door = writeRotatingDoor(net.folder, SECRET, `${OPEN_FOR_S}s`, `  period = "10s"\n${PACKET_KEY}`);
    writeFileSync(join(net.folder, 'sallyport/bob.key'), KEY, { mode: 0o640 });
    writeFileSync(join(net.folder, 'sallyport/bob.hmac'), HMAC_KEY, { mode: 0o640 });
    await startSallyportd(net, door.config);
    const add = ['--rotating-secret-file', door.secretFile, '--period', '10', '--user', SSH_USER];
    await sallyport.done(['add', 'web1', '--host', 'web1.test', '--open-for', String(OPEN_FOR_S), ...add]);
    await sallyport.done(['add', 'web6', '--host', 'web6.test', '--open-for', String(OPEN_FOR_S), ...add]);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  const shut = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, OPEN_FOR_S * 1000 + 500));
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
    expect(reachable(net.client, SERVER6, 22)).toBe(false);
  };

  it('opens over IPv4 and closes by itself', async () => {
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
    expect(await sallyport.knock(['web1'])).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
      address: SERVER4,
    });
    expect(reachable(net.client, SERVER4, 22)).toBe(true);
    expect(reachable(net.client, SERVER6, 22)).toBe(false);
    await shut();
  });

  it('opens over IPv6 and closes by itself', async () => {
    expect(await sallyport.knock(['web6'])).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
      address: SERVER6,
    });
    expect(reachable(net.client, SERVER6, 22)).toBe(true);
    await shut();
  });

  it('opens behind a firewall that answers knocks with "prohibited", as firewalld does', async () => {
    const answers = 'meta l4proto { tcp, udp } th dport 10000-49999 reject with icmpx admin-prohibited';
    net.server.firewall(
      `table inet prohibits {\nchain input {\ntype filter hook input priority 0;\n${answers}\n}\n}`,
    );
    for (const name of ['web1', 'web6'])
      expect(await sallyport.knock([name])).toMatchObject({ verdict: 'opened', before: 'filtered' });
    net.server.firewall('delete table inet prohibits');
    await shut();
  });

  it('carries ssh by ProxyCommand, and ten at once are one knock', async () => {
    const runs = (): number =>
      Number(net.client.run(['grep', '-c', ' run ', join(sallyport.home, 'logs', 'sallyport.log')]).stdout);
    const before = runs();
    const proxy = `ProxyCommand=${join(HELPERS, 'sallyport')} proxy --profile web1`;
    const argv = ['ssh', '-o', proxy, '-l', SSH_USER, 'web1.test', 'whoami; exit 7'];
    const ten = await Promise.all(
      Array.from({ length: 10 }, () => net.client.finish(argv, { env: sallyport.env })),
    );
    for (const { status, stdout, stderr } of ten)
      expect([status, stdout.trim(), stderr]).toEqual([7, SSH_USER, '']);
    expect(runs() - before).toBe(1);
    await shut();
  });

  it('carries ssh by sallyport connect', async () => {
    const session = await net.client.finish([join(HELPERS, 'sallyport'), 'connect', 'web1'], {
      env: sallyport.env,
      input: 'whoami\nexit 5\n',
    });
    expect([session.status, session.stdout.trim()]).toEqual([5, SSH_USER]);
    await shut();
  });

  it.each([SERVER4, SERVER6])('takes a packet with nothing but its keys, to %s', async (host) => {
    const [key, hmac] = ['bob.key', 'bob.hmac'].map((name) => join(net.folder, 'sallyport', name));
    const knock = [host, '--port', '22', '--spa-key-file', key ?? '', '--spa-hmac-file', hmac ?? ''];
    expect(await sallyport.knock(knock)).toMatchObject({ verdict: 'opened', before: 'filtered', exit: 0 });
    await shut();
  });

  it('stays shut for a wrong secret, and says so', async () => {
    const wrong = 'BAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ';
    const knock = ['web1.test', '--port', '22', '--period', '10', '--rotating-secret-file', '-'];
    expect(await sallyport.knock(knock, wrong)).toMatchObject({ verdict: 'no-effect', exit: 1 });
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  });

  it('keeps nothing secret in files or logs', () => {
    const found = spawnSync('grep', ['-rl', SECRET, sallyport.home], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
  });
});
