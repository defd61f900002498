import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../electron/main/services/run-desk';
import { START } from '../fakes/fake-clock';
import { opensWhen, type Reply } from '../fakes/fake-network';
import { fakeServices, problemOf } from '../fakes/fake-services';
import { addBoth, rotatingProfile, staticProfile } from '../fakes/sample-profiles';

async function start() {
  const world = fakeServices();
  await addBoth(world.services);
  const events: RunEvent[] = [];
  world.services.runs.events.on((event) => events.push(event));
  world.net.reply = opensWhen(() => world.net.sent.length >= 3);
  const kinds = () => events.map(({ change }) => change.kind);
  return { ...world.services, ...world, events, kinds };
}

const profile = staticProfile();

describe('one run at a time', () => {
  it('lets callers join, and knocks once', async () => {
    const { runs, clock, net, kinds } = await start();
    const progress: string[] = [];
    const joined = [
      runs.knock(profile, 'open'),
      runs.knock(profile, 'open', { progress: ({ kind }) => progress.push(kind) }),
      runs.open(profile).then((opened) => (opened.kind === 'ran' ? opened.outcome : null)),
    ];
    const outcomes = await clock.run(Promise.all(joined));
    expect(new Set(outcomes).size).toBe(1);
    expect(outcomes[0]).toMatchObject({ verdict: 'opened' });
    expect(net.sent).toHaveLength(3);
    expect(kinds().filter((kind) => kind === 'started' || kind === 'ended')).toEqual(['started', 'ended']);
    expect(progress).toContain('step');
    // It is over: the opposite is not refused any more.
    expect(await clock.run(runs.knock(profile, 'close'))).toMatchObject({ verdict: 'no-effect' });
  });

  it('refuses the opposite action meanwhile', async () => {
    const { runs, clock } = await start();
    const running = runs.knock(profile, 'open');
    expect(await problemOf(runs.knock(profile, 'close'))).toMatchObject({
      code: 'conflict',
      message: 'A knock to open this door is under way.',
    });
    await clock.run(running);
  });

  it('runs two profiles side by side', async () => {
    const { runs, clock, net } = await start();
    await clock.run(Promise.all([runs.knock(profile, 'open'), runs.knock(rotatingProfile(), 'open')]));
    expect(net.sent).toHaveLength(8);
  });
});

describe('leaving', () => {
  it('cancels with the last caller, not with the first', async () => {
    const { runs, clock, net, kinds } = await start();
    net.reply = () => 'silence';
    const [first, second] = [new AbortController(), new AbortController()];
    const one = problemOf(runs.knock(profile, 'open', { signal: first.signal }));
    const two = problemOf(runs.knock(profile, 'open', { signal: second.signal }));
    await clock.advance(200);
    first.abort();
    expect(await one).toMatchObject({ code: 'cancelled' });
    await clock.advance(50);
    expect(kinds()).not.toContain('cancelled');
    second.abort();
    expect(await two).toMatchObject({ code: 'cancelled' });
    await clock.advance(0);
    expect([kinds().at(-1), clock.pending]).toEqual(['cancelled', 0]);
    expect(net.sent).toHaveLength(2);
  });

  it('starts nothing for a caller that is gone already', async () => {
    const { runs, clock, net } = await start();
    const gone = problemOf(runs.knock(profile, 'open', { signal: AbortSignal.abort() }));
    expect(await clock.run(gone)).toMatchObject({ code: 'cancelled' });
    expect(net.sent).toEqual([]);
  });

  it('tells everybody when the person cancels', async () => {
    const { runs, clock, kinds } = await start();
    const both = Promise.all([
      problemOf(runs.knock(profile, 'open')),
      problemOf(runs.knock(profile, 'open', { signal: new AbortController().signal })),
    ]);
    await clock.advance(10);
    runs.cancel(profile.id);
    expect(await both).toMatchObject([{ code: 'cancelled' }, { code: 'cancelled' }]);
    expect(kinds().at(-1)).toBe('cancelled');
  });

  it('starts a new run for who knocks right after a cancel', async () => {
    const { runs, clock } = await start();
    const first = problemOf(runs.knock(profile, 'open'));
    await clock.advance(10);
    runs.cancel(profile.id);
    const second = runs.knock(profile, 'open');
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(await clock.run(second)).toMatchObject({ verdict: 'opened' });
  });

  it('can be cancelled while the keychain asks for its password', async () => {
    const { runs, clock, keychain, net, kinds } = await start();
    keychain.get = () => new Promise(() => undefined);
    const running = problemOf(runs.knock(profile, 'open'));
    await clock.advance(10);
    runs.cancelAll();
    expect(await clock.run(running)).toMatchObject({ code: 'cancelled' });
    expect([net.sent.length, kinds().at(-1)]).toEqual([0, 'cancelled']);
  });
});

describe('grants', () => {
  it('shares a live grant without a knock, until it is nearly over', async () => {
    const { runs, grants, clock, net } = await start();
    await clock.run(runs.knock(profile, 'open'));
    const until = START + 300 + 30_000;
    expect(grants.list()).toEqual([{ profileId: profile.id, address: '203.0.113.7', port: 22, until }]);
    expect(await clock.run(runs.open(profile))).toMatchObject({ kind: 'shared', grant: { until } });
    expect(net.sent).toHaveLength(3);
    await clock.advance(until - clock.now() - 3000);
    net.reply = () => ({ state: 'open', afterMs: 1 });
    expect(await clock.run(runs.open(profile))).toMatchObject({ kind: 'ran' });
    expect(net.sent).toHaveLength(6);
    expect(grants.get(profile.id)?.until).toBe(until - 3000 + 300 + 30_000);
  });

  it('shares a grant for as long as an open door may take to answer, and leaves no timer', async () => {
    const { runs, clock, net } = await start();
    await clock.run(runs.knock(profile, 'open'));
    const pending = clock.pending;
    const probes = net.probes.length;
    net.reply = () => ({ state: 'open', afterMs: 999 });
    expect(await clock.run(runs.open(profile))).toMatchObject({ kind: 'shared' });
    expect(net.probes.slice(probes)).toMatchObject([{ address: '203.0.113.7', port: 22, saw: 'open' }]);
    expect([clock.pending, net.openProbes]).toEqual([pending, 0]);
  });

  it.each<[string, Reply | Error]>([
    ['is silent', 'silence'],
    ['refuses', { state: 'refused', afterMs: 1 }],
    ['has no way to it', { state: 'unreachable', afterMs: 1 }],
    ['answers too late', { state: 'open', afterMs: 1001 }],
    ['cannot be tried', new Error('EMFILE')],
  ])('shares no grant of a door that %s, and knocks instead', async (_what, reply) => {
    const { runs, grants, clock, net } = await start();
    await clock.run(runs.knock(profile, 'open'));
    const first = grants.get(profile.id)?.until ?? 0;
    const tried = net.probes.length;
    let dropped = false;
    grants.changed.on((list) => (dropped ||= list.length === 0));
    net.reply = ({ index }) => {
      if (index === tried) return reply;
      return net.sent.length >= 6 ? { state: 'open', afterMs: 1 } : 'silence';
    };
    expect(await clock.run(runs.open(profile))).toMatchObject({
      kind: 'ran',
      outcome: { verdict: 'opened', before: 'filtered' },
    });
    expect([net.sent.length, dropped, net.openProbes]).toEqual([6, true, 0]);
    expect(grants.get(profile.id)?.until).toBeGreaterThan(first);
  });

  it('knocks once for many callers that find the door shut', async () => {
    const { runs, clock, net } = await start();
    await clock.run(runs.knock(profile, 'open'));
    net.reply = opensWhen(() => net.sent.length >= 6);
    const opened = await clock.run(Promise.all(Array.from({ length: 10 }, () => runs.open(profile))));
    expect(new Set(opened.map(({ kind }) => kind))).toEqual(new Set(['ran']));
    expect(net.sent).toHaveLength(6);
  });

  it.each([
    ['ipv6', '203.0.113.7', '2001:db8::7'],
    ['ipv4', '2001:db8::7', '203.0.113.7'],
  ] as const)(
    'shares no grant of another family than %s, and takes it for no proof',
    async (family, had, has) => {
      const { runs, grants, clock, net } = await start();
      net.addresses = [had];
      await clock.run(runs.knock(profile, 'open'));
      expect(grants.get(profile.id)).toMatchObject({ address: had });
      net.addresses = [has];
      expect(await clock.run(runs.open({ ...profile, family }))).toMatchObject({
        kind: 'ran',
        outcome: {
          address: has,
          verdict: 'reachable-not-proven',
          message: expect.stringContaining('proves nothing'),
        },
      });
      expect(grants.get(profile.id)).toMatchObject({ address: had });
    },
  );

  it('shares a grant of the family that is asked for', async () => {
    const { runs, clock } = await start();
    await clock.run(runs.knock(profile, 'open'));
    expect(await clock.run(runs.open({ ...profile, family: 'ipv4' }))).toMatchObject({ kind: 'shared' });
  });

  it('grants nothing for a port that was open before', async () => {
    const { runs, grants, clock, net } = await start();
    net.reply = () => ({ state: 'open', afterMs: 1 });
    const outcome = await clock.run(runs.knock(profile, 'open'));
    expect([outcome.verdict, grants.list()]).toEqual(['reachable-not-proven', []]);
  });

  it('ends the grant when a later run sees the door closed', async () => {
    for (const action of ['open', 'close'] as const) {
      const { runs, grants, clock, net } = await start();
      await clock.run(runs.knock(profile, 'open'));
      net.reply = () => 'silence';
      expect(await clock.run(runs.knock(profile, action))).toMatchObject({ verdict: 'no-effect' });
      expect(grants.list()).toEqual([]);
    }
  });
});

describe('what cannot start', () => {
  it('ends the run with the keychain’s words and rejects', async () => {
    const { runs, events, keychain, net } = await start();
    keychain.lock('get');
    expect(await problemOf(runs.knock(profile, 'open'))).toMatchObject({ code: 'keychain-locked' });
    expect(events.at(-1)?.change).toMatchObject({
      kind: 'ended',
      outcome: { verdict: 'error', problem: { code: 'keychain-locked' } },
    });
    expect(net.sent).toHaveLength(0);
  });

  it('does not knock with a secret of another kind', async () => {
    const { runs, secrets } = await start();
    await secrets.set(profile.id, await secrets.get(rotatingProfile().id));
    expect(await problemOf(runs.knock(profile, 'open'))).toMatchObject({ code: 'keychain-failed' });
  });
});
