import { describe, expect, it } from 'vitest';
import { UsedCounters } from '../../electron/main/services/used-counters';
import { diskError, MemoryFiles } from '../fakes/memory-files';

const PATH = '/home/used-codes.json';

async function load(files: MemoryFiles): Promise<UsedCounters> {
  const counters = new UsedCounters(files, PATH);
  await counters.load();
  return counters;
}

describe('used counters', () => {
  it('survive a restart when their key is saved, and only then', async () => {
    const files = new MemoryFiles();
    const counters = await load(files);
    counters.mark('adhoc', 'open', 5, false);
    expect(files.written).toEqual([]);
    counters.mark('a', 'open', 7, true);
    counters.mark('a', 'open', 6, true);
    counters.mark('b', 'close', 9, true);
    await counters.settled();
    const again = await load(files);
    expect([again.last('a', 'open'), again.last('a', 'close')]).toEqual([7, null]);
    expect([again.last('b', 'close'), again.last('none', 'open')]).toEqual([9, null]);
    expect([counters.last('adhoc', 'open'), again.last('adhoc', 'open')]).toEqual([5, null]);
  });

  it('count a close as burning the open code of its period, not the other way round', async () => {
    const counters = await load(new MemoryFiles());
    counters.mark('a', 'close', 8, true);
    expect([counters.last('a', 'open'), counters.last('a', 'close')]).toEqual([8, 8]);
    counters.mark('a', 'open', 10, true);
    expect([counters.last('a', 'open'), counters.last('a', 'close')]).toEqual([10, 8]);
  });

  it('give way when they are far ahead, of either action and also on disk', async () => {
    for (const recorded of ['open', 'close'] as const) {
      for (const marked of ['open', 'close'] as const) {
        const files = new MemoryFiles();
        const counters = await load(files);
        counters.mark('a', recorded, 102, true);
        counters.mark('a', marked, 100, true);
        await counters.settled();
        expect([recorded, marked, (await load(files)).last('a', marked)]).toEqual([recorded, marked, 100]);
      }
    }
  });

  it('stay when they are one ahead: a clock is set back a little now and then', async () => {
    const counters = await load(new MemoryFiles());
    counters.mark('a', 'open', 101, true);
    counters.mark('a', 'open', 100, true);
    expect(counters.last('a', 'open')).toBe(101);
  });

  it('reach the disk also from a knock without a profile, where a profile has the same secret', async () => {
    const files = new MemoryFiles();
    const counters = await load(files);
    counters.mark('a', 'open', 7, true);
    counters.mark('a', 'open', 8, false);
    await counters.settled();
    expect((await load(files)).last('a', 'open')).toBe(8);
  });

  it.each([
    '',
    '{',
    'null',
    '7',
    '[]',
    '{"a":7}',
    '{"a":{"open":"7","close":1}}',
    '{"a":{"open":1.5,"close":0}}',
    '{"a":null}',
  ])('start afresh from the damaged file %j', async (text) => {
    const counters = await load(new MemoryFiles({ [PATH]: text }));
    expect(counters.last('a', 'open')).toBeNull();
    counters.mark('a', 'open', 3, true);
    expect(counters.last('a', 'open')).toBe(3);
  });

  it('keep the whole entries of a file that is damaged in one', async () => {
    const text = '{"a":{"open":4,"close":-1},"b":{"open":true}}';
    const counters = await load(new MemoryFiles({ [PATH]: text }));
    expect([counters.last('a', 'open'), counters.last('b', 'open')]).toEqual([4, null]);
  });

  it('are kept in memory when the disk is full, and written with the next', async () => {
    const files = new MemoryFiles();
    files.faults.read.push(diskError('EIO'));
    const counters = await load(files);
    files.faults.write.push(diskError('ENOSPC'));
    counters.mark('a', 'open', 7, true);
    await counters.settled();
    expect(counters.last('a', 'open')).toBe(7);
    counters.mark('b', 'open', 1, true);
    await counters.settled();
    expect((await load(files)).last('a', 'open')).toBe(7);
  });
});
