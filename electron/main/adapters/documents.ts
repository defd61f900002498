/** Files that a person wants imported, read with care: they may be devices, far too large, or no text at all. */
import { constants, open, readdir, type FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as nodePath from 'node:path';
import { ProblemError } from '../../../shared/contract/result';
import { globMatches } from '../../../shared/sshconfig/pattern';
import type { Documents } from '../ports';
import { errorCode } from './network-problem';
import { isPng } from './png';
import { readQrPicture } from './qr-picture';
import { readAtMost } from './read-at-most';

/** Bytes. */
const LARGEST = 4 * 1024 * 1024;
/** A pattern that matches more than this is a mistake. */
const MOST_MATCHES = 256;

export const nodeDocuments: Documents = {
  home: homedir(),

  async read(path) {
    // Without O_NONBLOCK a pipe that nobody writes to would be waited for without end.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    try {
      return await readText(path, file);
    } finally {
      await file.close();
    }
  },

  pictured: async (png, name) => {
    if (!isPng(png)) throw badInput(`${name} is no PNG.`, 'Save the picture as a PNG, or paste the link.');
    return readQrPicture(png, name);
  },

  async matches(pattern) {
    const { root, parts } = patternParts(pattern, nodePath);
    let folders: readonly string[] = [root];
    for (const part of parts) {
      const found = await Promise.all(folders.map((folder) => step(folder, part)));
      folders = found.flat().slice(0, MOST_MATCHES);
    }
    return [...folders].sort();
  },
};

/** Where a pattern begins, and its steps down. On Windows both slashes part them: ssh_config(5) is written with `/`. */
export function patternParts(
  pattern: string,
  { parse, sep }: Pick<nodePath.PlatformPath, 'parse' | 'sep'>,
): { readonly root: string; readonly parts: readonly string[] } {
  const { root } = parse(pattern);
  const parts = pattern.slice(root.length).split(sep === '/' ? '/' : /[\\/]/);
  return { root, parts: parts.filter((part) => part !== '') };
}

async function readText(path: string, file: FileHandle): Promise<string> {
  const stat = await file.stat();
  if (!stat.isFile()) throw badInput(`${path} is not a file.`, 'Choose a file with text in it.');
  const bytes = await readAtMost(file, LARGEST).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (bytes === null) throw badInput(`${path} is too large; ${LARGEST} bytes is the most.`);
  if (isPng(bytes)) return await readQrPicture(bytes, path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput(
      `${path} is not text in UTF-8.`,
      'Save it as UTF-8, a picture of a QR code as PNG, and try again.',
    );
  }
}

/** One step down a pattern. A part without wildcards is not looked up: reading will tell whether it is there. */
async function step(folder: string, part: string): Promise<readonly string[]> {
  if (!/[*?[]/.test(part)) return [nodePath.join(folder, part)];
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => globMatches(name, part)).map((name) => nodePath.join(folder, name));
}

function unreadable(path: string, error: unknown): ProblemError {
  const code = errorCode(error);
  const message = code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read.`;
  const hint = code === 'ENOENT' ? 'Check the path.' : 'Check its permissions.';
  return new ProblemError({ code: 'bad-input', message, hint, detail: code });
}

function badInput(message: string, hint = 'Choose another file.'): ProblemError {
  return new ProblemError({ code: 'bad-input', message, hint });
}
