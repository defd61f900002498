import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../electron/main/adapters/files';
import { fileLog } from '../../electron/main/adapters/log';
import { passphraseFromFile } from '../../electron/main/adapters/passphrase-file';
import { problemOf } from '../fakes/fake-services';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-files-${process.pid}-`));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('files', () => {
  it('are written for their user alone, in folders of theirs', async () => {
    const path = join(folder, 'home', 'deep', 'profiles.json');
    await nodeFiles.write(path, 'größe');
    expect([await nodeFiles.read(path), await modeOf(path)]).toEqual(['größe', '600']);
    expect([await modeOf(join(folder, 'home')), await modeOf(join(folder, 'home', 'deep'))]).toEqual([
      '700',
      '700',
    ]);
  });

  it('are closed to others when they were open', async () => {
    const path = join(folder, 'f');
    await writeFile(path, 'old', { mode: 0o644 });
    await nodeFiles.write(path, 'new');
    expect([await nodeFiles.read(path), await modeOf(path)]).toEqual(['new', '600']);
  });

  it('are replaced as a whole, and leave no second file', async () => {
    const path = join(folder, 'f');
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(5000));
    await Promise.all(texts.map((text) => nodeFiles.write(path, text)));
    expect(texts).toContain(await nodeFiles.read(path));
    expect(await readdir(folder)).toEqual(['f']);
  });

  it('are null when they are not there, and a problem in words when they cannot be used', async () => {
    expect(await nodeFiles.read(join(folder, 'none'))).toBeNull();
    await writeFile(join(folder, 'plain'), '');
    const inside = join(folder, 'plain', 'f');
    expect(await problemOf(nodeFiles.write(inside, 'x'))).toMatchObject({
      code: 'storage',
      message: expect.stringContaining(inside),
      hint: expect.any(String),
      detail: expect.stringMatching(/^E/),
    });
    expect(await problemOf(nodeFiles.read(folder))).toMatchObject({ code: 'storage', detail: 'EISDIR' });
    expect(await problemOf(nodeFiles.move(join(folder, 'none'), inside))).toMatchObject({ code: 'storage' });
  });

  it('are moved', async () => {
    await nodeFiles.write(join(folder, 'a'), 'x');
    await nodeFiles.move(join(folder, 'a'), join(folder, 'b'));
    expect([await nodeFiles.read(join(folder, 'a')), await nodeFiles.read(join(folder, 'b'))]).toEqual([
      null,
      'x',
    ]);
  });
});

describe('the passphrase file', () => {
  const path = () => join(folder, 'pass');
  const write = (text: string, mode = 0o600) => writeFile(path(), text, { mode });

  it.each([
    ['correct horse\n', 'correct horse'],
    ['correct horse\r\nmore\n', 'correct horse'],
    [' spaces count ', ' spaces count '],
  ])('%j holds %j', async (text, passphrase) => {
    await write(text);
    expect(await passphraseFromFile(path())).toBe(passphrase);
  });

  it('is refused when others can read it, and says what to do', async () => {
    await write('x', 0o640);
    expect(await problemOf(passphraseFromFile(path()))).toMatchObject({
      code: 'keychain-locked',
      hint: `Make it yours alone: chmod 600 ${path()}`,
    });
  });

  it.each([
    ['missing', async () => undefined, 'cannot be read'],
    ['empty', () => write(''), 'is empty'],
    ['an empty first line', () => write('\nx'), 'is empty'],
    ['too large', () => write('x').then(() => truncate(path(), 5000)), 'too large'],
    ['a folder', () => mkdir(path(), 0o700), 'is not a file'],
    [
      'a pipe nobody writes to',
      async () => void execFileSync('mkfifo', ['-m', '600', path()]),
      'is not a file',
    ],
    [
      'a link to others’ file',
      () => write('x', 0o644).then(() => symlink(path(), `${path()}2`)),
      'read by others',
    ],
  ])('is refused when it is %s', async (_what, make, words) => {
    await make();
    expect(await problemOf(passphraseFromFile(path()))).toMatchObject({
      code: 'keychain-locked',
      message: expect.stringContaining(words),
      hint: expect.any(String),
    });
  });

  it('is asked for when none is named', async () => {
    for (const none of [undefined, '']) {
      expect(await problemOf(passphraseFromFile(none))).toMatchObject({
        hint: expect.stringContaining('SALLYPORT_PASSPHRASE_FILE'),
      });
    }
  });
});

describe('the log', () => {
  it('is one quoted line an entry, for its user alone, also when it was open', async () => {
    const path = join(folder, 'logs', 'sallyport.log');
    await mkdir(join(folder, 'logs'));
    await writeFile(path, '', { mode: 0o644 });
    const log = fileLog(path);
    log.info('run', { profile: 'a"b\nforged line', ms: 3, code: null });
    log.warn('100 %s %c %d', {});
    log.error('call failed', { call: 'knock' });
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\S+Z info run profile="a\\"b\\nforged line" ms=3 code=null$/);
    expect(lines[1]).toContain('warn 100 %s');
    expect(lines[2]).toContain('error call failed call="knock"');
    expect(await modeOf(path)).toBe('600');
  });

  it('is made for its user alone', async () => {
    const path = join(folder, 'new', 'sallyport.log');
    fileLog(path).info('first');
    expect([await modeOf(join(folder, 'new')), await modeOf(path)]).toEqual(['700', '600']);
  });
});
