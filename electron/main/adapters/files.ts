/** Files of the person's own: replaced atomically, readable by nobody else. What fails is told as a problem in words. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProblemError } from '../../../shared/contract/result';
import type { Files } from '../ports';
import { errorCode } from './network-problem';

/** What a write is called until it is whole. */
const UNFINISHED = /\.[0-9a-f]{16}\.tmp$/;
/** A write of another process that is under way is younger than this. */
const ABANDONED_MS = 60_000;

/** The last write of each path, so that writes of one path follow each other in the order they were asked for. */
const queues = new Map<string, Promise<unknown>>();

export const nodeFiles: Files = {
  async read(path) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw storageProblem(`${path} could not be read.`, 'Check the permissions of the file.', error);
    }
  },
  write: writeWhole,
  async move(from, to) {
    try {
      await rename(from, to);
      await syncFolder(dirname(to));
    } catch (error) {
      throw storageProblem(
        `${from} could not be moved to ${to}.`,
        'Check the permissions of the folder.',
        error,
      );
    }
  },
  async remove(path) {
    try {
      await rm(path, { force: true });
    } catch (error) {
      throw storageProblem(`${path} could not be removed.`, 'Check the permissions of the folder.', error);
    }
  },
  async list(folder) {
    try {
      return (await readdir(folder)).toSorted();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw storageProblem(`${folder} could not be read.`, 'Check the permissions of the folder.', error);
    }
  },
};

/** Replaces a file of the person's own or one that they chose a place for; readable by nobody else. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const before = queues.get(path) ?? Promise.resolve();
  const mine = before.then(() => replace(path, content));
  const settled = mine.catch(() => undefined);
  queues.set(path, settled);
  try {
    await mine;
  } catch (error) {
    const hint = 'Check the free space and the permissions of the folder.';
    throw storageProblem(`${path} could not be written; it is as it was.`, hint, error);
  } finally {
    if (queues.get(path) === settled) queues.delete(path);
  }
}

/** Takes away what writes left that a crash interrupted. It fails silently: such files cost nothing but room. */
export async function sweepUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((candidate) => UNFINISHED.test(candidate))) {
    const path = join(folder, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_MS) await rm(path, { force: true }).catch(() => undefined);
  }
}

/**
 * The new text stands whole on the disk before the name is given to it, so that a crash, a power cut or a full disk at any
 * moment leaves the old file or the new one. (`FileHandle.writeFile` writes until all is written; one `write` may not, on
 * a disk that has just become full.)
 */
async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A link that a person put there, to keep the file elsewhere, stays one.
  const target = await realpath(path).catch(() => path);
  const unfinished = `${target}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(target));
}

/**
 * A new name is on the disk for certain only once its folder is (fsync(2)). Windows cannot open a folder and some network
 * file systems refuse the call; the file is replaced all the same.
 */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function storageProblem(message: string, hint: string, error: unknown): ProblemError {
  return new ProblemError({ code: 'storage', message, hint, detail: errorCode(error) });
}
