import { mkdtemp, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDocuments, patternParts } from '../../electron/main/adapters/documents';
import { readAtMost } from '../../electron/main/adapters/read-at-most';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-documents-${process.pid}-`));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a pattern', () => {
  it.each([
    ['C:\\Users\\ada/.ssh/conf.d/*', win32, 'C:\\', ['Users', 'ada', '.ssh', 'conf.d', '*']],
    ['C:/Users//ada\\.ssh\\*.conf', win32, 'C:/', ['Users', 'ada', '.ssh', '*.conf']],
    ['/home/ada/.ssh//conf.d/*', posix, '/', ['home', 'ada', '.ssh', 'conf.d', '*']],
    ['/home/a\\b/*', posix, '/', ['home', 'a\\b', '*']],
  ])('%s is parted as its system does', (pattern, platform, root, parts) => {
    expect(patternParts(pattern, platform)).toEqual({ root, parts });
  });

  it('is followed step by step', async () => {
    await mkdir(join(folder, 'conf.d'));
    for (const name of ['b.conf', 'a.conf', 'c.txt']) await writeFile(join(folder, 'conf.d', name), '');
    expect(await nodeDocuments.matches(`${folder}/conf*/*.conf`)).toEqual(
      ['a.conf', 'b.conf'].map((name) => join(folder, 'conf.d', name)),
    );
  });
});

describe('a file with a limit', () => {
  const read = async (text: string, most: number) => {
    const path = join(folder, 'f');
    await writeFile(path, text);
    const file = await open(path);
    try {
      return (await readAtMost(file, most))?.toString() ?? null;
    } finally {
      await file.close();
    }
  };

  it.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
    'is read whole up to %i bytes, and no further',
    async (most) => {
      const text = 'größe'
        .repeat(40_000)
        .slice(0, most)
        .replace(/[^a-z]/g, 'x');
      expect(await read(text, most)).toBe(text);
      expect(await read(`${text}x`, most)).toBeNull();
    },
  );

  it('is given up one byte beyond, however much it goes on to give', async () => {
    let given = 0;
    const endless = {
      read: async (buffer: Buffer) => {
        const bytesRead = Math.min(buffer.length, 700);
        given += bytesRead;
        return { bytesRead, buffer };
      },
    };
    expect(await readAtMost(endless as never, 4096)).toBeNull();
    expect(given).toBe(4097);
  });

  it.runIf(process.platform === 'linux')('is read although it claims to be empty', async () => {
    expect(await nodeDocuments.read('/proc/self/status')).toMatch(/^Name:/);
  });
});
