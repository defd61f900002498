import { describe, expect, it } from 'vitest';
import { controlMethods } from '../../electron/main/control/methods';
import { callHandlers } from '../../electron/main/ipc/handlers';
import { controlParams, type ControlMethod } from '../../shared/contract/control';
import type { PersonKeyView } from '../../shared/contract/views';
import { linkOfPage } from '../../shared/people/page';
import { CLI, fakeServices, problemOf } from '../fakes/fake-services';
import { FakePerson } from '../fakes/fake-window';
import { addBoth, rotatingProfile, staticProfile } from '../fakes/sample-profiles';

const { id } = rotatingProfile();
const BOB = { id, user: 'bob', door: 'ssh', paper: false, replace: false } as const;

async function start() {
  const world = fakeServices();
  await addBoth(world.services);
  const person = new FakePerson();
  const handlers = callHandlers(world.services, person);
  const told: (PersonKeyView | null)[] = [];
  world.services.peopleDesk.changed.on(({ key }) => told.push(key));
  const identity = { role: 'app', version: '1.2.3', pid: 7, home: '/home' } as const;
  const methods = controlMethods(world.services, identity, () => undefined);
  const control = (method: ControlMethod, params: unknown): Promise<unknown> => {
    const handler = methods[method] as (params: unknown, context: object) => Promise<unknown>;
    return handler(controlParams[method].parse(params), {});
  };
  /** What the newest terminal was started for. */
  const ordered = () => {
    const command = world.terminal.launched.at(-1) ?? [];
    expect(command.slice(0, 3)).toEqual([CLI, 'connect', '--ticket']);
    return control('ticket', { ticket: command[3] });
  };
  return { ...world, handlers, person, told, control, ordered };
}

describe('a key from the window', () => {
  it('is shown after a native question, then given to the server by the terminal, which tells how it went', async () => {
    const { handlers, person, told, ordered, control } = await start();
    expect(await handlers.makePersonKey({ ...BOB, how: 'show' })).toEqual({ ok: true, value: null });
    expect(person.asked).toMatchObject([{ message: 'Show a key for "bob" to web1.example.org?' }]);
    const [kit] = person.kits;
    expect(told.at(-1)).toMatchObject({ user: 'bob', saved: null, server: 'waiting' });
    await handlers.putPersonKeyOnServer({ id });
    expect(told.at(-1)).toMatchObject({ server: 'started' });
    expect(await ordered()).toEqual({
      argv: [],
      user: { profile: id, do: 'add', words: kit?.words, user: 'bob', secret: kit?.key.secret },
    });
    await control('userDone', { profile: id, user: 'somebody', added: true });
    expect(told.at(-1)).toMatchObject({ server: 'started' });
    await control('userDone', { profile: id, user: 'bob', added: false });
    expect(told.at(-1)).toMatchObject({ server: 'refused' });
    await control('userDone', { profile: id, user: 'bob', added: true });
    expect(await handlers.personKey({ id })).toMatchObject({ ok: true, value: { server: 'added' } });
    await handlers.dropPersonKey({ id });
    expect([told.at(-1), await handlers.personKey({ id })]).toEqual([null, { ok: true, value: null }]);
    await control('userDone', { profile: id, user: 'bob', added: true });
  });

  it('is saved where the person says, and is none where they decline', async () => {
    const { handlers, person, told } = await start();
    await handlers.makePersonKey({ ...BOB, user: 'recovery', paper: true, how: 'save' });
    expect(person.saved.map(({ name }) => name)).toEqual(['sallyport-recovery-web1.example.org.html']);
    const page = new TextDecoder().decode(person.saved[0]?.bytes);
    expect(linkOfPage(page)).toMatch(/^sallyport:/);
    expect(told.at(-1)).toMatchObject({
      saved: '/home/ops/sallyport-recovery-web1.example.org.html',
      paper: true,
    });
    expect(person.kits).toEqual([]);
    person.agrees = false;
    expect(await handlers.showPersonKey({ id })).toEqual({ ok: true, value: { shown: false } });
    for (const how of ['show', 'save'] as const) {
      await handlers.dropPersonKey({ id });
      expect(await handlers.makePersonKey({ ...BOB, how })).toMatchObject({
        ok: false,
        error: { code: 'cancelled' },
      });
      expect(await problemOf(handlers.putPersonKeyOnServer({ id }))).toMatchObject({ code: 'not-found' });
    }
    const undecided = Object.assign(new FakePerson(), { save: async () => null });
    const { services } = await start();
    const no = callHandlers(services, undecided);
    expect(await no.makePersonKey({ ...BOB, how: 'save' })).toMatchObject({ ok: false });
    expect(await no.personKey({ id })).toEqual({ ok: true, value: null });
  });

  it('is asked about with all that it would do, and is never in place of the profile’s own', async () => {
    const { handlers, person, told, terminal } = await start();
    await handlers.makePersonKey({ ...BOB, door: 'web', replace: true, how: 'save' });
    expect(person.asked.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/It is for the door "web"\.\nA key that "bob" has there already is exchanged\.$/),
    ]);
    terminal.fault = new Error('no display');
    await expect(handlers.putPersonKeyOnServer({ id })).rejects.toThrow('no display');
    expect(told.at(-1)).toMatchObject({ server: 'waiting' });
    await handlers.dropPersonKey({ id });
    const own = handlers.makePersonKey({ ...BOB, user: 'ops', replace: true, how: 'show' });
    expect(await problemOf(own)).toMatchObject({ code: 'conflict' });
    expect(person.asked).toHaveLength(1);
    expect(await handlers.personKey({ id })).toEqual({ ok: true, value: null });
  });

  it('is none where it could not be saved, and gone with its profile', async () => {
    const { services } = await start();
    const full = Object.assign(new FakePerson(), { save: () => Promise.reject(new Error('disk full')) });
    const handlers = callHandlers(services, full);
    await expect(handlers.makePersonKey({ ...BOB, how: 'save' })).rejects.toThrow('disk full');
    expect(await problemOf(handlers.putPersonKeyOnServer({ id }))).toMatchObject({ code: 'not-found' });
    await handlers.makePersonKey({ ...BOB, how: 'show' });
    await handlers.removeProfile({ id });
    expect(services.peopleDesk.view(id)).toBeNull();
  });

  it('is refused before anything is asked where nobody can have one', async () => {
    const { handlers, person } = await start();
    const fixed = handlers.makePersonKey({ ...BOB, id: staticProfile().id, how: 'show' });
    expect(await problemOf(fixed)).toMatchObject({ code: 'bad-input' });
    expect(person.asked).toEqual([]);
  });

  it('is not given to the server before somebody has it', async () => {
    const { services, terminal } = await start();
    services.peopleDesk.make(id, BOB);
    expect(services.peopleDesk.view(id)).toBeNull();
    expect(await problemOf(services.peopleDesk.putOnServer(id))).toMatchObject({ code: 'conflict' });
    expect(terminal.launched).toEqual([]);
  });
});

describe('a key that is taken back', () => {
  it('is agreed to natively, and by its owner with a warning', async () => {
    const { handlers, person, ordered, terminal } = await start();
    await handlers.revokePerson({ id, user: 'bob' });
    expect(await ordered()).toEqual({
      argv: [],
      user: { profile: id, do: 'revoke', words: ['user', 'revoke', 'bob'] },
    });
    await handlers.revokePerson({ id, user: 'ops', door: 'web' });
    expect(person.asked.map(({ detail }) => detail.includes('lock yourself out'))).toEqual([false, true]);
    person.agrees = false;
    expect(await handlers.revokePerson({ id, user: 'bob' })).toMatchObject({ ok: false });
    expect(terminal.launched).toHaveLength(2);
  });

  it('can be by a command of the person’s own, and the list too', async () => {
    const { handlers, person, ordered } = await start();
    await handlers.copyRevocation({ id, user: 'bob' });
    expect(person.copied).toEqual(['sudo sallyportd user revoke bob']);
    await handlers.listPeople({ id });
    expect(await ordered()).toMatchObject({ user: { do: 'list', words: ['user', 'list'] } });
  });
});

describe('the command line', () => {
  it('gets a new key with all that is to be written, and no second time the same', async () => {
    const { control, services } = await start();
    const key = (await control('userAdd', { name: 'web2', user: 'bob', replace: true })) as Record<
      string,
      unknown
    >;
    expect(key).toMatchObject({ user: 'bob', door: 'ssh', notes: [] });
    const { secret } = key as { secret: string };
    for (const form of ['uri', 'page', 'script'] as const)
      expect(String(key[form]).includes(secret)).toBe(true);
    expect(String(key['words'])).toBe(
      'user,add,bob,--door,ssh,--period,30s,--steps,5,--protocols,tcp,udp,--range,10000-49999,--replace',
    );
    expect(await control('userAdd', { name: 'web2', user: 'bob' })).not.toMatchObject({ secret });
    expect(services.peopleDesk.view(id)).toBeNull();
    expect(await problemOf(control('userAdd', { name: 'web1', user: 'bob' }))).toMatchObject({
      code: 'bad-input',
    });
  });

  it('gets the words to take one back, and is told when it is its own', async () => {
    const { control } = await start();
    const revoke = { name: 'web2', do: 'revoke', door: 'ssh', force: true };
    expect(await control('userWords', { ...revoke, user: 'bob' })).toEqual({
      words: ['user', 'revoke', 'bob', '--door', 'ssh', '--force'],
      command: 'sudo sallyportd user revoke bob --door ssh --force',
      own: false,
    });
    expect(await control('userWords', { ...revoke, user: 'ops' })).toMatchObject({ own: true });
    expect(await control('userWords', { name: 'web2', do: 'list' })).toMatchObject({
      words: ['user', 'list'],
    });
  });
});
