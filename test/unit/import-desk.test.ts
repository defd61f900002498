import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../shared/contract/result';
import { fakeServices, problemOf, type FakeServices } from '../fakes/fake-services';
import { diskError } from '../fakes/memory-files';
import { staticDraft } from '../fakes/sample-profiles';

const KNOCKD = `[openSSH]
sequence = 7101,8202:udp,9303
command = iptables -A INPUT --dport 22
`;
const SSH = 'Host web1 web2\n  User ops\nHost *.lan\n';

const text = (given: string) => ({ kind: 'text', text: given, from: 'pasted' }) as const;
const all = (count: number) => Array.from({ length: count }, (_, key) => ({ key }));
const stored = ({ services }: FakeServices) => services.profiles.list().map(({ name }) => name);

describe('a review', () => {
  it('says what would become of it and holds none of the secrets', async () => {
    const { services } = fakeServices();
    const review = await services.imports.read(text(KNOCKD));
    expect(review).toMatchObject({
      kind: 'knockd',
      guessed: true,
      source: 'pasted',
      entries: [{ key: 0, name: 'openSSH', host: null, summary: '3 fixed steps', missing: ['host'] }],
    });
    expect(JSON.stringify(review)).not.toMatch(/7101|8202|9303/);
  });

  it('proposes another name for one that is taken, or used twice', async () => {
    const { services } = fakeServices();
    await services.desk.create(staticDraft());
    const { entries } = await services.imports.read(text('Host web1\nHost web2\nHost -web2\n'));
    expect(entries.map(({ name, clash }) => [name, clash])).toEqual([
      ['web1 2', 'web1'],
      ['web2', null],
    ]);
  });

  it('reads a file and what it includes', async () => {
    const { services, documents } = fakeServices();
    documents.texts.set('/home/ada/.ssh/config', 'Include more\nHost a');
    documents.texts.set('/home/ada/.ssh/more', 'Host b');
    const { entries, source } = await services.imports.read({ kind: 'file', path: '/home/ada/.ssh/config' });
    expect(source).toBe('/home/ada/.ssh/config');
    expect(entries.map(({ name, at }) => [name, at.file])).toEqual([
      ['b', '/home/ada/.ssh/more'],
      ['a', '/home/ada/.ssh/config'],
    ]);
  });

  it('takes a one-time list from beside the knockd.conf, and from nowhere else', async () => {
    const { services, documents } = fakeServices();
    const conf = (name: string) => `[${name}]\none_time_sequences = /etc/${name}\ncommand = ufw allow 22\n`;
    documents.texts.set('/home/ada/knockd.conf', conf('pads') + conf('far') + conf('..'));
    documents.texts.set('/home/ada/pads', '7101,8202,9303\n');
    documents.texts.set('/etc/far', '7101,8202,9303\n');
    const review = await services.imports.read({ kind: 'file', path: '/home/ada/knockd.conf' });
    expect(review.entries.map(({ name, missing }) => [name, missing])).toEqual([
      ['pads', ['host']],
      ['far', ['host', 'secret']],
      ['..', ['host', 'secret']],
    ]);
    expect(JSON.stringify(review)).not.toMatch(/7101|8202|9303/);
    const pasted = await services.imports.read(text(conf('pads')));
    expect(pasted.entries[0]?.missing).toEqual(['host', 'secret']);
  });

  it('is refused for what is no import', async () => {
    const { services } = fakeServices();
    expect(await problemOf(services.imports.read(text('hello')))).toMatchObject({
      code: 'bad-input',
      hint: expect.stringContaining('an ssh_config'),
    });
  });
});

describe('applying a review', () => {
  it('saves what was chosen, with its secret, and forgets the review', async () => {
    const fake = fakeServices();
    const { id } = await fake.services.imports.read(text(KNOCKD));
    const chosen = [{ key: 0, name: 'door', host: 'web1.example.org' }];
    const [profile] = await fake.services.imports.apply({ id, chosen });
    expect(profile).toMatchObject({ name: 'door', host: 'web1.example.org', port: 22 });
    expect(await fake.services.secrets.get(profile!.id)).toMatchObject({
      sequence: '7101:tcp,8202:udp,9303:tcp',
    });
    expect(await problemOf(fake.services.imports.apply({ id, chosen }))).toMatchObject({ code: 'not-found' });
  });

  it('gives a server of unknown knock a secret of its own, or the sequence that was typed', async () => {
    const { services } = fakeServices();
    const one = await services.imports.read(text(SSH));
    const made = await services.imports.apply({ id: one.id, chosen: all(2) });
    const secrets = await Promise.all(made.map(({ id }) => services.secrets.get(id)));
    expect(made.map(({ method }) => method.kind)).toEqual(['rotating', 'rotating']);
    expect(new Set(secrets.map((secret) => JSON.stringify(secret))).size).toBe(2);
    const two = await services.imports.read(text(SSH));
    const [typed] = await services.imports.apply({ id: two.id, chosen: [{ key: 1 }], sequence: '7101,8202' });
    expect(typed).toMatchObject({ name: 'web2 2', method: { kind: 'static', hasClose: false } });
    expect(await services.secrets.get(typed!.id)).toMatchObject({ sequence: '7101,8202' });
  });

  it.each([
    ['nothing', [], 'Nothing is chosen.'],
    ['what is not there', [{ key: 9 }], 'This entry is not in the import.'],
    ['a missing host', [{ key: 0 }], '"openSSH" needs the name or address of its server.'],
    ['a bad name', [{ key: 0, host: 'h', name: '-x' }], '-x: A name cannot begin with a dash.'],
  ])('refuses %s and keeps the review', async (_what, chosen, message) => {
    const fake = fakeServices();
    const { id } = await fake.services.imports.read(text(KNOCKD));
    expect(await problemOf(fake.services.imports.apply({ id, chosen }))).toMatchObject({ message });
    expect(stored(fake)).toEqual([]);
    await fake.services.imports.apply({ id, chosen: [{ key: 0, host: 'h' }] });
    expect(stored(fake)).toEqual(['openSSH']);
  });

  it('takes every secret back when the profiles cannot be saved, or a later secret cannot', async () => {
    const fake = fakeServices();
    const { id } = await fake.services.imports.read(text(SSH));
    fake.files.faults.write.push(diskError('ENOSPC'));
    expect(await problemOf(fake.services.imports.apply({ id, chosen: all(2) }))).toMatchObject({
      code: 'storage',
    });
    expect(stored(fake)).toEqual([]);
    expect(fake.keychain.items.size).toBe(0);
    const locked = new ProblemError({ code: 'keychain-locked', message: 'locked' });
    const set = fake.keychain.set.bind(fake.keychain);
    let calls = 0;
    fake.keychain.set = async (account, value) => {
      calls += 1;
      if (calls === 2) throw locked;
      await set(account, value);
    };
    expect(await problemOf(fake.services.imports.apply({ id, chosen: all(2) }))).toMatchObject({
      code: 'keychain-locked',
    });
    expect(stored(fake)).toEqual([]);
    expect(fake.keychain.items.size).toBe(0);
    await fake.services.imports.apply({ id, chosen: all(2) });
    expect(stored(fake)).toEqual(['web1', 'web2']);
  });

  it('refuses two of one name, and one of a profile that has come since', async () => {
    const fake = fakeServices();
    const { id } = await fake.services.imports.read(text(SSH));
    const twice = [
      { key: 0, name: 'same' },
      { key: 1, name: 'same' },
    ];
    expect(await problemOf(fake.services.imports.apply({ id, chosen: twice }))).toMatchObject({
      code: 'conflict',
    });
    expect(fake.keychain.items.size).toBe(0);
  });
});
