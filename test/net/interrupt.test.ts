/**
 * Ctrl-C at each moment of the real command line with a real agent behind it: the exit code is 130 (143 for SIGTERM), the run
 * in the agent ends, nothing more is sent, and neither a process nor a half-written file stays.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './command-line';
import { capture, HELPERS, SSH_USER, startSallyportd, startSshd, writeRotatingDoor } from './peers';
import { createTopology, SERVER4, track, type Topology } from './topology';

const SECRET = 'AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ';
const INTERRUPTED = 130;
const TERMINATED = 143;

describe('an interrupted command', () => {
  let net: Topology;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    const door = writeRotatingDoor(net.folder, SECRET, '60s', '  period = "10s"\n');
    await startSallyportd(net, door.config);
    const rotating = ['--rotating-secret-file', door.secretFile, '--period', '10', '--user', SSH_USER];
    await sallyport.done(['add', 'web1', '--host', SERVER4, ...rotating]);
    await sallyport.done(['add', 'mute', '--host', SERVER4, '--sequence-file', '-'], '7000,8000,9000,7001');
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  const start = (argv: readonly string[], env = sallyport.env): ChildProcess =>
    spawn(join(HELPERS, 'sallyport'), argv, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });

  /** Starts, waits for what it says, sends the signal and gives how it ended. */
  const stopAt = async (
    argv: readonly string[],
    moment: RegExp,
    signal: NodeJS.Signals = 'SIGINT',
  ): Promise<{ code: number | null; output: string }> => {
    const child = start(argv);
    const followed = track(child, argv.join(' '));
    const end = once(child, 'close') as Promise<[number | null]>;
    await followed.seen(moment);
    child.kill(signal);
    const [code] = await end;
    return { code, output: followed.output() };
  };

  const nothingLeft = async (): Promise<void> => {
    const states = async (): Promise<readonly string[]> => {
      const { profiles } = JSON.parse(await sallyport.done(['list', '--json'])) as {
        profiles: { state: string }[];
      };
      return profiles.map(({ state }) => state);
    };
    await expect.poll(states).not.toContain('knocking');
    const files = () => readdirSync(sallyport.home, { recursive: true }).map(String);
    await expect.poll(() => files().filter((name) => /tmp|\.\d+$|~$/.test(name))).toEqual([]);
    await expect.poll(ours).toEqual([]);
  };

  /** The command lines of what runs in the client's namespace, by what /proc has about it. */
  const running = (file: 'cmdline' | 'environ', has: string): string[] => {
    const name = net.client.run(['ip', 'netns', 'identify']).stdout.trim();
    const pids = net.client.run(['ip', 'netns', 'pids', name]).stdout.trim().split('\n');
    expect(pids).toContain(String(process.pid));
    return pids.flatMap((pid) => {
      try {
        const found = readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(has);
        return found ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : [];
      } catch {
        return []; // it has just ended
      }
    });
  };
  const ours = (): string[] => running('cmdline', `${join(HELPERS, 'sallyport')}\0`);

  it('sends no further step', async () => {
    const tcpdump = await capture(net, 'tcp and portrange 7000-9000');
    const { code, output } = await stopAt(['knock', 'mute', '--delay', '3000'], /sent 2/);
    expect(code).toBe(INTERRUPTED);
    expect(output).toMatch(/sallyport: interrupted\n$/);
    await nothingLeft();
    await new Promise((resolve) => setTimeout(resolve, 3500));
    const ports = (await tcpdump.stop()).map(({ text }) => /10\.91\.0\.2\.(\d+):/.exec(text)?.[1]);
    expect(ports).toEqual(['7000', '8000']);
  });

  it('stops probing', async () => {
    const { code } = await stopAt(['knock', 'mute'], /before: filtered/);
    expect(code).toBe(INTERRUPTED);
    await nothingLeft();
    const tcpdump = await capture(net, 'tcp and dst port 22');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await tcpdump.stop()).toEqual([]);
  });

  it('stops waiting for the next code, also at SIGTERM, and leaves no code used up', async () => {
    await sallyport.done(['knock', 'web1']);
    for (const [signal, exit] of [
      ['SIGINT', INTERRUPTED],
      ['SIGTERM', TERMINATED],
    ] as const) {
      await sallyport.knock(['web1']);
      expect((await stopAt(['knock', 'web1'], /waiting/, signal)).code).toBe(exit);
      await nothingLeft();
    }
    expect(await sallyport.knock(['web1'])).toMatchObject({ verdict: 'reachable-not-proven', exit: 0 });
  });

  it('ends a pipe, and the connection with it', async () => {
    const established = (): string =>
      net.server.run(['ss', '-Htn', 'state', 'established', 'sport', '=', ':22']).stdout;
    const { code } = await stopAt(['proxy', '--profile', 'web1'], /SSH-2\.0/);
    expect(code).toBe(INTERRUPTED);
    await nothingLeft();
    await expect.poll(established).toBe('');
  });

  it('takes ssh along, in the middle of the knock that ssh waits for', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const proxy = `ProxyCommand=${join(HELPERS, 'sallyport')} proxy --profile mute`;
    const ssh = spawn('ssh', ['-o', proxy, 'web1.test', 'true'], { env: sallyport.env, detached: true });
    const end = once(ssh, 'close');
    await expect.poll(ours).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    process.kill(-(ssh.pid ?? 0), 'SIGINT'); // as a terminal does: to all of them
    await end;
    await nothingLeft();
  });

  it('leaves no agent behind that was only just starting', async () => {
    const home = join(net.folder, 'other');
    const other = new CommandLine(net.client, home);
    for (const ms of [20, 120, 250]) {
      const child = start(['list'], other.env);
      const end = once(child, 'close') as Promise<[number | null]>;
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill('SIGINT');
      const [code] = await end;
      if (code === 0) break; // it was quicker than we
      expect([INTERRUPTED, null]).toContain(code); // null: before it listened to signals
      expect(running('environ', `SALLYPORT_HOME=${home}\0`)).toEqual([]);
    }
    expect(await other.done(['list', '--json'])).toBe('{"profiles":[]}\n');
    expect(running('environ', `SALLYPORT_HOME=${home}\0`)).toHaveLength(1);
    await other.quit();
  });
});
