import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Bounds } from '../surface';
import { CdpConnection } from './connection';

const PREFIX = 'sallyport-stand-in-';
const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const CLOSE_MS = 3000;
const PORT_MS = 30_000;
const REMOVE_MS = 5000;
const STEP_MS = 50;

/** One Chromium with a profile of its own that is removed at the end. */
export interface ChromiumProcess {
  readonly connection: CdpConnection;
  readonly exited: Promise<void>;
  /** `http://127.0.0.1:PORT` when a debugging port was asked for. */
  endpoint(): Promise<string | null>;
  /** A window without tabs and address bar; shows up as a new page target. */
  openAppWindow(bounds: Bounds): void;
  close(): Promise<void>;
  closeNow(): void;
}

export interface ChromiumOptions {
  readonly headless: boolean;
  /** Also listen on a loopback port, for a test's own Playwright connection. */
  readonly debuggingPort: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** The Chromium to use: `SALLYPORT_CHROMIUM`, else the first known path that exists. */
export function findChromium(env: NodeJS.ProcessEnv): string {
  const wanted = env['SALLYPORT_CHROMIUM'];
  if (wanted !== undefined && wanted !== '') {
    if (existsSync(wanted)) return wanted;
    throw new Error(`SALLYPORT_CHROMIUM names ${wanted}, which does not exist`);
  }
  const found = CANDIDATES.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium found. Install it (Debian: apt-get install chromium) or set SALLYPORT_CHROMIUM to its path.',
  );
}

export function launchChromium(options: ChromiumOptions): ChromiumProcess {
  sweepAbandonedProfiles();
  const profile = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // detached: the renderer processes share a group that can be ended as one.
  const child = spawn(findChromium(options.env), chromiumArguments(options, profile), {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
    env: options.env,
  });
  const connection = new CdpConnection(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => connection.close());
  const closeNow = (): void => {
    killGroup(child);
    removeProfile(profile);
  };
  const close = async (): Promise<void> => {
    connection.browser.send('Browser.close').catch(() => undefined);
    await Promise.race([exited, delay(CLOSE_MS)]);
    closeNow();
  };
  const endpoint = (): Promise<string | null> =>
    options.debuggingPort ? waitForPort(join(profile, 'DevToolsActivePort')) : Promise.resolve(null);
  const openAppWindow = ({ x, y, width, height }: Bounds): void => {
    // The running Chromium owns the profile: this second one hands the request over and ends.
    const place = [`--window-size=${width},${height}`, `--window-position=${x},${y}`];
    const args = ['--app=data:text/html,', ...place, ...sandboxArguments(), `--user-data-dir=${profile}`];
    spawn(findChromium(options.env), args, { stdio: 'ignore', env: options.env }).on(
      'error',
      () => undefined,
    );
  };
  return { connection, exited, endpoint, openAppWindow, close, closeNow };
}

function chromiumArguments(options: ChromiumOptions, profile: string): readonly string[] {
  return [
    '--remote-debugging-pipe',
    ...(options.debuggingPort ? ['--remote-debugging-port=0'] : []),
    ...(options.headless ? ['--headless=new', '--hide-scrollbars', '--mute-audio'] : []),
    '--no-startup-window',
    ...sandboxArguments(),
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-sync',
    '--disable-dev-shm-usage',
    '--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,BackForwardCache',
    '--no-first-run',
    '--no-default-browser-check',
    '--password-store=basic',
    '--use-mock-keychain',
    // The app answers window.open itself, so Chromium's own blocker must not come first.
    '--disable-popup-blocking',
    // Requests are answered before they reach the network; a dead proxy holds whatever would slip past (WebSocket, WebRTC).
    '--proxy-server=http://127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    `--user-data-dir=${profile}`,
  ];
}

/** Chromium refuses to run its sandbox as root. */
function sandboxArguments(): readonly string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** Profiles of runs that were killed outright: their pid, part of the name, no longer exists. */
function sweepAbandonedProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    removeProfile(join(tmpdir(), name));
  }
}

/**
 * Chromium's last processes may write while its folder goes, for as long as the machine takes to end them. This also runs
 * where nothing can be awaited any more. What is left after all is removed at the next start.
 */
function removeProfile(path: string): void {
  for (const end = Date.now() + REMOVE_MS; Date.now() < end; pause(STEP_MS)) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch {
      // No reason not to start, or not to end.
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: the whole group has ended, which is what was wanted.
  }
}

async function waitForPort(file: string): Promise<string> {
  for (let waited = 0; waited < PORT_MS; waited += STEP_MS) {
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : Number.NaN;
    if (port > 0) return `http://127.0.0.1:${port}`;
    await delay(STEP_MS);
  }
  throw new Error(`stand-in: Chromium opened no debugging port within ${PORT_MS / 1000} s`);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
