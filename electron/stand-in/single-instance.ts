import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type OnSecond = (argv: readonly string[], cwd: string, additionalData: unknown) => void;

const DELIVERY_MS = 10_000;
const MESSAGE_MAX = 256 * 1024;

/**
 * `app.requestSingleInstanceLock` for real processes: a pid file taken with O_EXCL decides at once, a socket beside it
 * carries the later process's arguments to the first.
 */
export class SingleInstance {
  /** Resolves when a second process has handed over its arguments, at once in the first. */
  delivered: Promise<void> = Promise.resolve();
  readonly #onSecond: OnSecond;
  #directory: string | null = null;
  #server: Server | null = null;

  constructor(onSecond: OnSecond) {
    this.#onSecond = onSecond;
  }

  get held(): boolean {
    return this.#server !== null;
  }

  request(userData: string, argv: readonly string[], cwd: string, additionalData: unknown): boolean {
    if (this.held) return true;
    const directory = lockDirectory(userData);
    if (!takeLock(join(directory, 'pid'))) {
      this.delivered = deliver(join(directory, 'socket'), JSON.stringify({ argv, cwd, additionalData }));
      return false;
    }
    this.#directory = directory;
    this.#server = createServer((socket) => this.#read(socket));
    rmSync(join(directory, 'socket'), { force: true });
    this.#server.listen(join(directory, 'socket')).unref();
    return true;
  }

  release(): void {
    if (this.#directory === null) return;
    this.#server?.close();
    this.#server = null;
    rmSync(this.#directory, { recursive: true, force: true });
    this.#directory = null;
  }

  #read(socket: Socket): void {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MESSAGE_MAX) socket.destroy();
    });
    socket.on('end', () => {
      const message = parseMessage(text);
      if (message !== null) this.#onSecond(message.argv, message.cwd, message.additionalData);
      socket.end('ok');
    });
  }
}

/** Short enough for a socket's 107 bytes whatever userData is. */
function lockDirectory(userData: string): string {
  const name = createHash('sha256').update(userData).digest('hex').slice(0, 16);
  const directory = join(
    process.env['XDG_RUNTIME_DIR'] ?? tmpdir(),
    `sallyport-instance-${process.getuid?.() ?? 0}-${name}`,
  );
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const problem = foreign(directory);
  if (problem === null) return directory;
  throw new Error(
    `${directory} ${problem}, so it cannot tell whether the app runs already.\n` +
      'Expected a folder of your own with mode 0700. Remove it, or name another place in XDG_RUNTIME_DIR.',
  );
}

/** Why the folder may be somebody else's doing: in /tmp anybody could have made it first, with a live process's number in it. */
function foreign(directory: string): string | null {
  const found = lstatSync(directory);
  if (!found.isDirectory()) return 'is a link or a file, not a folder';
  if (process.getuid === undefined) return null;
  if (found.uid !== process.getuid()) return `belongs to user ${found.uid}`;
  return (found.mode & 0o077) === 0 ? null : `is open to others (mode 0${(found.mode & 0o777).toString(8)})`;
}

function takeLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (isAlive(Number(readFileSync(file, 'utf8')))) return false;
  rmSync(file, { force: true });
  return takeLock(file);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function deliver(path: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    const timer = setTimeout(() => socket.destroy(), DELIVERY_MS);
    socket.on('connect', () => socket.end(text));
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function parseMessage(
  text: string,
): { argv: readonly string[]; cwd: string; additionalData: unknown } | null {
  try {
    const value = JSON.parse(text) as { argv?: unknown; cwd?: unknown; additionalData?: unknown };
    const argv = value.argv;
    if (!Array.isArray(argv) || !argv.every((item) => typeof item === 'string')) return null;
    if (typeof value.cwd !== 'string') return null;
    return { argv, cwd: value.cwd, additionalData: value.additionalData };
  } catch {
    return null;
  }
}
