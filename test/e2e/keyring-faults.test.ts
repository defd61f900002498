/**
 * What a person is told when the real keychain is missing, locked or silent. libsecret, dbus and gnome-keyring are the
 * system's own; the program that asks is plain Node with the app's adapter.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HELPERS } from '../net/peers';
import { track } from '../net/topology';
import { removeFolder } from '../remove-folder';
import { bundle } from '../unit/crash/bundle';
import { launchApp, prepareHome } from './app';
import { startKeyring, type Keyring } from './keyring';

const ROOT = resolve(import.meta.dirname, '../..');
/** Inside of the project, so that keytar is found. */
const OUT = join(ROOT, 'test-results', `asker-${process.pid}`);
/** A session bus that starts no services by itself. */
const BARE_BUS = (
  socket: string,
) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;

let asker: string;
let folder: string;
let bus: ChildProcess | null = null;
let keyring: Keyring | null = null;
beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  asker = await bundle('asker', OUT);
});
afterAll(() => rmSync(OUT, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), `sallyport-faults-${process.pid}-`));
});
afterEach(async () => {
  bus?.kill('SIGKILL');
  await keyring?.stop();
  [bus, keyring] = [null, null];
  await removeFolder(folder);
});

/** @param patienceMs how long the keychain may take. */
function ask(env: NodeJS.ProcessEnv, patienceMs = 20_000) {
  const { HOME, PATH } = process.env;
  const bare = { HOME, PATH, XDG_RUNTIME_DIR: folder };
  const { stdout, stderr } = spawnSync(process.execPath, [asker, String(patienceMs)], {
    env: { ...bare, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { problem: unknown; ms: number };
}

async function bareBus(): Promise<string> {
  const socket = join(folder, 'bus');
  const config = join(folder, 'bus.conf');
  writeFileSync(config, BARE_BUS(socket));
  bus = spawn('dbus-daemon', ['--nofork', '--print-address=1', `--config-file=${config}`]);
  await track(bus, 'dbus-daemon').seen(/^unix:/m);
  return `unix:path=${socket}`;
}

/** Long before the system's own call gives up, which on a stopped bus is never. */
const SOON_MS = 20_000;

describe('the end of a program that a silent keychain owes an answer', () => {
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    const { env: own } = prepareHome(folder, { ...process.env, XDG_RUNTIME_DIR: folder }, ['true']);
    env = { ...own, DBUS_SESSION_BUS_ADDRESS: await bareBus(), SALLYPORT_KEYCHAIN: 'os' };
  });
  const sallyport = (argv: readonly string[]): ChildProcess =>
    spawn(join(HELPERS, 'sallyport'), argv, { env, stdio: ['pipe', 'ignore', 'ignore'] });
  /** A profile whose secret the keychain is asked to keep, once its bus answers nobody any more. */
  const owed = async (): Promise<void> => {
    expect(spawnSync(join(HELPERS, 'sallyport'), ['list'], { env, timeout: 30_000 }).status).toBe(0);
    bus?.kill('SIGSTOP');
    const adding = sallyport(['add', 'web1', '--host', '192.0.2.1', '--sequence-file', '-']);
    adding.stdin?.end('7000,8000,9000');
    await delay(4000);
    expect(adding.exitCode).toBeNull();
  };
  const log = () => readFileSync(join(folder, 'app-home', 'logs', 'sallyport.log'), 'utf8');

  it('comes within seconds for the agent', async () => {
    const agent = spawn(process.execPath, [join(ROOT, 'dist/agent.cjs')], { env, stdio: 'inherit' });
    const ended = once(agent, 'exit');
    try {
      await expect.poll(() => existsSync(join(folder, 'app-home', 'logs', 'sallyport.log'))).toBe(true);
      await expect.poll(log).toContain('agent started');
      await owed();
      agent.kill('SIGTERM');
      expect(await Promise.race([ended, delay(SOON_MS, 'still there')])).toEqual([null, 'SIGKILL']);
      expect(log()).toContain('ended without the answer of the keychain');
    } finally {
      agent.kill('SIGKILL');
      await ended;
    }
  });

  it('comes within seconds for the app', async () => {
    const app = await launchApp({ home: join(folder, 'app-home'), env });
    try {
      await (await app.page()).waitForLoadState();
      await owed();
      const start = performance.now();
      await app.quit();
      expect(performance.now() - start).toBeLessThan(SOON_MS);
      expect(log()).toContain('ended without the answer of the keychain');
    } finally {
      await app.kill();
    }
  });
});

describe('the keychain', () => {
  it('without a session bus is missing, and says what to start or choose', () => {
    expect(ask({})).toMatchObject({
      problem: {
        code: 'keychain-missing',
        message: 'No keychain service is running in this session.',
        hint: expect.stringContaining('GNOME Keyring or KWallet'),
        detail: expect.stringMatching(/D-Bus|connect|No such file/),
      },
    });
  });

  it('without a service on the bus is missing', async () => {
    expect(ask({ DBUS_SESSION_BUS_ADDRESS: await bareBus() })).toMatchObject({
      problem: {
        code: 'keychain-missing',
        detail: expect.stringContaining('org.freedesktop.secrets'),
      },
    });
  });

  it('that answers nothing is not waited for without end', async () => {
    const address = await bareBus();
    bus?.kill('SIGSTOP');
    const { problem, ms } = ask({ DBUS_SESSION_BUS_ADDRESS: address }, 2000);
    expect(problem).toMatchObject({
      code: 'keychain-locked',
      message: 'The keychain did not answer in time.',
      hint: expect.stringContaining('another window'),
    });
    expect(ms).toBeLessThan(20_000);
  });

  it('that is there works, and is told as locked when it is', async () => {
    keyring = await startKeyring(folder);
    expect(ask(keyring.env).problem).toBeNull();
    keyring.lock();
    expect(ask(keyring.env)).toMatchObject({
      problem: { code: 'keychain-locked', hint: expect.any(String) },
    });
  });
});
