import { beforeEach, describe, expect, it } from 'vitest';
import type { Keychain } from '../../electron/main/ports';
import { problemOf } from '../fakes/fake-services';
import { allOf, CHOICE, idOf, MoveWorld, textOf } from '../fakes/move-world';
import { STATIC_SECRET } from '../fakes/sample-profiles';

let world: MoveWorld;
beforeEach(() => {
  world = new MoveWorld();
});

const held = (keychain: { items: Map<string, string> }) => Object.fromEntries(keychain.items);
const choice = () => JSON.parse(world.files.texts.get(CHOICE) ?? 'null') as unknown;

describe('a move', () => {
  it('takes every secret along, tells how far it is, and what it leaves is nothing', async () => {
    await world.fill(120);
    world.os.items.delete(idOf(7));
    world.os.items.set('of another program', 'x');
    const { mover, secrets, profiles } = await world.start();
    const told: unknown[] = [];
    mover.progress.on((progress) => told.push(progress));
    expect(await mover.move({ to: 'session' })).toEqual({
      from: 'os',
      to: 'session',
      moved: 119,
      without: ['host 7'],
      left: null,
    });
    const { [idOf(7)]: _none, ...rest } = allOf(120);
    expect(held(world.session)).toEqual(rest);
    expect(held(world.os)).toEqual({ 'of another program': 'x' });
    const step = (done: number) => ({ from: 'os', to: 'session', done, of: 120 });
    expect(told).toEqual([step(50), step(100), step(120), null]);
    expect([secrets.kind, choice()]).toEqual(['session', { version: 1, store: 'session', moving: null }]);
    await secrets.set(profiles.list()[0]!.id, STATIC_SECRET);
    expect(world.os.items.size).toBe(1);
  });

  it(
    'makes the vault with the passphrase, and takes it away when it is left',
    { timeout: 120_000 },
    async () => {
      await world.fill(3);
      const first = await world.start();
      expect(await problemOf(first.mover.move({ to: 'passphrase' }))).toMatchObject({
        code: 'keychain-locked',
      });
      expect(await problemOf(first.mover.move({ to: 'passphrase', passphrase: 'short' }))).toMatchObject({
        code: 'bad-input',
      });
      expect([held(world.os), choice()]).toEqual([allOf(3), null]);
      await first.mover.move({ to: 'passphrase', passphrase: 'correct horse' });
      expect(held(world.os)).toEqual({});

      const later = await world.start();
      expect(later.secrets.kind).toBe('passphrase');
      expect(await problemOf(later.mover.move({ to: 'os' }))).toMatchObject({ code: 'keychain-locked' });
      expect(await problemOf(later.mover.move({ to: 'os', passphrase: 'wrong' }))).toMatchObject({
        message: 'The passphrase does not open the vault.',
      });
      await later.mover.move({ to: 'os', passphrase: 'correct horse' });
      expect([held(world.os), await later.vault.state()]).toEqual([allOf(3), 'none']);
    },
  );

  it('leads only from or to the store in use, and not against the environment', async () => {
    await world.fill(1);
    const { mover } = await world.start();
    expect(await problemOf(mover.move({ to: 'os' }))).toMatchObject({ code: 'conflict' });
    expect(await problemOf(mover.move({ from: 'session', to: 'passphrase' }))).toMatchObject({
      code: 'bad-input',
    });
    const bound = await world.start('os');
    expect(await problemOf(bound.mover.move({ to: 'session' }))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('SALLYPORT_KEYCHAIN=os'),
    });
    expect([held(world.os), held(world.session)]).toEqual([allOf(1), {}]);
  });

  it('into the store in use brings what is missing there, and leaves what is newer', async () => {
    await world.fill(3);
    world.session.items.set(idOf(2), 'newer');
    const { mover, secrets } = await world.start('session');
    expect(await mover.move({ from: 'os', to: 'session' })).toMatchObject({ moved: 2, without: ['host 2'] });
    expect(held(world.session)).toEqual({ ...allOf(3), [idOf(2)]: 'newer' });
    expect([held(world.os), secrets.kind]).toEqual([{ [idOf(2)]: textOf(2) }, 'session']);
  });

  it('stops when asked, and all is as it was', async () => {
    await world.fill(120);
    const { mover, secrets } = await world.start();
    const stop = new AbortController();
    mover.progress.on(() => stop.abort());
    expect(await problemOf(mover.move({ to: 'session' }, stop.signal))).toMatchObject({ code: 'cancelled' });
    expect([held(world.os), held(world.session), secrets.kind]).toEqual([allOf(120), {}, 'os']);
  });

  it('keeps changes waiting, and readers not', async () => {
    await world.fill(120);
    const { mover, secrets } = await world.start();
    const moving = mover.move({ to: 'session' });
    const setting = secrets.set(idOf(500), STATIC_SECRET);
    expect(await problemOf(mover.move({ to: 'session' }))).toMatchObject({ code: 'conflict' });
    for (let at = 0; at < 50; at += 1) {
      // None of these is a secret of ours, which is told only of what was found.
      expect(await problemOf(secrets.get(idOf(1)))).toMatchObject({
        message: expect.stringContaining('not a secret of'),
      });
    }
    await Promise.all([moving, setting]);
    expect([world.session.items.has(idOf(500)), world.os.items.size]).toEqual([true, 0]);
  });
});

/** Fails the operation of this number, and those after it too if it is for good. */
function faultAt(number: number, forGood: boolean): (keychain: Keychain) => Keychain {
  let count = 0;
  const step = () => {
    count += 1;
    if (count === number || (forGood && count > number)) throw new Error(`fault ${count}`);
  };
  return (keychain) => ({
    get: async (account) => (step(), keychain.get(account)),
    set: async (account, value) => (step(), keychain.set(account, value)),
    delete: async (account) => (step(), keychain.delete(account)),
    setAll: async (items) => (step(), keychain.setAll(items)),
    deleteAll: async (accounts) => (step(), keychain.deleteAll(accounts)),
    check: async () => (step(), keychain.check()),
  });
}

describe.each([false, true])('a move in which a store fails (for good: %s)', (forGood) => {
  it('leaves every secret in the store in use, whichever operation it is', async () => {
    let succeeded = 0;
    for (let number = 1; succeeded === 0; number += 1) {
      world = new MoveWorld();
      await world.fill(60);
      world.wrap = faultAt(number, forGood);
      const { mover, secrets } = await world.start();
      const ended = await mover.move({ to: 'session' }).then(
        (moved) => moved.left?.detail ?? 'all',
        () => 'failed',
      );
      if (ended === 'all') succeeded = number;
      const used = secrets.kind === 'os' ? world.os : world.session;
      expect({ number, ended, held: held(used) }).toEqual({ number, ended, held: allOf(60) });
      expect(secrets.kind === 'session').toBe(ended !== 'failed');

      // The next start, with stores that work, has one copy of each.
      world.wrap = (keychain) => keychain;
      const next = await world.start();
      expect(next.secrets.kind).toBe(secrets.kind);
      await next.recovery.tidy();
      expect(world.os.items.size + world.session.items.size).toBe(60);
      expect(choice() === null || JSON.stringify(choice()).includes('"moving":null')).toBe(true);
    }
    expect(succeeded).toBeGreaterThan(180);
  });
});

describe('after a crash', () => {
  it('brings secrets back that were to live in a memory that is gone', async () => {
    await world.fill(3);
    world.files.texts.set(
      CHOICE,
      JSON.stringify({
        version: 1,
        store: 'session',
        moving: { from: 'os', to: 'session', phase: 'deleting' },
      }),
    );
    world.os.items.delete(idOf(1));
    const { recovery, secrets } = await world.start();
    expect(secrets.kind).toBe('session');
    await recovery.tidy();
    expect([secrets.kind, world.os.items.size]).toEqual(['os', 2]);
    expect(world.notices.list()).toMatchObject([{ message: expect.stringContaining('2 of them are in') }]);
  });

  it('says what it cannot put in order yet, and tries again', async () => {
    await world.fill(3);
    const moving = { from: 'os', to: 'session', phase: 'copying' };
    world.files.texts.set(CHOICE, JSON.stringify({ version: 1, store: 'os', moving }));
    world.session.items.set(idOf(1), textOf(1));
    world.os.lock('get');
    const { recovery, secrets } = await world.start();
    await recovery.tidy();
    expect(world.notices.list()).toMatchObject([
      { message: expect.stringContaining('cannot be put in order') },
    ]);
    expect(recovery.left).toEqual({ from: 'os', to: 'session' });
    world.os.unlock();
    await recovery.tidy();
    expect([recovery.left, held(world.session), held(world.os), secrets.kind]).toEqual([
      null,
      {},
      allOf(3),
      'os',
    ]);
  });

  it('takes the keychain and says so when the choice cannot be read', async () => {
    world.files.texts.set(CHOICE, '{');
    const { secrets } = await world.start();
    expect(secrets.kind).toBe('os');
    expect(world.notices.list()).toMatchObject([{ message: expect.stringContaining(CHOICE) }]);
  });
});
