import { describe, expect, it } from 'vitest';
import { Notices } from '../../electron/main/services/notices';
import { UsedLines } from '../../electron/main/services/used-lines';
import { ProblemError } from '../../shared/contract/result';
import { diskError, MemoryFiles } from '../fakes/memory-files';

const PATH = '/home/used-lines.json';

async function load(files: MemoryFiles) {
  const notices = new Notices();
  const lists = new UsedLines(files, notices, PATH);
  await lists.load();
  return { lists, notices };
}

describe('used lines', () => {
  it('survive a restart when their list is saved, and only then', async () => {
    const files = new MemoryFiles();
    const { lists } = await load(files);
    let changes = 0;
    lists.changed.on(() => (changes += 1));
    await lists.mark('adhoc', 4, false);
    expect(files.written).toEqual([]);
    expect(await lists.mark('a', 1, true)).toBeNull();
    expect(await lists.mark('a', 2, true)).toBeNull();
    await lists.mark('a', 2, true);
    expect([changes, files.written.length]).toEqual([3, 2]);
    const again = await load(files);
    expect(['a', 'adhoc', 'none'].map((list) => again.lists.used(list))).toEqual([2, 0, 0]);
    expect(again.notices.list()).toEqual([]);
  });

  it('count at once, and tell when they could not be saved', async () => {
    const files = new MemoryFiles();
    const { lists } = await load(files);
    files.faults.write.push(new ProblemError({ code: 'storage', message: 'The disk is full.' }));
    expect(await lists.mark('a', 1, true)).toMatchObject({ code: 'storage' });
    expect(lists.used('a')).toBe(1);
    await lists.mark('a', 2, true);
    expect((await load(files)).lists.used('a')).toBe(2);
  });

  it.each(['not JSON', '[1]', '{"a":-1}', '{"a":1.5}', '{"a":"1"}', '7', 'null'])(
    'begin anew from a damaged file, which is told: %s',
    async (text) => {
      const { lists, notices } = await load(new MemoryFiles({ [PATH]: text }));
      expect(lists.used('a')).toBe(0);
      expect(notices.list()).toMatchObject([{ message: expect.stringContaining(PATH) }]);
    },
  );

  it('tell of a file that cannot be read', async () => {
    const files = new MemoryFiles({ [PATH]: '{"a":1}' });
    files.faults.read.push(diskError('EACCES'));
    expect((await load(files)).notices.list()).toHaveLength(1);
  });
});
