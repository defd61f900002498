import { describe, expect, it } from 'vitest';
import { encodeBase32 } from '../../shared/sequence/base32';
import { decodeProfileSecret } from '../../shared/profile/secret';
import type { ProfileDraft } from '../../shared/profile/draft';
import { fakeServices, problemOf } from '../fakes/fake-services';
import { diskError } from '../fakes/memory-files';
import { profileView } from '../../electron/main/services/profile-views';
import {
  CLOSE_SEQUENCE,
  LIST,
  oneTimeDraft,
  rotatingDraft,
  ROTATING_SECRET,
  SEQUENCE,
  staticDraft,
  STATIC_SECRET,
} from '../fakes/sample-profiles';

function keeping(draft: ProfileDraft): ProfileDraft {
  const keep = { kind: 'keep' } as const;
  const { method } = draft;
  switch (method.kind) {
    case 'rotating':
      return { ...draft, method: { ...method, secret: keep } };
    case 'static':
      return { ...draft, method: { ...method, sequence: keep, closeSequence: keep } };
    case 'one-time':
      return { ...draft, method: { ...method, list: keep } };
    case 'spa':
      return { ...draft, method: { ...method, key: keep, hmacKey: keep } };
  }
}

function start() {
  const world = fakeServices();
  const stored = (id: string) => decodeProfileSecret(world.keychain.items.get(id) ?? '');
  return { ...world.services, ...world, stored };
}

describe('creating', () => {
  it('stores the typed secret and says whether a close sequence is there', async () => {
    const { desk, profiles, stored } = start();
    const fixed = await desk.create(staticDraft());
    const rotating = await desk.create(rotatingDraft({ name: 'web2' }));
    expect([stored(fixed.id), stored(rotating.id)]).toEqual([STATIC_SECRET, ROTATING_SECRET]);
    expect(fixed.method).toEqual({ kind: 'static', tcpFlags: ['syn'], hasClose: true });
    expect(profiles.list()).toEqual([fixed, rotating]);
  });

  it('generates 32 bytes when asked, new ones each time', async () => {
    const { desk, stored } = start();
    const draft = (name: string): ProfileDraft => {
      const { method } = rotatingDraft();
      if (method.kind !== 'rotating') throw new Error('not rotating');
      return { ...rotatingDraft({ name }), method: { ...method, secret: { kind: 'generate' } } };
    };
    const secrets = [stored((await desk.create(draft('a'))).id), stored((await desk.create(draft('b'))).id)];
    expect(secrets[0]).not.toEqual(secrets[1]);
    for (const secret of secrets) {
      expect(secret?.kind === 'rotating' && secret.secret).toHaveLength(
        encodeBase32(new Uint8Array(32)).length,
      );
    }
  });

  it('has nothing to keep', async () => {
    const { desk, profiles, keychain } = start();
    expect(await problemOf(desk.create(keeping(staticDraft())))).toMatchObject({
      code: 'bad-input',
      fields: { 'method.sequence': 'Enter the secret.' },
    });
    expect(await problemOf(desk.create(keeping(rotatingDraft())))).toMatchObject({ code: 'bad-input' });
    expect([profiles.list(), keychain.items.size]).toEqual([[], 0]);
  });

  it('writes the secret before the profile, and takes it back when the profile cannot be saved', async () => {
    const { desk, profiles, keychain, files } = start();
    let stored = -1;
    profiles.changed.on(() => (stored = keychain.items.size));
    await desk.create(staticDraft());
    expect(stored).toBe(1);
    files.faults.write.push(diskError('ENOSPC'));
    expect(await problemOf(desk.create(staticDraft({ name: 'web2' })))).toMatchObject({ code: 'storage' });
    expect(await problemOf(desk.create(staticDraft()))).toMatchObject({ code: 'conflict' });
    expect([profiles.list().length, keychain.items.size]).toEqual([1, 1]);
  });

  it('makes no profile when the keychain is locked', async () => {
    const { desk, profiles, keychain } = start();
    keychain.lock('set');
    expect(await problemOf(desk.create(staticDraft()))).toMatchObject({ code: 'keychain-locked' });
    expect(profiles.list()).toEqual([]);
  });
});

describe('updating', () => {
  it('keeps the secret without writing it again', async () => {
    const { desk, keychain, stored, clock } = start();
    const { id } = await desk.create(staticDraft());
    keychain.lock('set');
    clock.stepWall(5000);
    const changed = await desk.update(id, keeping(staticDraft({ host: 'web9', port: 2222 })));
    expect(changed).toMatchObject({ id, host: 'web9', port: 2222, method: { hasClose: true } });
    expect(changed.updatedAt - changed.createdAt).toBe(5000);
    expect(stored(id)).toEqual(STATIC_SECRET);
  });

  it('changes one half of a static secret and keeps the other', async () => {
    const { desk, stored } = start();
    const { id } = await desk.create(staticDraft());
    const change = (sequence: object, closeSequence: object) =>
      desk.update(id, staticDraft({ method: { ...staticDraft().method, sequence, closeSequence } as never }));
    await change({ kind: 'typed', value: '7000,9000,8000' }, { kind: 'keep' });
    expect(stored(id)).toEqual({ ...STATIC_SECRET, sequence: '7000,9000,8000' });
    expect(await change({ kind: 'keep' }, { kind: 'none' })).toMatchObject({ method: { hasClose: false } });
    expect(stored(id)).toMatchObject({ closeSequence: null });
  });

  it('cannot keep a secret of the other kind', async () => {
    const { desk, stored } = start();
    const { id } = await desk.create(staticDraft());
    expect(await problemOf(desk.update(id, keeping(rotatingDraft())))).toMatchObject({ code: 'bad-input' });
    expect(stored(id)).toEqual(STATIC_SECRET);
    await desk.update(id, rotatingDraft());
    expect(stored(id)).toEqual(ROTATING_SECRET);
  });

  it('puts the old secret back when the profile cannot be saved', async () => {
    const { desk, profiles, files, stored } = start();
    const before = await desk.create(staticDraft());
    files.faults.write.push(diskError('ENOSPC'));
    expect(await problemOf(desk.update(before.id, rotatingDraft()))).toMatchObject({ code: 'storage' });
    expect(stored(before.id)).toEqual(STATIC_SECRET);
    expect(profiles.list()).toEqual([before]);
  });

  it('never puts the old secret back under a host that another change has set meanwhile', async () => {
    const { desk, profiles, stored } = start();
    const { id } = await desk.create(rotatingDraft());
    await desk.create(staticDraft({ name: 'taken' }));
    // A page that asks for both at once needs no leave for either: each brings a secret of its own, and one must fail.
    const results = await Promise.allSettled([
      desk.update(id, staticDraft({ host: 'evil.example.org' })),
      desk.update(id, staticDraft({ name: 'taken' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect([profiles.get(id).host, stored(id)]).toEqual(['evil.example.org', STATIC_SECRET]);
  });

  it('loses neither of two changes at once', async () => {
    const { desk, profiles } = start();
    const { id } = await desk.create(staticDraft());
    await Promise.all([desk.update(id, staticDraft({ host: 'web9' })), desk.setFavourite(id, true)]);
    expect(profiles.get(id)).toMatchObject({ host: 'web9', favourite: true });
  });

  it.each(['get', 'set'] as const)('loses nothing when the keychain is locked for %s', async (operation) => {
    const { desk, profiles, keychain, files, stored } = start();
    const before = await desk.create(staticDraft());
    keychain.lock(operation);
    files.faults.write.push(diskError('ENOSPC'));
    for (const draft of [rotatingDraft(), keeping(staticDraft({ host: 'x' }))]) {
      await desk.update(before.id, draft).catch(() => undefined);
    }
    keychain.unlock();
    expect(stored(before.id)).toEqual(STATIC_SECRET);
    expect(profiles.list().map(({ id }) => id)).toEqual([before.id]);
  });
});

describe('a one-time list', () => {
  it('is stored whole, and shown as how many lines are left', async () => {
    const { desk, lists, stored } = start();
    const profile = await desk.create(oneTimeDraft());
    expect(stored(profile.id)).toEqual({ kind: 'one-time', list: LIST });
    expect(JSON.stringify(profile)).not.toMatch(/7201|8102/);
    const left = (shown: typeof profile) => profileView(shown, lists).method;
    expect(left(profile)).toEqual({ kind: 'one-time', tcpFlags: ['syn'], left: 3 });
    if (profile.method.kind !== 'one-time') throw new Error('another kind');
    await lists.mark(profile.method.list, 1, true);
    expect(left(await desk.duplicate(profile.id))).toMatchObject({ left: 2 });
    expect(left(await desk.update(profile.id, keeping(oneTimeDraft())))).toMatchObject({ left: 2 });
  });

  it('goes on behind the last used line when it is changed', async () => {
    const { desk, lists } = start();
    const profile = await desk.create(oneTimeDraft());
    if (profile.method.kind !== 'one-time') throw new Error('another kind');
    await lists.mark(profile.method.list, 2, true);
    const longer = await desk.update(profile.id, oneTimeDraft(`${LIST}\n7501,8502`));
    expect(profileView(longer, lists).method).toMatchObject({ left: 2 });
    const other = await desk.update(profile.id, oneTimeDraft('7601,8602\n7701,8702'));
    expect(profileView(other, lists).method).toMatchObject({ left: 2 });
  });

  it('is refused when a line goes through the protected port', async () => {
    const { desk, profiles } = start();
    expect(await problemOf(desk.create(oneTimeDraft('7201,8202\n7301,22')))).toMatchObject({
      fields: {
        'method.list.value': 'Line 2: Step 2: 22 is the port behind the door; a step goes to another one.',
      },
    });
    expect(profiles.list()).toEqual([]);
  });
});

describe('a sequence through the protected port', () => {
  it.each([
    [7101, 'method.sequence.value'],
    [9304, 'method.closeSequence.value'],
  ])('is refused when it is typed: %i', async (port, field) => {
    const { desk, profiles, keychain } = start();
    expect(await problemOf(desk.create(staticDraft({ port })))).toMatchObject({
      code: 'bad-input',
      fields: { [field]: expect.stringContaining(`${port} is the port behind the door`) },
    });
    const { id } = await desk.create(staticDraft());
    expect(await problemOf(desk.update(id, staticDraft({ port })))).toMatchObject({ code: 'bad-input' });
    expect([profiles.get(id).port, keychain.items.size]).toEqual([22, 1]);
  });

  it('is not told of when it is kept, or a page could try out which ports a stored one has', async () => {
    const { desk, stored } = start();
    const { id } = await desk.create(staticDraft());
    const told = [];
    for (const port of [7101, 9303, 9304, 7106, 4711]) {
      const { updatedAt: _at, port: set, ...rest } = await desk.update(id, keeping(staticDraft({ port })));
      expect(set).toBe(port);
      told.push(JSON.stringify(rest));
    }
    expect(new Set(told).size).toBe(1);
    expect(stored(id)).toEqual({ kind: 'static', sequence: SEQUENCE, closeSequence: CLOSE_SEQUENCE });
  });
});
