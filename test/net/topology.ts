/**
 * Two hosts on one machine, made and removed by the test itself:
 *
 *   client: this process's netns   server: a netns of its own
 *   10.91.0.1  ──── veth ── veth ──── 10.91.0.2
 *   fd91::1                           fd91::2
 *
 * build/tasks/in-namespace.mjs gives the client a namespace of its own first, so nothing outside can be reached.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../remove-folder';

export const SERVER4 = '10.91.0.2';
export const SERVER6 = 'fd91::2';
export const CLIENT4 = '10.91.0.1';
export const CLIENT6 = 'fd91::1';

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Everything written so far, both streams. */
  output(): string;
  /** Resolves when the output matches; rejects with all of it when the process ends or time is over. */
  seen(pattern: RegExp, ms?: number): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export class Host {
  readonly netns: string | null;
  readonly #running: Running[] = [];

  /** @param netns null for the namespace of this process. */
  constructor(netns: string | null) {
    this.netns = netns;
  }

  /** The argument list that runs a command here. */
  argv(argv: readonly string[]): string[] {
    return this.netns === null ? [...argv] : ['ip', 'netns', 'exec', this.netns, ...argv];
  }

  run(
    argv: readonly string[],
    options: { env?: NodeJS.ProcessEnv; input?: string; timeout?: number } = {},
  ): Finished {
    const [command = '', ...rest] = this.argv(argv);
    const { env = process.env, input = '', timeout = 60_000 } = options;
    const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8', env, input, timeout });
    return { status: status ?? -1, stdout: stdout ?? '', stderr: stderr ?? '' };
  }

  /** Loads nftables rules; throws with nft's own words when they do not hold. */
  firewall(rules: string): void {
    const { status, stderr } = this.run(['nft', '-f', '-'], { input: `${rules}\n` });
    if (status !== 0) throw new Error(stderr);
  }

  /** Like run, without blocking this process. @param options `until`: what its output ends with when the input is typed. */
  async finish(
    argv: readonly string[],
    options: { env?: NodeJS.ProcessEnv; input?: string; until?: RegExp } = {},
  ): Promise<Finished> {
    const [command = '', ...rest] = this.argv(argv);
    const child = spawn(command, rest, { env: options.env ?? process.env, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    const { input = '', until } = options;
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (until?.test(stdout)) child.stdin.end(input);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    if (until === undefined) child.stdin.end(input);
    const [status] = (await once(child, 'close')) as [number | null];
    return { status: status ?? -1, stdout, stderr };
  }

  start(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
    const [command = '', ...rest] = this.argv(argv);
    const running = track(spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] }), argv.join(' '));
    this.#running.push(running);
    return running;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
  }
}

export interface Topology {
  readonly client: Host;
  readonly server: Host;
  /** The server's end of the link. */
  readonly serverLink: string;
  /** The home of this namespace's root, where ssh looks for its files. */
  readonly home: string;
  /** A folder for this test's files, removed with it. */
  readonly folder: string;
  remove(): Promise<void>;
}

let made = 0;

export function createTopology(): Topology {
  const home = process.env['SALLYPORT_TEST_HOME'];
  if (process.getuid?.() !== 0 || home === undefined) {
    throw new Error('Network tests need root and a namespace of their own: npm run test:network');
  }
  // The sign between keeps 1 and 11 of one process apart from 11 and 1 of another.
  const id = `${process.pid.toString(36)}_${(made += 1)}`;
  const netns = `sp-s-${id}`;
  const [client, server] = [new Host(null), new Host(netns)];
  const ip = (...argv: string[]): void => void execFileSync('ip', argv, { stdio: 'pipe' });
  const [near, far] = [`spc${id}`, `sps${id}`];
  ip('netns', 'add', netns);
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', netns);
  for (const [at, link, v4, v6] of [
    [[], near, CLIENT4, CLIENT6],
    [['-n', netns], far, SERVER4, SERVER6],
  ] as const) {
    ip(...at, 'address', 'add', `${v4}/24`, 'dev', link);
    ip(...at, 'address', 'add', `${v6}/64`, 'dev', link, 'nodad');
    ip(...at, 'link', 'set', 'lo', 'up');
    ip(...at, 'link', 'set', link, 'up');
  }
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-net-'));
  return {
    client,
    server,
    serverLink: far,
    home,
    folder,
    remove: async () => {
      await Promise.all([client.stopAll(), server.stopAll()]);
      ip('link', 'delete', near);
      ip('netns', 'delete', netns);
      rmSync(`/etc/netns/${netns}`, { recursive: true, force: true });
      await removeFolder(folder);
    },
  };
}

/** Follows a process: what it writes, and its end. */
export function track(child: ChildProcess, name: string): Running {
  let output = '';
  const waiting = new Set<() => void>();
  const append = (text: string): void => {
    output += text;
    for (const check of waiting) check();
  };
  child.stdout?.setEncoding('utf8').on('data', append);
  child.stderr?.setEncoding('utf8').on('data', append);
  let ended = false;
  const end = once(child, 'close').then(() => {
    ended = true;
    for (const check of waiting) check();
  });
  return {
    child,
    output: () => output,
    seen: (pattern, ms = 30_000) =>
      new Promise((resolve, reject) => {
        const finish = (error?: Error): void => {
          clearTimeout(timer);
          waiting.delete(check);
          if (error === undefined) resolve();
          else reject(error);
        };
        const check = (): void => {
          if (pattern.test(output)) finish();
          else if (ended) finish(new Error(`${name} ended before it said ${String(pattern)}:\n${output}`));
        };
        const timer = setTimeout(
          () => finish(new Error(`${name} did not say ${String(pattern)} in ${ms} ms:\n${output}`)),
          ms,
        );
        waiting.add(check);
        check();
      }),
    stop: async (signal = 'SIGTERM') => {
      if (ended) return;
      child.kill(signal);
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await end;
      clearTimeout(hard);
    },
  };
}
