import { fork, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SingleInstance } from '../../electron/stand-in/single-instance';
import { FixtureApp, FIXTURE, invoke, logOf } from './fixture-app';

const fixture = new FixtureApp();
let bundle: string;

beforeAll(async () => {
  bundle = await fixture.build();
});
afterAll(() => fixture.remove());

/** Every process whose command line mentions this test's own temp directory: its Chromium, all parts of it. */
function browserProcesses(): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && commandLine(pid).includes(`--user-data-dir=${fixture.home}`));
}

/** What was killed is on its way out for a moment more, on a machine with much to do for longer. */
async function allGone(): Promise<void> {
  await expect.poll(browserProcesses).toEqual([]);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function leftovers(): readonly string[] {
  return readdirSync(fixture.home).filter((name) => name.startsWith('sallyport-'));
}

/** Runs the stand-in as a person would, without a test channel. */
async function run(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [bundle, ...args], {
    env: fixture.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { code: await ended(child, 'close'), output };
}

/** `close` also waits for the output to be complete; `exit` does not need anybody to read it. */
function ended(child: ChildProcess, event: 'exit' | 'close' = 'exit'): Promise<number | null> {
  return new Promise((resolve) => child.once(event, (code: number | null) => resolve(code)));
}

describe('the end', () => {
  test('quit tells the app in order and leaves no process and no file', async () => {
    const driver = await fixture.launch();
    await driver.page('app://fixture/index.html');
    expect(browserProcesses().length).toBeGreaterThan(1);
    expect(await driver.quit()).toBe(0);
    expect(driver.output()).toBe('event before-quit\nevent will-quit\n');
    await allGone();
    expect(leftovers()).toEqual([]);
  });

  test('the quit item of the tray does the same', async () => {
    const driver = await fixture.launch();
    // The answer may be cut off by the end it brings about.
    await driver.ask('clickMenu', { place: 'tray', path: ['Quit'] }).catch(() => undefined);
    expect(await driver.exited).toBe(0);
    await allGone();
  });

  test('an app that crashes takes its browser with it', async () => {
    const driver = await fixture.launch();
    const page = await driver.page('app://fixture/index.html');
    // The answer may be cut off by the end it brings about.
    await invoke(page, 'crash').catch(() => undefined);
    expect(await driver.exited).not.toBe(0);
    expect(driver.output()).toContain('fixture crash');
    await allGone();
    expect(leftovers().filter((name) => name.includes('stand-in'))).toEqual([]);
  });

  test('a browser that ends takes the app with it, which says so', async () => {
    const driver = await fixture.launch();
    await driver.page('app://fixture/index.html');
    for (const pid of browserProcesses()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended with the one before.
      }
    }
    expect(await driver.exited).toBe(1);
    expect(driver.output()).toContain('stand-in: Chromium has ended, and the app with it');
  });

  test('killed outright, the browser ends by itself, and the next start removes its profile', async () => {
    const child = fork(bundle, ['--headless', FIXTURE], { env: fixture.env, silent: true, execArgv: [] });
    await new Promise((resolve) => child.once('message', resolve));
    expect(browserProcesses().length).toBeGreaterThan(1);
    child.kill('SIGKILL');
    await ended(child);
    await allGone();
    const abandoned = leftovers().filter((name) => name.startsWith('sallyport-stand-in-'));
    expect(abandoned).toHaveLength(1);
    const driver = await fixture.launch();
    expect(leftovers()).not.toContain(abandoned[0]);
    await driver.quit();
  });

  test('a test that dies takes the app with it', async () => {
    const child = fork(bundle, ['--headless', FIXTURE], { env: fixture.env, silent: true, execArgv: [] });
    await new Promise((resolve) => child.once('message', resolve));
    child.disconnect();
    expect(await ended(child)).toBe(1);
    await allGone();
  });

  test('a window kept in the tray comes back with its page', async () => {
    const driver = await fixture.launch({ FIXTURE_KEEP: '1' });
    const page = await driver.page('app://fixture/index.html');
    await driver.ask('closeWindow', { id: 1 });
    expect(await driver.ask('windows')).toMatchObject([{ id: 1, visible: false, focused: false }]);
    await driver.ask('clickTray');
    expect(await invoke(page, 'echo', 'the same page')).toBe('the same page');
    // The person closes the page itself, which cannot be prevented in a browser.
    await page.close();
    await expect.poll(() => driver.ask('windows')).toMatchObject([{ id: 1, visible: false }]);
    await driver.ask('clickTray');
    const again = await driver.page('app://fixture/index.html');
    expect(await invoke(again, 'echo', 'a new page')).toBe('a new page');
    expect(await driver.ask('windows')).toMatchObject([{ id: 1, visible: true, focused: true }]);
    expect(await driver.quit()).toBe(0);
    expect(driver.output()).toBe('event before-quit\nevent will-quit\n');
  });

  test('a page that crashes is reported to the app', async () => {
    const driver = await fixture.launch();
    const page = await driver.page('app://fixture/index.html');
    await invoke(page, 'open', { url: 'app://fixture/app.html' });
    const second = await driver.page('app://fixture/app.html');
    const session = await second.context().newCDPSession(second);
    await Promise.race([session.send('Page.crash').catch(() => undefined), second.waitForEvent('crash')]);
    await expect.poll(() => logOf(page, 'gone')).toEqual([['gone', 'crashed']]);
    expect(await driver.quit()).toBe(0);
  });

  test('closing the last window is told to the app, which goes on', async () => {
    const driver = await fixture.launch();
    await driver.page('app://fixture/index.html');
    await driver.ask('closeWindow', { id: 1 });
    expect(await driver.ask('windows')).toEqual([]);
    expect(await driver.quit()).toBe(0);
  });
});

describe('a second instance', () => {
  test('hands its arguments to the first and leaves', async () => {
    const driver = await fixture.launch();
    const page = await driver.page('app://fixture/index.html');
    const second = await run(['--headless', FIXTURE, '--', 'sallyport://knock/web1']);
    expect(second).toEqual({ code: 0, output: 'second instance leaves\n' });
    const [entry] = await logOf(page, 'second-instance');
    expect(JSON.parse(entry?.[1] as string)).toEqual([process.execPath, FIXTURE, 'sallyport://knock/web1']);
    expect(entry?.[2]).toBe(process.cwd());
    await driver.quit();
  });

  test('a lock whose owner is gone is taken over', async () => {
    const first = await fixture.launch();
    const lock = leftovers().find((name) => name.startsWith('sallyport-instance-'));
    const file = join(fixture.home, lock ?? '', 'pid');
    expect(existsSync(file)).toBe(true);
    await first.quit();
    mkdirSync(join(fixture.home, lock ?? ''), { mode: 0o700 });
    writeFileSync(file, '4194304');
    const second = await fixture.launch();
    expect(readFileSync(file, 'utf8')).not.toBe('4194304');
    expect(await second.quit()).toBe(0);
  });
});

describe('a lock folder that somebody else could have made', () => {
  let lock: string;

  beforeAll(async () => {
    const driver = await fixture.launch();
    lock = join(fixture.home, leftovers().find((name) => name.startsWith('sallyport-instance-')) ?? '');
    await driver.quit();
  });
  afterEach(() => rmSync(lock, { recursive: true, force: true }));

  /** With a process in it that lives, so that the app would take itself for the second. */
  function make(directory: string, mode: number): void {
    mkdirSync(directory);
    writeFileSync(join(directory, 'pid'), String(process.pid));
    chmodSync(directory, mode);
  }

  async function refusal(): Promise<string> {
    const { code, output } = await run(['--headless', FIXTURE]);
    expect(code).toBe(1);
    expect(output).not.toContain('    at ');
    return output;
  }

  test('open to others', async () => {
    make(lock, 0o755);
    expect(await refusal()).toBe(
      `${lock} is open to others (mode 0755), so it cannot tell whether the app runs already.\n` +
        'Expected a folder of your own with mode 0700. Remove it, or name another place in XDG_RUNTIME_DIR.\n',
    );
  });

  test('a link to one', async () => {
    make(`${lock}-elsewhere`, 0o700);
    symlinkSync(`${lock}-elsewhere`, lock);
    expect(await refusal()).toContain(`${lock} is a link or a file, not a folder`);
    rmSync(`${lock}-elsewhere`, { recursive: true });
  });

  test('a file', async () => {
    writeFileSync(lock, '');
    expect(await refusal()).toContain(`${lock} is a link or a file, not a folder`);
  });

  test('of another user', () => {
    const mine = process.getuid?.();
    vi.spyOn(process, 'getuid').mockReturnValue(54321);
    vi.stubEnv('XDG_RUNTIME_DIR', fixture.home);
    const second = new SingleInstance(() => undefined);
    expect(() => second.request('/home/x', [], '/', {})).toThrow(
      `belongs to user ${mine}, so it cannot tell`,
    );
    expect(second.held).toBe(false);
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
});

describe('a bad start', () => {
  test.each([
    [['--headless', '/nowhere'], '/nowhere/package.json does not exist: the stand-in needs the app'],
    [['--loud', FIXTURE], 'unknown option --loud\nusage: stand-in.cjs'],
    [['--headless', '--serve', FIXTURE], '--headless and --serve exclude each other'],
  ])('%j says why and ends', async (args, message) => {
    const { code, output } = await run(args);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });

  test('without Chromium it says what to install', async () => {
    const env = { ...fixture.env, SALLYPORT_CHROMIUM: '/nowhere/chromium' };
    const child = spawn(process.execPath, [bundle, '--headless', FIXTURE], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    expect(await ended(child, 'close')).toBe(1);
    expect(output).toBe('SALLYPORT_CHROMIUM names /nowhere/chromium, which does not exist\n');
  });
});
