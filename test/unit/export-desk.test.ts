import { describe, expect, it } from 'vitest';
import { sealSecrets } from '../../shared/exchange/sealed-secrets';
import { addBoth, CLOSE_SEQUENCE, SECRET, SEQUENCE, staticProfile } from '../fakes/sample-profiles';
import { fakeServices, problemOf, type FakeServices } from '../fakes/fake-services';

const PASSPHRASE = 'correct horse battery';

async function twoProfiles(): Promise<FakeServices> {
  const fake = fakeServices();
  await addBoth(fake.services);
  return fake;
}

const text = (given: string) => ({ kind: 'text', text: given, from: 'pasted' }) as const;

describe('an export', { timeout: 60_000 }, () => {
  it('has no secret by itself', async () => {
    const { services } = await twoProfiles();
    const exported = await services.exports.file(services.profiles.list(), null);
    expect(exported).toMatchObject({ profiles: 2, withoutSecret: [] });
    expect(exported.text).not.toMatch(/secrets|sealed|7101|MFRGG/);
  });

  it('seals secrets so that only the passphrase opens them, on another machine, into profiles that knock', async () => {
    const here = await twoProfiles();
    const { text: file } = await here.services.exports.file(here.services.profiles.list(), PASSPHRASE);
    for (const secret of [SEQUENCE, CLOSE_SEQUENCE, SECRET, '7101', SECRET.slice(0, 8)]) {
      expect(file).not.toContain(secret);
      expect(file).not.toContain(Buffer.from(secret).toString('hex'));
    }
    const there = fakeServices();
    const review = await there.services.imports.read(text(file));
    expect(review).toMatchObject({ kind: 'json', locked: true });
    expect(review.entries.map(({ missing }) => missing)).toEqual([['secret'], ['secret']]);

    const wrong = there.services.imports.unlock(review.id, 'correct horse batterie');
    expect(await problemOf(wrong)).toMatchObject({
      code: 'bad-input',
      message: 'The passphrase does not open these secrets.',
    });
    const opened = await there.services.imports.unlock(review.id, PASSPHRASE);
    expect(opened).toMatchObject({ id: review.id, locked: false });
    expect(opened.entries.map(({ missing }) => missing)).toEqual([[], []]);
    expect(JSON.stringify(opened)).not.toMatch(/7101|MFRGG/);
    const made = await there.services.imports.apply({ id: review.id, chosen: [{ key: 0 }, { key: 1 }] });
    const secrets = await Promise.all(made.map(({ id }) => there.services.secrets.get(id)));
    expect(secrets).toEqual([
      { kind: 'static', sequence: SEQUENCE, closeSequence: CLOSE_SEQUENCE },
      { kind: 'rotating', secret: SECRET },
    ]);
    expect(made[0]).toMatchObject({ name: 'web1', method: { hasClose: true } });
  });

  it('does not open when a host was changed beside the seal', async () => {
    const { services } = await twoProfiles();
    const { text: file } = await services.exports.file(services.profiles.list(), PASSPHRASE);
    const moved = file.replace('web1.example.org', 'evil.example.org');
    expect(moved).not.toBe(file);
    const there = fakeServices();
    const review = await there.services.imports.read(text(moved));
    expect(await problemOf(there.services.imports.unlock(review.id, PASSPHRASE))).toMatchObject({
      hint: expect.stringContaining('changed after it was exported'),
    });
  });

  it('imports without the passphrase too: profiles whose secrets are entered later', async () => {
    const here = await twoProfiles();
    const { text: file } = await here.services.exports.file([staticProfile()], PASSPHRASE);
    const there = fakeServices();
    const { id } = await there.services.imports.read(text(file));
    const [made] = await there.services.imports.apply({ id, chosen: [{ key: 0 }] });
    expect(await problemOf(there.services.secrets.get(made!.id))).toMatchObject({
      hint: expect.stringContaining('enter its secret again'),
    });
    expect(there.keychain.items.size).toBe(0);
  });

  it('tells which profiles have no stored secret, and fails whole on a locked keychain', async () => {
    const { services, keychain } = await twoProfiles();
    await services.secrets.delete(staticProfile().id);
    const exported = await services.exports.file(services.profiles.list(), PASSPHRASE);
    expect(exported.withoutSecret).toEqual(['web1']);
    keychain.lock('get');
    expect(await problemOf(services.exports.file(services.profiles.list(), PASSPHRASE))).toMatchObject({
      code: 'keychain-locked',
    });
  });

  it('marks the lines of a one-time list that are used here', async () => {
    const { services } = fakeServices();
    const list = '1001,1002,1003\n# old\n2001,2002,2003\n3001,3002,3003';
    const profile = await services.desk.create({
      ...{ name: 'pads', host: 'h', port: 22, user: null, group: null, family: 'auto' },
      ...{ openFor: 30, gapMs: 150, after: { kind: 'terminal' } },
      method: { kind: 'one-time', tcpFlags: ['syn'], list: { kind: 'typed', value: list } },
    });
    if (profile.method.kind !== 'one-time') return expect.fail('not a list');
    await services.ports.lists.mark(profile.method.list, 2, true);
    const { text: file } = await services.exports.file([profile], PASSPHRASE);
    const there = fakeServices();
    const { id } = await there.services.imports.read(text(file));
    await there.services.imports.unlock(id, PASSPHRASE);
    const [made] = await there.services.imports.apply({ id, chosen: [{ key: 0 }] });
    expect(await there.services.secrets.get(made!.id)).toEqual({
      kind: 'one-time',
      list: '#1001,1002,1003\n# old\n#2001,2002,2003\n3001,3002,3003',
    });
    expect(await problemOf(services.exports.uri(profile))).toMatchObject({ code: 'too-large' });
  });

  it('refuses more secrets than it could read back', async () => {
    const list = Array.from({ length: 2000 }, (_, at) => `${at + 1000},${at + 4000}:udp`).join('\n');
    const secrets = Array.from({ length: 60 }, () => ({ kind: 'one-time', list }) as const);
    const random = (count: number) => new Uint8Array(count);
    expect(await problemOf(sealSecrets(secrets, secrets, PASSPHRASE, random))).toMatchObject({
      code: 'too-large',
    });
  });

  it('refuses no profiles, and a passphrase that is soon guessed', async () => {
    const { services } = await twoProfiles();
    expect(await problemOf(services.exports.file([], null))).toMatchObject({ code: 'bad-input' });
    expect(await problemOf(services.exports.file([staticProfile()], 'short'))).toMatchObject({
      message: expect.stringContaining('at least 8 characters'),
    });
  });

  it('as a link goes from one machine to the other', async () => {
    const { services } = await twoProfiles();
    const there = fakeServices();
    const { id, entries } = await there.services.imports.read(
      text(await services.exports.uri(staticProfile())),
    );
    expect(entries).toMatchObject([
      { name: 'web1', missing: [], summary: expect.stringContaining('3 fixed steps') },
    ]);
    const [made] = await there.services.imports.apply({ id, chosen: [{ key: 0 }] });
    expect(await there.services.secrets.get(made!.id)).toMatchObject({ sequence: SEQUENCE });
  });
});
