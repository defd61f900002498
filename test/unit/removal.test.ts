import { describe, expect, it } from 'vitest';
import { decodeProfileSecret } from '../../shared/profile/secret';
import { fakeServices, problemOf } from '../fakes/fake-services';
import { diskError } from '../fakes/memory-files';
import { rotatingDraft, ROTATING_SECRET, staticDraft, STATIC_SECRET } from '../fakes/sample-profiles';

function start() {
  const world = fakeServices();
  const stored = (id: string) => decodeProfileSecret(world.keychain.items.get(id) ?? '');
  return { ...world.services, ...world, stored };
}

describe('removing and restoring', () => {
  it('removes both halves, and brings both back', async () => {
    const { desk, profiles, keychain, stored } = start();
    const profile = await desk.create(staticDraft());
    expect(await desk.remove(profile.id)).toEqual({ profile, secretLeft: null });
    expect([profiles.list(), keychain.items.size]).toEqual([[], 0]);
    expect(await desk.restore(profile.id)).toEqual(profile);
    expect([profiles.list(), stored(profile.id)]).toEqual([[profile], STATIC_SECRET]);
  });

  it('can be taken back once', async () => {
    const { desk } = start();
    const { id } = await desk.create(staticDraft());
    await desk.remove(id);
    await desk.restore(id);
    expect(await problemOf(desk.restore(id))).toMatchObject({ code: 'not-found' });
    expect(await problemOf(desk.remove('unknown'))).toMatchObject({ code: 'not-found' });
  });

  it('can be taken back after a name was freed again', async () => {
    const { desk, stored } = start();
    const { id } = await desk.create(staticDraft());
    await desk.remove(id);
    const other = await desk.create(rotatingDraft({ name: 'web1' }));
    expect(await problemOf(desk.restore(id))).toMatchObject({ code: 'conflict' });
    expect(stored(id)).toBeNull();
    await desk.remove(other.id);
    await desk.restore(id);
    expect(stored(id)).toEqual(STATIC_SECRET);
  });

  it('removes nothing when the list cannot be saved', async () => {
    const { desk, profiles, files, stored } = start();
    const profile = await desk.create(staticDraft());
    files.faults.write.push(diskError('EROFS'));
    expect(await problemOf(desk.remove(profile.id))).toMatchObject({ code: 'storage' });
    expect([profiles.list(), stored(profile.id)]).toEqual([[profile], STATIC_SECRET]);
  });

  it.each([['get'], ['delete'], ['get', 'delete']] as const)(
    'loses no secret when the keychain is locked for %s %s',
    async (...operations) => {
      const { desk, profiles, keychain, stored } = start();
      const profile = await desk.create(rotatingDraft());
      keychain.lock(...(operations as ('get' | 'delete')[]));
      const { secretLeft } = await desk.remove(profile.id);
      expect(secretLeft).toMatchObject({ code: 'keychain-locked' });
      expect(profiles.list()).toEqual([]);
      keychain.unlock();
      await desk.restore(profile.id);
      expect([profiles.list(), stored(profile.id)]).toEqual([[profile], ROTATING_SECRET]);
    },
  );
});

describe('duplicating', () => {
  it('copies everything under the next free name', async () => {
    const { desk, stored } = start();
    const first = await desk.create(staticDraft());
    await desk.setFavourite(first.id, true);
    const copies = [await desk.duplicate(first.id), await desk.duplicate(first.id)];
    expect(copies.map(({ name, favourite }) => [name, favourite])).toEqual([
      ['web1 2', false],
      ['web1 3', false],
    ]);
    expect(copies.map(({ id }) => stored(id))).toEqual([STATIC_SECRET, STATIC_SECRET]);
    const long = await desk.create(staticDraft({ name: 'n'.repeat(64) }));
    expect((await desk.duplicate(long.id)).name.length).toBeLessThanOrEqual(64);
  });

  it('makes nothing when the keychain is locked', async () => {
    const { desk, profiles, keychain } = start();
    const { id } = await desk.create(staticDraft());
    keychain.lock('get');
    expect(await problemOf(desk.duplicate(id))).toMatchObject({ code: 'keychain-locked' });
    expect(profiles.list()).toHaveLength(1);
  });
});
