/**
 * Binding a Unix socket that a dead process may have left behind. A socket file cannot be replaced atomically, so whoever
 * removes a dead one holds a lock file meanwhile: of many that come at once, one binds and the others find it alive.
 */
import { open, stat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ProblemError } from '../../../shared/contract/result';
import { errorCode } from '../adapters/network-problem';

/** The lock is held for milliseconds; one this old was left by a process that was killed. */
const LOCK_LEFT_MS = 5000;
const LOOK_AGAIN_MS = 20;

export async function bindOrTakeOver(server: Server, path: string): Promise<void> {
  for (;;) {
    try {
      return await bind(server, path);
    } catch (error) {
      if (errorCode(error) !== 'EADDRINUSE') throw error;
    }
    if (await answers(path)) throw inUse(path);
    await removeDead(path, join(dirname(path), 'takeover.lock'));
  }
}

export function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The socket is born 0600, so there is no moment when it is open to others.
    const mask = process.platform === 'win32' ? null : process.umask(0o177);
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
    if (mask !== null) process.umask(mask);
  });
}

/** Whether someone listens behind the socket. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // EAGAIN: someone listens and has no time now.
    socket.once('error', (error) => resolve(errorCode(error) === 'EAGAIN'));
  });
}

async function removeDead(path: string, lock: string): Promise<void> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return waitForLock(lock);
  }
  try {
    // Looked at again: since the first look another may have taken over.
    if (!(await answers(path))) await removed(path);
  } finally {
    await removed(lock);
  }
}

async function waitForLock(lock: string): Promise<void> {
  const made = await stat(lock).catch(() => null);
  if (made !== null && Date.now() - made.mtimeMs > LOCK_LEFT_MS) await removed(lock);
  else await delay(LOOK_AGAIN_MS);
}

/** Gone already is as good. */
async function removed(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
}

function inUse(path: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'Sallyport is running already for this user.',
    hint: `It holds ${path}. Stop it with: sallyport quit`,
  });
}
