/** The vault as a person has it: made, locked, unlocked, and given another passphrase. */
import { beforeEach, describe, expect, it } from 'vitest';
import { passphraseFromFile } from '../../electron/main/adapters/passphrase-file';
import { VaultKeychain } from '../../electron/main/adapters/vault';
import { passphraseProblem } from '../../shared/text/passphrase';
import { problemOf } from '../fakes/fake-services';
import { diskError, MemoryFiles } from '../fakes/memory-files';

/** Keys are derived at full strength here. */
const SLOW = { timeout: 120_000 };
const PATH = '/home/vault.json';
let files: MemoryFiles;
beforeEach(() => {
  files = new MemoryFiles();
});

const vaultOf = (passphrase: () => Promise<string> = () => passphraseFromFile(undefined)) =>
  new VaultKeychain(files, PATH, passphrase);

describe('a vault without a passphrase file', () => {
  it('is made with a passphrase, and stays locked until that is given', SLOW, async () => {
    const vault = vaultOf();
    expect(await vault.state()).toBe('none');
    expect(await problemOf(vault.unlock('correct horse'))).toMatchObject({ code: 'not-found' });
    await vault.create('correct horse');
    expect([await vault.state(), files.texts.has(PATH)]).toEqual(['open', true]);
    await vault.set('a', 'secret of a');
    expect(await problemOf(vault.create('another one'))).toMatchObject({ code: 'conflict' });

    const again = vaultOf();
    expect(await again.state()).toBe('locked');
    for (const work of [again.get('a'), again.set('a', 'x'), again.delete('a'), again.check()]) {
      expect(await problemOf(work)).toMatchObject({
        code: 'keychain-locked',
        message: 'The vault is locked.',
      });
    }
    expect(await problemOf(again.unlock('correct hors'))).toMatchObject({
      code: 'keychain-locked',
      message: 'The passphrase does not open the vault.',
    });
    expect(await again.state()).toBe('locked');
    await again.unlock('correct horse');
    expect([await again.state(), await again.get('a')]).toEqual(['open', 'secret of a']);
  });

  it('refuses a passphrase that is hardly one', async () => {
    for (const weak of ['', 'short', '        ', 'two\nlines ', 'x'.repeat(1025)]) {
      expect(passphraseProblem(weak)).toMatch(/^A passphrase /);
      expect(await problemOf(vaultOf().create(weak))).toMatchObject({ code: 'bad-input' });
    }
    expect(passphraseProblem('größer als')).toBeNull();
    expect(files.written).toEqual([]);
  });
});

describe('locking', () => {
  it('holds until a person unlocks it, passphrase file or not', SLOW, async () => {
    const vault = vaultOf(async () => 'correct horse');
    await vault.set('a', 'x');
    await vault.lock();
    expect(await vault.state()).toBe('locked');
    expect(await problemOf(vault.get('a'))).toMatchObject({ code: 'keychain-locked' });
    await vault.unlock('correct horse');
    expect(await vault.get('a')).toBe('x');
  });

  it('comes after the writes that were asked for before', SLOW, async () => {
    const vault = vaultOf();
    await vault.create('correct horse');
    await Promise.all([vault.set('a', 'x'), vault.lock()]);
    await vault.unlock('correct horse');
    expect(await vault.get('a')).toBe('x');
  });
});

describe('another passphrase', () => {
  it('seals everything anew, and the old one opens it no more', SLOW, async () => {
    const vault = vaultOf();
    await vault.create('correct horse');
    await vault.setAll([
      ['a', 'secret of a'],
      ['b', 'secret of b'],
    ]);
    const before = files.texts.get(PATH);
    expect(await problemOf(vault.changePassphrase('wrong', 'battery staple'))).toMatchObject({
      message: 'The passphrase does not open the vault.',
    });
    expect(await problemOf(vault.changePassphrase('correct horse', 'short'))).toMatchObject({
      code: 'bad-input',
    });
    files.faults.write.push(diskError('ENOSPC'));
    await expect(vault.changePassphrase('correct horse', 'battery staple')).rejects.toThrow('ENOSPC');
    expect(files.texts.get(PATH)).toBe(before);
    expect(await vault.get('b')).toBe('secret of b');

    await vault.changePassphrase('correct horse', 'battery staple');
    expect(await vault.get('a')).toBe('secret of a');
    const again = vaultOf();
    expect(await problemOf(again.unlock('correct horse'))).toMatchObject({ code: 'keychain-locked' });
    await again.unlock('battery staple');
    expect([await again.get('a'), await again.get('b')]).toEqual(['secret of a', 'secret of b']);
  });
});

describe('a file that another process wrote meanwhile', () => {
  const two = async (passphrase?: () => Promise<string>) => {
    const vault = vaultOf(passphrase);
    if (passphrase === undefined) await vault.create('correct horse');
    await vault.set('a', 'of before');
    const other = vaultOf();
    await other.unlock('correct horse');
    return { vault, other };
  };
  const closed = {
    code: 'keychain-locked',
    message: 'The vault is locked, because another process gave it another passphrase.',
    hint: expect.stringContaining('new passphrase'),
  };

  it('under another passphrase is closed with the reason, and no save undoes the change', SLOW, async () => {
    const { vault, other } = await two();
    await other.changePassphrase('correct horse', 'battery staple');
    const changed = files.texts.get(PATH);
    for (const work of [vault.set('a', 'x'), vault.get('a'), vault.delete('a'), vault.check()]) {
      expect(await problemOf(work)).toMatchObject(closed);
    }
    expect([await vault.state(), files.texts.get(PATH)]).toEqual(['locked', changed]);
    await vault.unlock('battery staple');
    await vault.set('b', 'of after');
    expect([await other.get('a'), await other.get('b')]).toEqual(['of before', 'of after']);
  });

  it('is opened by the passphrase file once that has the new one', SLOW, async () => {
    let inFile = 'correct horse';
    const { vault, other } = await two(async () => inFile);
    await other.changePassphrase('correct horse', 'battery staple');
    expect(await problemOf(vault.get('a'))).toMatchObject(closed);
    inFile = 'battery staple';
    expect(await vault.get('a')).toBe('of before');
  });

  it('under the same passphrase keeps what either added', SLOW, async () => {
    const { vault, other } = await two();
    await other.set('b', 'of the other');
    expect(await vault.get('b')).toBe('of the other');
    await other.set('c', 'of the other');
    await vault.set('d', 'mine');
    expect([await other.get('c'), await other.get('d')]).toEqual(['of the other', 'mine']);
  });

  it('is not overwritten where the write came while a key was derived', SLOW, async () => {
    const { vault, other } = await two();
    const changing = problemOf(vault.changePassphrase('correct horse', 'battery staple'));
    await other.set('b', 'of the other');
    expect(await changing).toMatchObject({ code: 'conflict', hint: 'Try again; nothing was changed.' });
    expect([await vault.state(), await vault.get('b')]).toEqual(['open', 'of the other']);
  });

  it('is left as it is where it cannot be read any more', SLOW, async () => {
    const { vault } = await two();
    files.texts.set(PATH, '{"version":2}');
    for (const work of [vault.set('a', 'x'), vault.get('a')]) {
      expect(await problemOf(work)).toMatchObject({ code: 'keychain-failed' });
    }
    expect(files.texts.get(PATH)).toBe('{"version":2}');
  });
});

describe('several at once', () => {
  it('are one write, and an empty vault can go', SLOW, async () => {
    const vault = vaultOf();
    await vault.create('correct horse');
    const many = Array.from({ length: 50 }, (_, index) => [`id-${index}`, `secret ${index}`] as const);
    await vault.setAll(many);
    expect(files.written).toHaveLength(2);
    expect(await vault.get('id-49')).toBe('secret 49');
    await vault.removeWhenEmpty();
    expect(await vault.state()).toBe('open');
    await vault.deleteAll(many.map(([id]) => id));
    expect(files.written).toHaveLength(3);
    await vault.removeWhenEmpty();
    expect([await vault.state(), files.texts.has(PATH)]).toEqual(['none', false]);
  });
});
