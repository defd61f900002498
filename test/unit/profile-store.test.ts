import { describe, expect, it } from 'vitest';
import { Notices } from '../../electron/main/services/notices';
import { ProfileStore } from '../../electron/main/services/profile-store';
import { readProfilesFile, writeProfilesFile } from '../../shared/profile/file';
import { FakeClock } from '../fakes/fake-clock';
import { problemOf } from '../fakes/fake-services';
import { diskError, MemoryFiles } from '../fakes/memory-files';
import { rotatingProfile, staticProfile } from '../fakes/sample-profiles';

const PATH = '/home/profiles.json';

async function storeWith(text?: string) {
  const files = new MemoryFiles(text === undefined ? {} : { [PATH]: text });
  const notices = new Notices();
  const store = new ProfileStore(files, new FakeClock(), notices, PATH);
  await store.load();
  return { store, files, notices };
}

const onDisk = (files: MemoryFiles) => readProfilesFile(files.texts.get(PATH) ?? '');

describe('loading', () => {
  it('starts empty without a file, and with what the file holds', async () => {
    expect((await storeWith()).store.list()).toEqual([]);
    const { store, notices } = await storeWith(writeProfilesFile([staticProfile()]));
    expect(store.list()).toEqual([staticProfile()]);
    expect(notices.list()).toEqual([]);
  });

  it('keeps a corrupt file aside, says so, and goes on', async () => {
    const { store, files, notices } = await storeWith('{"version":1,"profiles":[{}]}');
    const aside = `${PATH}.corrupt-2026-01-01T00-00-00-000Z`;
    expect(files.texts.get(aside)).toBe('{"version":1,"profiles":[{}]}');
    expect(notices.list()).toMatchObject([{ message: expect.stringContaining(aside) }]);
    await store.put(staticProfile());
    expect(onDisk(files)).toEqual({ kind: 'ok', profiles: [staticProfile()] });
    expect(files.texts.has(aside)).toBe(true);
  });

  it('does not start over a corrupt file that cannot be kept', async () => {
    const files = new MemoryFiles({ [PATH]: 'x' });
    files.faults.move.push(diskError('EACCES'));
    const store = new ProfileStore(files, new FakeClock(), new Notices(), PATH);
    await expect(store.load()).rejects.toThrow('EACCES');
    expect(files.texts.get(PATH)).toBe('x');
  });

  it('only reads beside a newer file', async () => {
    const newer = '{"version":99,"profiles":[]}';
    const { store, files, notices } = await storeWith(newer);
    expect(notices.list()).toMatchObject([
      { message: expect.stringContaining('newer Sallyport (format 99)') },
    ]);
    expect(await problemOf(store.put(staticProfile()))).toMatchObject({
      code: 'storage',
      hint: 'Update Sallyport.',
    });
    expect(await problemOf(store.remove(staticProfile().id))).toMatchObject({ code: 'storage' });
    expect(store.list()).toEqual([]);
    expect(files.texts.get(PATH)).toBe(newer);
  });
});

describe('changing', () => {
  it('changes nothing when the disk says no, and works again after', async () => {
    const { store, files } = await storeWith(writeProfilesFile([staticProfile()]));
    const seen: unknown[] = [];
    store.changed.on((profiles) => seen.push(profiles));
    files.faults.write.push(diskError('ENOSPC'), diskError('ENOSPC'));
    expect(await problemOf(store.put(rotatingProfile()))).toMatchObject({
      code: 'storage',
      message: 'The profiles could not be saved; nothing was changed.',
      detail: expect.stringContaining('ENOSPC'),
    });
    expect(await problemOf(store.remove(staticProfile().id))).toMatchObject({ code: 'storage' });
    expect(store.list()).toEqual([staticProfile()]);
    expect(seen).toEqual([]);
    await store.put(rotatingProfile());
    expect(store.list()).toEqual([staticProfile(), rotatingProfile()]);
    expect(seen).toEqual([store.list()]);
  });

  it('takes many at once, one after the other', async () => {
    const { store, files } = await storeWith();
    const many = Array.from({ length: 20 }, (_, index) =>
      staticProfile({
        id: `00000000-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`,
        name: `n${index}`,
      }),
    );
    await Promise.all([...many.map((profile) => store.put(profile)), store.remove(many[3]!.id)]);
    const left = many.filter((_, index) => index !== 3);
    expect(store.list()).toEqual(left);
    expect(onDisk(files)).toEqual({ kind: 'ok', profiles: left });
  });

  it('replaces in place', async () => {
    const { store } = await storeWith(writeProfilesFile([staticProfile(), rotatingProfile()]));
    await store.put(staticProfile({ port: 2222 }));
    expect(store.list()).toEqual([staticProfile({ port: 2222 }), rotatingProfile()]);
  });

  it('refuses a second profile of the same name', async () => {
    const { store } = await storeWith(writeProfilesFile([staticProfile()]));
    expect(await problemOf(store.put(rotatingProfile({ name: 'web1' })))).toMatchObject({
      code: 'conflict',
      fields: { name: 'Another profile has this name.' },
    });
    await store.put(staticProfile({ host: 'other' }));
    expect(store.get(staticProfile().id).host).toBe('other');
  });

  it('refuses it also when both arrive at once', async () => {
    const { store, files } = await storeWith();
    const results = await Promise.allSettled([
      store.put(staticProfile({ name: 'same' })),
      store.put(rotatingProfile({ name: 'same' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(store.list()).toEqual([staticProfile({ name: 'same' })]);
    expect(onDisk(files)).toEqual({ kind: 'ok', profiles: store.list() });
  });
});

describe('finding', () => {
  it('goes by id before name, and says how to see what there is', async () => {
    const named = rotatingProfile({ name: staticProfile().id });
    const { store } = await storeWith(writeProfilesFile([named, staticProfile()]));
    expect(store.find(staticProfile().id)).toEqual(staticProfile());
    expect(store.find('web1')).toEqual(staticProfile());
    expect(() => store.find('WEB1')).toThrow('There is no profile named "WEB1".');
    expect(() => store.get('web1')).toThrow('not there any more');
  });
});
