/** Files of the person's own: replaced atomically, readable by nobody else. What fails is told as a problem in words. */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { ProblemError } from '../../../shared/contract/result';
import type { Files } from '../ports';
import { errorCode } from './network-problem';

export const nodeFiles: Files = {
  async read(path) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw storageProblem(`${path} could not be read.`, 'Check the permissions of the file.', error);
    }
  },
  async write(path, text) {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, text, { mode: 0o600, encoding: 'utf8' });
    } catch (error) {
      const hint = 'Check the free space and the permissions of the folder.';
      throw storageProblem(`${path} could not be written; it is as it was.`, hint, error);
    }
  },
  async move(from, to) {
    try {
      await rename(from, to);
    } catch (error) {
      throw storageProblem(
        `${from} could not be moved to ${to}.`,
        'Check the permissions of the folder.',
        error,
      );
    }
  },
};

function storageProblem(message: string, hint: string, error: unknown): ProblemError {
  return new ProblemError({ code: 'storage', message, hint, detail: errorCode(error) });
}
