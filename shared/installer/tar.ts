/**
 * Writes ustar archives (POSIX.1-1988): regular files and folders of root, dated alike, so that the same content gives
 * the same bytes. Paths have at most 100 bytes and files at most 8 GiB, which is plenty for what is exported.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { ArchiveEntry } from './export-format';

const BLOCK = 512;
const LONGEST_PATH = 100;

/** @param seconds the time of every entry, Unix seconds. */
export function tarArchive(folder: string, entries: readonly ArchiveEntry[], seconds: number): Uint8Array {
  const files = entries.map(({ path, mode, content }) => ({
    path: `${folder}/${path}`,
    mode,
    bytes: typeof content === 'string' ? utf8ToBytes(content) : content,
  }));
  const blocks = [
    ...foldersOf(files.map(({ path }) => path)).map((path) => header(path, 0o700, 0, '5', seconds)),
    ...files.flatMap(({ path, mode, bytes }) => [
      header(path, mode, bytes.length, '0', seconds),
      bytes,
      new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK),
    ]),
    new Uint8Array(2 * BLOCK),
  ];
  return joined(blocks);
}

/** Every folder above the files, parents first, each with a slash at its end. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = paths.flatMap((path) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
  });
  return [...new Set(folders)];
}

function header(path: string, mode: number, size: number, type: '0' | '5', seconds: number): Uint8Array {
  if (utf8ToBytes(path).length > LONGEST_PATH) throw new Error(`too long for an archive: ${path}`);
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(utf8ToBytes(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(0, path);
  put(100, `${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(seconds, 11)}\0`);
  put(148, '        '); // the checksum counts itself as spaces
  put(156, type);
  put(257, 'ustar\x0000');
  put(265, 'root');
  put(297, 'root');
  put(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  return block;
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}
