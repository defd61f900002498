/** One-time lists, against the real knockd, which edits its file, and against sallyportd, which remembers. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone } from '../number-alone';
import { CommandLine } from './command-line';
import { reachable, startKnockd, startSallyportd, startSshd } from './peers';
import { createTopology, SERVER4, type Topology } from './topology';

const FIREWALL = `table ip f {
  set ok { type ipv4_addr; flags timeout; }
  chain i { type filter hook input priority 0; policy accept; ip saddr @ok accept; tcp dport 22 drop; }
}`;

/** Ports in no order, none twice. knockd eats the first digit of a used line, so each begins with a space. */
const LINES = [
  '7111:tcp,9040:tcp,8222:udp',
  '9155:tcp,7020:udp,8610:tcp',
  '8031:udp,9702:tcp,7333:tcp',
  '7480:tcp,9911:udp,8123:tcp',
  '9266:tcp,8544:tcp,7012:tcp',
  '8801:tcp,7999:tcp,9322:tcp',
];
const FILE = `# pads\n${LINES.map((line) => ` ${line}\n`).join('')}`;

describe('a one-time list of the real knockd', () => {
  let net: Topology;
  let sallyport: CommandLine;
  let pads: string;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    net.server.firewall(FIREWALL);
    pads = join(net.folder, 'pads.txt');
    writeFileSync(pads, FILE);
    await startKnockd(
      net,
      `[pads]
  one_time_sequences = ${pads}
  seq_timeout = 10
  tcpflags = syn
  command = /usr/sbin/nft add element ip f ok { %IP% timeout 30s }
`,
    );
    await sallyport.done(['add', 'pads', '--host', SERVER4, '--one-time-file', '-'], FILE);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  const shut = (): void => {
    net.server.run(['nft', 'flush', 'set', 'ip', 'f', 'ok']);
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  };
  const sent = (report: Awaited<ReturnType<CommandLine['knock']>>): string =>
    report.steps.map(({ step }) => step).join(',');
  const usedOnServer = (): number => readFileSync(pads, 'utf8').match(/^#\d/gm)?.length ?? 0;

  it('opens three times in a row, each time with the next line', async () => {
    for (const index of [0, 1, 2]) {
      shut();
      const report = await sallyport.knock(['pads']);
      expect(report).toMatchObject({ verdict: 'opened', before: 'filtered', after: 'open', exit: 0 });
      expect(sent(report)).toBe(LINES[index]);
      expect(report.notes?.[0]).toContain(`${5 - index} lines`);
      await expect.poll(usedOnServer).toBe(index + 1);
    }
    expect(await sallyport.done(['list'])).toContain('one-time, 3 left');
  });

  it('finds its place again when the server has used a line that this client knows nothing of', async () => {
    shut();
    const elsewhere = ['--port', '22', '--sequence-file', '-'];
    expect(await sallyport.knock([SERVER4, ...elsewhere], LINES[3])).toMatchObject({ verdict: 'opened' });
    shut();
    const report = await sallyport.knock(['pads']);
    expect(report).toMatchObject({ verdict: 'opened', before: 'filtered', exit: 0 });
    expect(sent(report)).toBe(LINES[4]);
    expect(report.notes?.[0]).toContain('the one after it is tried');
    await expect.poll(usedOnServer).toBe(5);
  });

  it('keeps its place while it is offline itself, and goes on with the same line', async () => {
    shut();
    const link = /dev (\S+)/.exec(net.client.run(['ip', '-o', 'route', 'get', SERVER4]).stdout)?.[1] ?? '';
    expect(net.client.run(['ip', 'link', 'set', link, 'down']).status).toBe(0);
    expect(await sallyport.knock(['pads'])).toMatchObject({ verdict: 'error', exit: 4 });
    expect(net.client.run(['ip', 'link', 'set', link, 'up']).status).toBe(0);
    await expect.poll(() => net.client.run(['ping', '-c', '1', '-W', '1', SERVER4]).status).toBe(0);
    const report = await sallyport.knock(['pads']);
    expect(report).toMatchObject({ verdict: 'opened', before: 'filtered', exit: 0 });
    expect(sent(report)).toBe(LINES[5]);
    expect(report.notes?.[0]).toContain('last line');
  });

  it('keeps its place in a file that holds no line', async () => {
    const kept = readFileSync(join(sallyport.home, 'used-lines.json'), 'utf8');
    expect(JSON.parse(kept)).toEqual({ [Object.keys(JSON.parse(kept) as object)[0] ?? '']: 6 });
    expect(kept).not.toContain('tcp');
    expect(kept).not.toMatch(alone(7111));
    for (const file of ['profiles.json', 'logs/sallyport.log']) {
      expect(readFileSync(join(sallyport.home, file), 'utf8')).not.toMatch(alone(7111, 8801));
    }
  });
});

describe('a one-time list of sallyportd', () => {
  let net: Topology;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    const etc = join(net.folder, 'sallyport');
    mkdirSync(join(etc, 'state'), { recursive: true, mode: 0o750 });
    writeFileSync(join(etc, 'pads.txt'), FILE, { mode: 0o640 });
    const config = join(etc, 'sallyportd.toml');
    const text = `state_dir = "${join(etc, 'state')}"
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "3s"
  [[door.key]]
  user = "pads"
  method = "one-time"
  sequences_file = "pads.txt"
`;
    writeFileSync(config, text, { mode: 0o640 });
    await startSallyportd(net, config);
    await sallyport.done(['add', 'pads', '--host', SERVER4, '--one-time-file', join(etc, 'pads.txt')]);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  it('is gone through line by line to its end, which is said', async () => {
    for (const line of LINES) {
      await expect.poll(() => reachable(net.client, SERVER4, 22)).toBe(false);
      const report = await sallyport.knock(['pads']);
      expect(report).toMatchObject({ verdict: 'opened', before: 'filtered', exit: 0 });
      expect(report.steps.map(({ step }) => step).join(',')).toBe(line);
    }
    const over = await sallyport.run(['knock', 'pads']);
    expect([over.status, over.stderr]).toEqual([
      2,
      expect.stringContaining('all 6 lines of the one-time list are used'),
    ]);
  });
});
