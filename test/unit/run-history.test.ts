import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callHandlers } from '../../electron/main/ipc/handlers';
import { RunHistory } from '../../electron/main/services/run-history';
import { MOST_RUNS, readHistory, withRun, writeHistory, type RunRecord } from '../../shared/history/record';
import { opensWhen } from '../fakes/fake-network';
import { fakeServices } from '../fakes/fake-services';
import { FakePerson, FakeWindow } from '../fakes/fake-window';
import { diskError } from '../fakes/memory-files';
import { addBoth, SECRET, SEQUENCE, staticProfile } from '../fakes/sample-profiles';

const { id } = staticProfile();
const FILE = `/home/history/${id}.json`;

async function start() {
  const world = fakeServices();
  await addBoth(world.services);
  const person = new FakePerson();
  const window = new FakeWindow(callHandlers(world.services, person), world.log);
  const { history, runs, profiles } = world.services;
  const knock = (action: 'open' | 'close' = 'open') => {
    const before = world.net.sent.length;
    if (action === 'open') world.net.reply = opensWhen(() => world.net.sent.length >= before + 3);
    return world.clock.run(runs.knock(profiles.get(id), action).catch(() => undefined));
  };
  const call = (...args: Parameters<FakeWindow['call']>) => world.clock.run(window.call(...args));
  return { ...world, person, call, knock, history, of: () => world.clock.run(history.of(id)) };
}

const record: RunRecord = {
  at: 1,
  action: 'open',
  verdict: 'opened',
  code: null,
  before: 'filtered',
  after: 'open',
  address: '203.0.113.7',
  family: 'ipv4',
  interface: 'eth0',
  source: '192.168.1.5',
  attempts: 1,
  elapsedMs: 900,
  found: [],
};

describe('a run that ended', () => {
  it('is kept, with its way and without its steps', async () => {
    const { knock, of, files } = await start();
    await knock();
    expect(await of()).toMatchObject([
      {
        action: 'open',
        verdict: 'opened',
        before: 'filtered',
        after: 'open',
        address: '203.0.113.7',
        family: 'ipv4',
        interface: 'eth0',
        source: '192.168.1.5',
        attempts: 1,
        code: null,
        found: [],
      },
    ]);
    const text = files.texts.get(FILE) ?? '';
    expect(readHistory(text)).toHaveLength(1);
    for (const secret of [SECRET, SEQUENCE, ...SEQUENCE.match(/\d+/g)!]) expect(text).not.toContain(secret);
  });

  it('is kept with what was found, and with its error', async () => {
    const { net, clock, services, keychain, of } = await start();
    net.reply = () => 'silence';
    net.live.add(7101);
    await clock.run(services.runs.knock(services.profiles.get(id), 'open'));
    expect(await of()).toMatchObject([{ verdict: 'no-effect', attempts: 3, found: ['live-step'] }]);
    keychain.lock('get');
    await clock.run(services.runs.knock(services.profiles.get(id), 'open').catch(() => undefined));
    expect((await of())[0]).toMatchObject({
      verdict: 'error',
      code: 'keychain-locked',
      address: null,
      attempts: 0,
    });
  });

  it('is the last word on when the door opened', async () => {
    const { knock, history, clock, net } = await start();
    expect(await clock.run(history.lastOpened(id))).toBeNull();
    await knock();
    net.localEnd = { address: '10.8.0.2', name: 'wg0', onLink: false };
    expect(await clock.run(history.lastOpened(id))).toMatchObject({
      address: '203.0.113.7',
      interface: 'eth0',
    });
  });

  it('that was cancelled is not kept', async () => {
    const { services, clock, of, net } = await start();
    net.reply = () => 'silence';
    const running = services.runs.knock(services.profiles.get(id), 'open').catch(() => undefined);
    await clock.advance(100);
    services.runs.cancel(id);
    await clock.run(running);
    expect(await of()).toEqual([]);
  });
});

describe('the file', () => {
  it('holds the newest 50', () => {
    const many = Array.from({ length: 80 }, (_, at) => ({ ...record, at }));
    const kept = many.reduce<readonly RunRecord[]>(withRun, []);
    expect(kept).toHaveLength(MOST_RUNS);
    expect([kept[0]?.at, kept.at(-1)?.at]).toEqual([79, 30]);
    expect(readHistory(writeHistory(kept))).toEqual(kept);
  });

  it('that is damaged is moved aside and told of, and history begins anew', async () => {
    const { files, services, knock, of } = await start();
    files.texts.set(FILE, '{"version":1,"runs":[{"at":"soon"}]}');
    await knock();
    expect(await of()).toHaveLength(1);
    expect(files.texts.get(`${FILE}.corrupt`)).toContain('soon');
    expect(services.notices.list()).toMatchObject([{ message: expect.stringContaining(`${FILE}.corrupt`) }]);
  });

  it('is read without a fault, whatever is in it', () => {
    fc.assert(fc.property(fc.anything(), (value) => void readHistory(JSON.stringify(value) ?? '')));
    fc.assert(fc.property(fc.string(), (text) => void readHistory(text)));
  });

  it('that cannot be written is told of once, and keeps no knock from ending', async () => {
    const { files, services, knock, of } = await start();
    files.faults.write.push(diskError('ENOSPC'), diskError('ENOSPC'));
    await knock();
    await knock('close');
    expect(await of()).toHaveLength(2);
    expect(services.notices.list()).toHaveLength(1);
  });

  it('is there after a restart', async () => {
    const { knock, files, services, net, clock } = await start();
    await knock();
    await clock.run(services.history.settled());
    const again = new RunHistory(files, services.notices, net.routes, '/home/history');
    expect(await again.of(id)).toHaveLength(1);
  });
});

describe('the window', () => {
  it('is told the runs, and clears them until it takes that back', async () => {
    const { call, knock, files } = await start();
    await knock();
    expect(await call('runHistory', { id })).toMatchObject({ ok: true, value: [{ verdict: 'opened' }] });
    await call('clearHistory', { id });
    expect(files.texts.has(FILE)).toBe(false);
    expect(await call('runHistory', { id })).toEqual({ ok: true, value: [] });
    await knock('close');
    await call('restoreHistory', { id });
    expect(await call('runHistory', { id })).toMatchObject({
      value: [{ action: 'close' }, { action: 'open' }],
    });
    expect(readHistory(files.texts.get(FILE) ?? '')).toHaveLength(2);
  });

  it('loses it with its profile, and gets it back with it', async () => {
    const { call, knock, files } = await start();
    await knock();
    await call('removeProfile', { id });
    expect(files.texts.has(FILE)).toBe(false);
    expect(await call('runHistory', { id })).toMatchObject({ ok: false, error: { code: 'not-found' } });
    await call('restoreProfile', { id });
    expect(await call('runHistory', { id })).toMatchObject({ value: [{ verdict: 'opened' }] });
    expect(files.texts.has(FILE)).toBe(true);
  });

  it('saves it where the person says, under a name that a file may have', async () => {
    const { call, knock, person, services } = await start();
    await knock();
    await services.profiles.put({ ...staticProfile(), name: '../web 1/東京' });
    expect(await call('exportHistory', { id })).toMatchObject({ ok: true });
    const [saved] = person.saved;
    expect(saved?.name).toMatch(/^sallyport-history-[\p{L}\p{N}][\p{L}\p{N}._-]*-\d{4}-\d\d-\d\d\.json$/u);
    expect(JSON.parse(new TextDecoder().decode(saved?.bytes))).toMatchObject({
      profile: { host: 'web1.example.org', port: 22 },
      runs: [{ verdict: 'opened' }],
    });
    person.agrees = false;
    expect(await call('exportHistory', { id })).toEqual({ ok: true, value: { path: null } });
  });

  it('copies diagnostics without who and where', async () => {
    const { call, person, clock, net, services } = await start();
    net.reply = () => 'silence';
    net.addresses = ['203.0.113.7', '2001:db8::7'];
    await clock.run(services.runs.knock(services.profiles.get(id), 'open'));
    expect(await call('copyDiagnostics', { id })).toEqual({ ok: true, value: null });
    const [text = ''] = person.copied;
    expect(text).toContain('method: static');
    expect(text).toContain('no-effect, filtered -> filtered');
    expect(text).toContain('check family: possible');
    expect(text).toContain('public IPv4');
    for (const told of [
      'web1',
      'example.org',
      '203.0.113.7',
      '2001:db8',
      '192.168.1.5',
      'ops',
      '7101',
      '8202',
    ])
      expect(text).not.toContain(told);
  });
});
