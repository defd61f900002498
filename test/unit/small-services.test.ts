import { describe, expect, it } from 'vitest';
import { Emitter } from '../../electron/main/services/emitter';
import { Notices } from '../../electron/main/services/notices';
import { MemoryKeychain, SecretStore } from '../../electron/main/services/secret-store';
import { SettingsStore } from '../../electron/main/services/settings-store';
import { FakeKeychain } from '../fakes/fake-keychain';
import { fakeServices, problemOf } from '../fakes/fake-services';
import { diskError, MemoryFiles } from '../fakes/memory-files';
import { ROTATING_SECRET, STATIC_SECRET } from '../fakes/sample-profiles';

const PATH = '/home/settings.json';

async function settingsFrom(text?: string) {
  const files = new MemoryFiles(text === undefined ? {} : { [PATH]: text });
  const notices = new Notices();
  const settings = new SettingsStore(files, notices, PATH);
  await settings.load();
  return { files, notices, settings };
}

const DEFAULTS = { theme: 'system', terminal: { kind: 'auto' }, clockServer: { kind: 'off' } } as const;

describe('settings', () => {
  it('are the defaults without a file', async () => {
    const { settings, notices } = await settingsFrom();
    expect([settings.get(), notices.list()]).toEqual([DEFAULTS, []]);
  });

  it('are read back after a restart', async () => {
    const { settings, files } = await settingsFrom();
    const wish = {
      ...DEFAULTS,
      theme: 'dark',
      terminal: { kind: 'custom', argv: ['kitty', '--hold'] },
    } as const;
    const told: unknown[] = [];
    settings.changed.on((value) => told.push(value));
    expect(await settings.save(wish)).toEqual(wish);
    expect(told).toEqual([wish]);
    expect((await settingsFrom(files.texts.get(PATH))).settings.get()).toEqual(wish);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"theme":"pink","terminal":{"kind":"auto"}}',
    '{"theme":"dark","terminal":{"kind":"custom","argv":[]}}',
  ])('are the defaults and a notice for the damaged file %j, which stays', async (text) => {
    const { settings, notices, files } = await settingsFrom(text);
    expect(settings.get()).toEqual(DEFAULTS);
    expect(notices.list()).toMatchObject([
      { message: expect.stringContaining(PATH), hint: expect.any(String) },
    ]);
    expect(files.texts.get(PATH)).toBe(text);
  });

  it('stay as they were when the disk is full', async () => {
    const { settings, files } = await settingsFrom();
    files.faults.write.push(diskError('ENOSPC'));
    await expect(settings.save({ ...DEFAULTS, theme: 'dark' })).rejects.toThrow('ENOSPC');
    expect(settings.get()).toEqual(DEFAULTS);
  });
});

describe('the secret store', () => {
  it('keeps each kind, and deletes', async () => {
    const store = new SecretStore('session', new MemoryKeychain());
    await store.set('a', STATIC_SECRET);
    await store.set('b', ROTATING_SECRET);
    expect([await store.get('a'), await store.get('b')]).toEqual([STATIC_SECRET, ROTATING_SECRET]);
    await store.delete('a');
    expect(await store.find('a')).toBeNull();
  });

  it('tells a missing secret from one that is not ours', async () => {
    const keychain = new FakeKeychain();
    const store = new SecretStore('os', keychain);
    expect(await problemOf(store.get('a'))).toMatchObject({
      code: 'keychain-failed',
      message: 'The keychain has no secret for this profile.',
    });
    keychain.items.set('a', 'hunter2');
    const problem = await problemOf(store.get('a'));
    expect(problem).toMatchObject({
      code: 'keychain-failed',
      message: expect.stringContaining('not a secret of'),
    });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    keychain.lock('get');
    expect(await problemOf(store.find('a'))).toMatchObject({ code: 'keychain-locked' });
  });

  it('tells what state the store is in', async () => {
    const keychain = new FakeKeychain();
    const store = new SecretStore('passphrase', keychain);
    const about = { chosenBy: 'default', vault: 'none' };
    const ok = { store: 'passphrase', state: 'ok', detail: null, hint: null };
    expect(await store.health()).toEqual({ ...ok, ...about });
    keychain.lock('check');
    expect(await store.health()).toEqual({
      store: 'passphrase',
      state: 'locked',
      detail: 'The keychain is locked.',
      hint: 'Unlock it.',
      ...about,
    });
  });
});

describe('health', () => {
  it('is checked once, and again when asked', async () => {
    const { services, keychain, net } = fakeServices();
    const { health } = services;
    const told: unknown[] = [];
    health.changed.on((report) => told.push(report));
    const first = await health.current();
    expect(first).toMatchObject({ secrets: { state: 'ok' }, native: { icmp: true } });
    expect(await health.current()).toBe(first);
    keychain.lock('check');
    net.nativeHealth = { icmp: false, rawTcp: false, hint: 'setcap …' };
    expect(await health.check()).toMatchObject({
      secrets: { state: 'locked' },
      native: { hint: 'setcap …' },
    });
    expect(told).toHaveLength(2);
  });
});

describe('notices and listeners', () => {
  it('have an id each, and go when dismissed', () => {
    const notices = new Notices();
    notices.add('one');
    notices.add('two', 'do this');
    const [one, two] = notices.list();
    expect([one?.hint, two?.hint, one?.id === two?.id]).toEqual([null, 'do this', false]);
    notices.dismiss(one?.id ?? '');
    notices.dismiss('unknown');
    expect(notices.list()).toEqual([two]);
  });

  it('are told until they stop listening', () => {
    const emitter = new Emitter<number>();
    const seen: number[] = [];
    const stop = emitter.on((value) => seen.push(value));
    emitter.emit(1);
    stop();
    emitter.emit(2);
    expect(seen).toEqual([1]);
  });
});
