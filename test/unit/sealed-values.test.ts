import { beforeEach, describe, expect, it } from 'vitest';
import { LONGEST_ITEM, SealedValues } from '../../electron/main/adapters/sealed-values';
import { FakeKeychain } from '../fakes/fake-keychain';
import { problemOf } from '../fakes/fake-services';
import { diskError, MemoryFiles } from '../fakes/memory-files';

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const LONG = '7000:tcp,8000:udp\n'.repeat(1000);

let files: MemoryFiles;
let items: FakeKeychain;
let keychain: SealedValues;
beforeEach(() => {
  files = new MemoryFiles();
  items = new FakeKeychain();
  keychain = new SealedValues(items, files, '/home/sealed');
});

const paths = () => [...files.texts.keys()];

describe('values', () => {
  it('up to 2,000 bytes are the item itself, and longer ones a sealed file whose key is the item', async () => {
    await keychain.set(ID, 'x'.repeat(LONGEST_ITEM));
    expect([items.items.get(ID), paths()]).toEqual(['x'.repeat(LONGEST_ITEM), []]);
    await keychain.set(ID, 'ö'.repeat(LONGEST_ITEM / 2 + 1));
    expect(paths()).toHaveLength(1);
    expect(await keychain.get(ID)).toBe('ö'.repeat(LONGEST_ITEM / 2 + 1));

    await keychain.set(ID, LONG);
    expect(await keychain.get(ID)).toBe(LONG);
    const item = items.items.get(ID) ?? '';
    expect(Buffer.byteLength(item)).toBeLessThan(200);
    expect(paths()).toEqual([
      expect.stringMatching(new RegExp(`^/home/sealed/${ID}\\.[0-9a-f]{32}\\.sealed$`)),
    ]);
    const [text] = [...files.texts.values()];
    expect(text).toMatch(/^[0-9a-f]+ [0-9a-f]+\n$/);
    expect(text).not.toContain(Buffer.from('7000:tcp').toString('hex'));
    expect(text).not.toContain(item.split(' ').at(-1));
  });

  it('leave nothing behind when they become short, are replaced or deleted', async () => {
    await keychain.setAll([
      [ID, LONG],
      [OTHER, LONG],
    ]);
    const first = paths();
    await keychain.set(ID, LONG);
    expect(paths()).toHaveLength(2);
    expect(paths()).not.toEqual(first);
    await keychain.set(ID, 'short');
    expect(paths()).toEqual([expect.stringContaining(OTHER)]);
    expect([await keychain.get(ID), await keychain.get(OTHER)]).toEqual(['short', LONG]);
    await keychain.deleteAll([ID, OTHER]);
    expect([paths(), items.items.size]).toEqual([[], 0]);
  });

  it('that no store would take are refused', async () => {
    expect(await problemOf(keychain.set(ID, 'x'.repeat(70_000)))).toMatchObject({ code: 'too-large' });
    await expect(keychain.set('../../etc/passwd', LONG)).rejects.toThrow('cannot name a file');
    expect([paths(), items.items.size]).toEqual([[], 0]);
  });
});

describe('a failure in between', () => {
  it('leaves the old value when the file cannot be written', async () => {
    await keychain.set(ID, LONG);
    files.faults.write.push(diskError('ENOSPC'));
    await expect(keychain.set(ID, `${LONG}more`)).rejects.toThrow('ENOSPC');
    expect(await keychain.get(ID)).toBe(LONG);
  });

  it('leaves the old value when the keychain refuses, and the new one when it had taken it all the same', async () => {
    await keychain.set(ID, LONG);
    items.lock('set');
    await problemOf(keychain.set(ID, `${LONG}more`));
    expect(await keychain.get(ID)).toBe(LONG);
    items.unlock();
    const late = new FakeKeychain();
    const slow = new SealedValues(late, files, '/home/sealed');
    late.set = async (account, value) => {
      late.items.set(account, value);
      throw new Error('no answer in time');
    };
    await expect(slow.set(OTHER, LONG)).rejects.toThrow('no answer');
    expect(await slow.get(OTHER)).toBe(LONG);
    // What a failure left is gone with the next change.
    await keychain.set(ID, LONG);
    expect(paths().filter((path) => path.includes(ID))).toHaveLength(1);
  });
});

describe('a sealed file', () => {
  it.each<[string, (text: string) => string]>([
    ['missing', () => ''],
    ['cut', (text) => text.slice(0, -10)],
    ['changed', (text) => `${text.startsWith('0') ? '1' : '0'}${text.slice(1)}`],
    ['not hex', () => 'profiles'],
  ])('is told as unreadable when it is %s', async (how, damage) => {
    await keychain.set(ID, LONG);
    const [path = ''] = paths();
    const text = damage(files.texts.get(path) ?? '');
    if (how === 'missing') files.texts.delete(path);
    else files.texts.set(path, text);
    expect(await problemOf(keychain.get(ID))).toMatchObject({
      code: 'keychain-failed',
      message: expect.stringContaining(`${path} is `),
    });
  });

  it('cannot stand in for another profile’s', async () => {
    await keychain.set(ID, LONG);
    const item = items.items.get(ID) ?? '';
    const [path = ''] = paths();
    files.texts.set(path.replace(ID, OTHER), files.texts.get(path) ?? '');
    items.items.set(OTHER, item);
    expect(await problemOf(keychain.get(OTHER))).toMatchObject({
      message: expect.stringContaining('damaged'),
    });
  });
});
