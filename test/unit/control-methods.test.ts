import { describe, expect, it } from 'vitest';
import { controlMethods } from '../../electron/main/control/methods';
import { controlParams, type ControlMethod } from '../../shared/contract/control';
import type { ControlEvent } from '../../shared/contract/control-report';
import { exitCode } from '../../shared/contract/exit-code';
import type { ProblemCode } from '../../shared/contract/result';
import { codeKey } from '../../shared/sequence/code-key';
import { START } from '../fakes/fake-clock';
import { opensWhen } from '../fakes/fake-network';
import { fakeServices, problemOf } from '../fakes/fake-services';
import { addBoth, ROTATING_SECRET, SECRET, SEQUENCE, staticProfile } from '../fakes/sample-profiles';
import rks1 from '../vectors/rks1.json';

async function start(role: 'app' | 'agent' = 'agent') {
  const world = fakeServices();
  await addBoth(world.services);
  let quits = 0;
  const methods = controlMethods(
    world.services,
    { role, version: '1.2.3', pid: 7, home: '/home' },
    () => (quits += 1),
  );
  const events: ControlEvent[] = [];
  const abort = new AbortController();
  /** As a connection calls it: parsed params, events, a signal. */
  const call = async (method: ControlMethod, params: unknown = {}): Promise<unknown> => {
    const parsed: unknown = controlParams[method].parse(params);
    const handler = methods[method] as (params: unknown, context: object) => Promise<unknown>;
    return world.clock.run(
      handler(parsed, { signal: abort.signal, event: (event: ControlEvent) => events.push(event) }),
    );
  };
  world.net.reply = opensWhen(() => world.net.sent.length >= 3);
  return { ...world.services, ...world, call, events, abort, quits: () => quits };
}

const ARGV_END = ['--', 'web1.example.org'];

describe('profiles', () => {
  it('are listed without their secrets', async () => {
    const { call } = await start();
    const answer = await call('list');
    expect(answer).toMatchObject({
      profiles: [
        { name: 'web1', method: 'static', state: 'idle', closesInMs: null, openFor: 30 },
        { name: 'web2', method: 'rotating' },
      ],
    });
    for (const secret of [SECRET, SEQUENCE, '7101']) expect(JSON.stringify(answer)).not.toContain(secret);
  });

  it('are added with the usual values, and their secret is stored', async () => {
    const { call, profiles, secrets } = await start();
    await call('add', { profile: { name: 'new', host: 'h', method: { kind: 'rotating', secret: SECRET } } });
    const profile = profiles.find('new');
    expect(profile).toMatchObject({
      port: 22,
      user: null,
      group: null,
      family: 'auto',
      openFor: 30,
      gapMs: 150,
      method: {
        kind: 'rotating',
        parameters: { period: 30, steps: 5, protocols: ['tcp', 'udp'], range: { low: 10000, high: 49999 } },
      },
    });
    expect(await secrets.get(profile.id)).toEqual(ROTATING_SECRET);
    await call('add', {
      profile: { name: 'fixed', host: 'h', method: { kind: 'static', sequence: '7000,8000' } },
    });
    expect(profiles.find('fixed').method).toEqual({ kind: 'static', tcpFlags: ['syn'], hasClose: false });
    expect(
      await problemOf(
        call('add', { profile: { name: 'new', host: 'h', method: { kind: 'static', sequence: '7000' } } }),
      ),
    ).toMatchObject({ code: 'conflict' });
  });

  it('are removed with everything that hangs on them', async () => {
    const { call, profiles, grants, runViews, keychain } = await start();
    await call('knock', { target: { kind: 'profile', name: 'web1' } });
    expect(await call('remove', { name: 'web1' })).toEqual({
      profile: expect.objectContaining({ name: 'web1', state: 'open' }),
    });
    expect(profiles.list().map(({ name }) => name)).toEqual(['web2']);
    expect([grants.list(), runViews.list(), keychain.items.has(staticProfile().id)]).toEqual([[], [], false]);
    expect(await call('status')).toMatchObject({ profiles: 1, grants: [] });
    expect(await problemOf(call('remove', { name: 'web1' }))).toMatchObject({ code: 'not-found' });
  });

  it('are removed also when the keychain keeps the secret, which is told', async () => {
    const { call, profiles, notices, keychain } = await start();
    keychain.lock('delete');
    expect(await call('remove', { name: 'web1' })).toEqual({
      profile: expect.objectContaining({ name: 'web1' }),
      secretLeft: { code: 'keychain-locked', message: 'The keychain is locked.', hint: 'Unlock it.' },
    });
    expect(profiles.list()).toHaveLength(1);
    expect(notices.list()).toMatchObject([
      { message: expect.stringContaining('web1 was removed, but not its secret') },
    ]);
  });
});

describe('knock', () => {
  it('reports what docs/control-socket.md promises, with its events', async () => {
    const { call, events } = await start();
    expect(await call('knock', { target: { kind: 'profile', name: 'web1' } })).toEqual({
      verdict: 'opened',
      address: '203.0.113.7',
      before: 'filtered',
      after: 'open',
      steps: [
        { step: '7101:tcp', sentMs: 0 },
        { step: '8202:udp', sentMs: 150 },
        { step: '9303:tcp', sentMs: 300 },
      ],
      elapsedMs: 301,
      message: 'Port 22 was filtered and is open now.',
    });
    expect(events).toEqual([
      { kind: 'resolved', address: '203.0.113.7' },
      { kind: 'step', index: 0, of: 3, step: '7101:tcp', sentMs: 0 },
      { kind: 'step', index: 1, of: 3, step: '8202:udp', sentMs: 150 },
      { kind: 'step', index: 2, of: 3, step: '9303:tcp', sentMs: 300 },
      { kind: 'before', state: 'filtered' },
      { kind: 'after', state: 'open' },
    ]);
  });

  it('tells retries and causes', async () => {
    const { call, events, net } = await start();
    net.reply = () => 'silence';
    expect(await call('knock', { target: { kind: 'profile', name: 'web1' } })).toMatchObject({
      verdict: 'no-effect',
      causes: expect.arrayContaining([expect.any(String)]),
    });
    expect(events.filter(({ kind }) => kind === 'retry')).toEqual([
      { kind: 'retry', attempt: 2, of: 3 },
      { kind: 'retry', attempt: 3, of: 3 },
    ]);
  });

  it('takes a gap and a family for this once', async () => {
    const { call, net, profiles } = await start();
    await call('knock', { target: { kind: 'profile', name: 'web1' }, gapMs: 400, family: 'ipv6' });
    expect(net.sent.map(({ at }) => at)).toEqual([0, 400, 800]);
    expect(net.resolved).toEqual([{ host: 'web1.example.org', family: 'ipv6' }]);
    expect(profiles.find('web1')).toEqual(staticProfile());
  });

  it('needs no profile, and then keeps nothing', async () => {
    const { call, net, files, grants, runViews } = await start();
    const before = new Map(files.texts);
    const target = { kind: 'host', host: 'h', method: { kind: 'static', sequence: '7000:udp,8000:udp' } };
    expect(await call('knock', { target })).toMatchObject({ verdict: 'sent', before: null, after: null });
    expect(net.order).toEqual([7000, 8000]);
    expect([files.texts, grants.list(), runViews.list()]).toEqual([before, [], []]);
  });

  it('waits for the next code also without a profile, however the secret is written, and writes it nowhere', async () => {
    const { call, events, files, counters } = await start();
    const knock = (secret: string, period = 30) =>
      call('knock', { target: { kind: 'host', host: 'h', method: { kind: 'rotating', secret, period } } });
    await knock(SECRET);
    await knock(`${SECRET.toLowerCase().slice(0, 8)} ${SECRET.slice(8)}==`);
    expect(events.filter(({ kind }) => kind === 'waiting')).toHaveLength(1);
    expect(await knock(SECRET, 3600)).toMatchObject({ verdict: 'sent' });
    await counters.settled();
    expect(files.texts.get('/home/used-codes.json')).toBeUndefined();
    await call('knock', { target: { kind: 'profile', name: 'web2' } });
    await counters.settled();
    // The profile has the same secret, so it waits for the code after the last of the knocks without one.
    expect(events.filter(({ kind }) => kind === 'waiting')).toHaveLength(2);
    expect(JSON.parse(files.texts.get('/home/used-codes.json') ?? '')).toEqual({
      [codeKey(SECRET, 30)]: { open: START / 30_000 + 2, close: -1 },
    });
    const written = files.written.map(({ text }) => text).join('\n');
    expect(written.toUpperCase()).not.toContain(SECRET.slice(0, 16));
  });

  it('is cancelled with its connection', async () => {
    const { call, net, abort, clock } = await start();
    net.reply = () => 'silence';
    const knocking = problemOf(call('knock', { target: { kind: 'profile', name: 'web1' } }));
    net.refuse = () => {
      abort.abort();
      return null;
    };
    expect(await knocking).toMatchObject({ code: 'cancelled' });
    expect([net.sent.length, clock.pending]).toEqual([1, 0]);
  });
});

describe('connect, ticket and proxy', () => {
  it('answer what ssh is started with, once per ticket', async () => {
    const { call, tickets } = await start();
    expect(await call('connect', { name: 'web1' })).toMatchObject({
      report: { verdict: 'opened' },
      argv: expect.arrayContaining(ARGV_END),
    });
    expect(await call('connect', { name: 'web1' })).toMatchObject({
      report: null,
      argv: expect.arrayContaining(ARGV_END),
    });
    expect(await call('proxy', { profile: 'web1' })).toEqual({
      address: '203.0.113.7',
      port: 22,
      report: null,
    });
    const ticket = tickets.issue(['ssh', ...ARGV_END]);
    expect(await call('ticket', { ticket })).toEqual({ argv: ['ssh', ...ARGV_END] });
    expect(await problemOf(call('ticket', { ticket }))).toMatchObject({ code: 'not-found' });
  });

  it('answer nothing to start when the port is not reachable', async () => {
    const { call, net } = await start();
    net.reply = () => 'silence';
    expect(await call('connect', { name: 'web1' })).toMatchObject({
      report: { verdict: 'no-effect' },
      argv: [],
    });
    expect(await problemOf(call('proxy', { profile: 'web1' }))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('port 22 was filtered'),
      hint: expect.any(String),
    });
  });
});

describe('derive', () => {
  it.each(rks1.slice(0, 6))('is the TypeScript implementation: $sequence', async (row) => {
    const { call } = await start();
    const { secret, time, action, period, steps, protocols, range } = row;
    expect(await call('derive', { secret, time, action, period, steps, protocols, range })).toEqual({
      sequence: row.sequence,
    });
  });
});

describe('status and quit', () => {
  it('tell who answers and what is open', async () => {
    const { call } = await start();
    expect(await call('hello')).toEqual({ role: 'agent', version: '1.2.3', pid: 7, store: 'os' });
    await call('knock', { target: { kind: 'profile', name: 'web1' } });
    expect(await call('status')).toEqual({
      role: 'agent',
      version: '1.2.3',
      pid: 7,
      home: '/home',
      profiles: 2,
      secrets: { store: 'os', state: 'ok', detail: null },
      native: { icmp: true, rawTcp: true, hint: null },
      grants: [{ profile: 'web1', address: '203.0.113.7', port: 22, closesInMs: 29_999 }],
    });
  });

  it('end the agent for the app, and never the app for an app', async () => {
    const agent = await start('agent');
    await agent.call('quit', { for: 'app' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(agent.quits()).toBe(1);
    const app = await start('app');
    expect(await problemOf(app.call('quit', { for: 'app' }))).toMatchObject({ code: 'conflict' });
    await app.call('quit');
    await new Promise((resolve) => setImmediate(resolve));
    expect(app.quits()).toBe(1);
  });
});

describe('exit codes', () => {
  it.each<[ProblemCode, number]>([
    ['bad-input', 2],
    ['not-found', 2],
    ['conflict', 2],
    ['too-large', 2],
    ['bad-line', 2],
    ['unknown-method', 2],
    ['keychain-locked', 3],
    ['keychain-missing', 3],
    ['keychain-failed', 3],
    ['unresolvable', 4],
    ['no-route', 4],
    ['network', 4],
    ['no-capability', 4],
    ['cancelled', 1],
    ['refused', 1],
    ['storage', 5],
    ['internal', 5],
  ])('%s ends with %i', (code, exit) => expect(exitCode({ code, message: '' })).toBe(exit));
});
