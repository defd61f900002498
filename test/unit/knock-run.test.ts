import { describe, expect, it } from 'vitest';
import { runKnock, type RunInput, type RunProgress } from '../../electron/main/services/knock-run';
import type { KnockMethod, KnockTarget } from '../../electron/main/services/knock-plan';
import { ProblemError } from '../../shared/contract/result';
import { RKS1_DEFAULTS, readSecret } from '../../shared/sequence/parameters';
import { deriveSteps } from '../../shared/sequence/rks1';
import { formatSteps } from '../../shared/sequence/step';
import { START } from '../fakes/fake-clock';
import { opensWhen } from '../fakes/fake-network';
import { fakeServices } from '../fakes/fake-services';
import { SECRET } from '../fakes/sample-profiles';

const STATIC: KnockMethod = {
  kind: 'static',
  sequence: '7000,8000,9000',
  closeSequence: null,
  tcpFlags: ['syn'],
};
const rotating = (period = 30): KnockMethod => ({
  kind: 'rotating',
  secret: SECRET,
  parameters: { ...RKS1_DEFAULTS, period },
});

function start(method: KnockMethod, more: Partial<KnockTarget> = {}, input: Partial<RunInput> = {}) {
  const world = fakeServices();
  const { clock, net } = world;
  const told: RunProgress[] = [];
  const abort = new AbortController();
  const target: KnockTarget = {
    key: 'k',
    host: 'web1.example.org',
    port: 22,
    family: 'auto',
    gapMs: 150,
    openFor: 30,
    method,
    ...more,
  };
  const full: RunInput = {
    target,
    action: 'open',
    saved: true,
    renews: false,
    signal: abort.signal,
    progress: (progress) => told.push(progress),
    ...input,
  };
  const run = () => clock.run(runKnock(world.services.ports, full));
  const kinds = () => told.map(({ kind }) => kind);
  return { ...world, abort, told, kinds, run, net, clock };
}

const sequenceAt = (counter: number, period = 30) =>
  formatSteps(deriveSteps(readSecret(SECRET) as Uint8Array, counter, 'open', { ...RKS1_DEFAULTS, period }));
const sequencesSent = (told: readonly RunProgress[]) =>
  told.flatMap((progress) => (progress.kind === 'attempt' ? [formatSteps(progress.steps)] : []));
const PERIOD = START / 30_000;

describe('a static knock', () => {
  it('opens, and says what was there before and after', async () => {
    const { net, run, kinds } = start(STATIC);
    net.reply = opensWhen(() => net.sent.length === 3);
    expect(await run()).toMatchObject({
      verdict: 'opened',
      address: '203.0.113.7',
      before: 'filtered',
      after: 'open',
      message: 'Port 22 was filtered and is open now.',
      causes: [],
      problem: null,
      lastSentAt: START + 300,
      sent: [{ sentMs: 0 }, { sentMs: 150 }, { sentMs: 300 }],
    });
    expect(kinds()).toEqual(['resolved', 'attempt', 'step', 'step', 'step', 'before', 'probing']);
  });

  it('resolves once and stays with the first address', async () => {
    const { net, run } = start(STATIC, { family: 'ipv6' });
    net.addresses = ['2001:db8::1', '2001:db8::2'];
    net.reply = opensWhen(() => net.sent.length === 9);
    expect(await run()).toMatchObject({ verdict: 'opened', address: '2001:db8::1' });
    expect(net.resolved).toEqual([{ host: 'web1.example.org', family: 'ipv6' }]);
    expect(new Set([...net.sent, ...net.probes].map(({ address }) => address))).toEqual(
      new Set(['2001:db8::1']),
    );
  });

  it('tries three times, says so, and ranks the causes', async () => {
    const { net, run, told } = start(STATIC);
    const outcome = await run();
    expect(outcome).toMatchObject({ verdict: 'no-effect', before: 'filtered', after: 'filtered' });
    expect(outcome.causes.length).toBeGreaterThan(2);
    expect(told.flatMap((p) => (p.kind === 'attempt' ? [[p.attempt, p.of]] : []))).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(net.sent).toHaveLength(9);
  });

  it('is proven by the first state that was seen, also when a late door opens between two tries', async () => {
    const { net, run } = start(STATIC);
    net.reply = opensWhen(() => net.sent.length > 3);
    expect(await run()).toMatchObject({ verdict: 'opened', before: 'filtered', after: 'open' });
  });

  it('does not try again where no way leads', async () => {
    const { net, run } = start(STATIC);
    net.reply = () => ({ state: 'unreachable', afterMs: 1 });
    expect(await run()).toMatchObject({ verdict: 'no-effect', after: 'unreachable' });
    expect(net.sent).toHaveLength(3);
  });

  it('only sends without a port', async () => {
    const { net, run, kinds } = start(STATIC, { port: null });
    expect(await run()).toMatchObject({ verdict: 'sent', before: null, after: null });
    expect([net.sent.length, net.probes.length]).toEqual([3, 0]);
    expect(kinds()).not.toContain('before');
  });

  it('has nothing to close with when there is no close sequence', async () => {
    const { net, run } = start(STATIC, {}, { action: 'close' });
    expect(await run()).toMatchObject({ verdict: 'error', problem: { code: 'bad-input' } });
    expect(net.sent).toEqual([]);
  });

  it('knocks once at a door that is closed already', async () => {
    const { net, run } = start({ ...STATIC, closeSequence: '9000,8000,7000' }, {}, { action: 'close' });
    expect(await run()).toMatchObject({
      verdict: 'no-effect',
      message: 'Port 22 was filtered already, so this knock proves nothing.',
    });
    expect(net.sent).toHaveLength(3);
  });
});

describe('what goes wrong', () => {
  const problem = new ProblemError({ code: 'no-route', message: 'No way there.', hint: 'Check the VPN.' });

  it('is told as the run’s own outcome, with what was sent so far', async () => {
    const { net, run } = start(STATIC);
    net.refuse = ({ what }) => (what === 8000 ? problem : null);
    expect(await run()).toMatchObject({
      verdict: 'error',
      address: '203.0.113.7',
      message: 'No way there.',
      problem: { code: 'no-route', hint: 'Check the VPN.' },
      sent: [{ step: { port: 7000 } }],
    });
    expect(net.openProbes).toBe(0);
  });

  it('is told when the name is not found, and nothing is sent', async () => {
    const { net, run, told } = start(STATIC);
    net.addresses = new ProblemError({ code: 'unresolvable', message: 'No host named x was found.' });
    expect(await run()).toMatchObject({ verdict: 'error', address: null, problem: { code: 'unresolvable' } });
    expect([net.sent, told]).toEqual([[], []]);
  });

  it('rejects when it is a bug, or a cancel', async () => {
    const bug = start(STATIC);
    bug.net.refuse = () => new TypeError('a bug');
    await expect(bug.run()).rejects.toThrow('a bug');
    const cancelled = start(STATIC);
    cancelled.net.refuse = () => {
      cancelled.abort.abort();
      return null;
    };
    await expect(cancelled.run()).rejects.toThrow('abort');
    expect(cancelled.net.sent).toHaveLength(1);
  });

  it('can be cancelled while a name is looked up', async () => {
    const { services, clock, net, abort } = start(STATIC);
    const ports = { ...services.ports, resolver: { resolve: () => new Promise<never>(() => undefined) } };
    const input = {
      action: 'open',
      saved: true,
      renews: false,
      signal: abort.signal,
      progress: () => undefined,
    } as const;
    const target: KnockTarget = {
      key: 'k',
      host: 'h',
      port: 22,
      family: 'auto',
      gapMs: 0,
      openFor: 1,
      method: STATIC,
    };
    const ended = expect(runKnock(ports, { ...input, target })).rejects.toThrow('abort');
    abort.abort();
    await clock.run(ended);
    expect(net.sent).toEqual([]);
  });
});

describe('a rotating knock', () => {
  it('sends the code of its period and remembers that it is used up', async () => {
    const { net, run, told, counters } = start(rotating());
    net.reply = opensWhen(() => net.sent.length === 5);
    expect(await run()).toMatchObject({ verdict: 'opened' });
    expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD)]);
    expect(counters.last('k', 'open')).toBe(PERIOD);
  });

  it.each([0, 0.6])(
    'waits when under two seconds are left, also when timers wake %s ms early',
    async (earlyBy) => {
      const { net, clock, run, told } = start(rotating());
      clock.earlyBy = earlyBy;
      clock.stepWall(28_001);
      net.reply = opensWhen(() => net.sent.length === 5);
      await run();
      expect(told[1]).toMatchObject({
        kind: 'waiting',
        ms: 1999,
        until: START + 30_000,
        why: expect.stringContaining('almost over'),
      });
      expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD + 1)]);
    },
  );

  it('sends at once with two seconds left', async () => {
    const { clock, net, run, kinds } = start(rotating());
    clock.stepWall(28_000);
    net.reply = opensWhen(() => net.sent.length === 5);
    await run();
    expect(kinds()).not.toContain('waiting');
  });

  it('waits for the next code when this one is used', async () => {
    const { net, run, told, counters } = start(rotating());
    counters.mark('k', 'open', PERIOD, true);
    net.reply = opensWhen(() => net.sent.length === 5);
    await run();
    expect(told[1]).toMatchObject({
      kind: 'waiting',
      ms: 30_000,
      why: expect.stringContaining('used already'),
    });
    expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD + 1)]);
  });

  it('tries once more, with the next period’s code', async () => {
    const { run, told } = start(rotating());
    expect(await run()).toMatchObject({ verdict: 'no-effect' });
    expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD), sequenceAt(PERIOD + 1)]);
  });

  it('does not wait long by itself', async () => {
    const { run, told } = start(rotating(61));
    await run();
    expect(sequencesSent(told)).toHaveLength(1);
  });

  it('says that the clock went back instead of waiting for it', async () => {
    const { clock, net, run, counters } = start(rotating());
    counters.mark('k', 'open', PERIOD, true);
    clock.stepWall(-3_600_000);
    expect(await run()).toMatchObject({
      verdict: 'error',
      problem: { message: expect.stringContaining('clock went back') },
    });
    expect(net.sent).toEqual([]);
  });

  it('can be cancelled while it waits', async () => {
    const { clock, net, abort, counters, services } = start(rotating());
    counters.mark('k', 'open', PERIOD, true);
    const target: KnockTarget = {
      key: 'k',
      host: 'h',
      port: 22,
      family: 'auto',
      gapMs: 0,
      openFor: 1,
      method: rotating(),
    };
    const running = runKnock(services.ports, {
      target,
      action: 'open',
      saved: true,
      renews: false,
      signal: abort.signal,
      progress: () => undefined,
    });
    const ended = expect(running).rejects.toThrow('abort');
    await clock.advance(5000);
    abort.abort();
    await ended;
    expect([net.sent.length, clock.pending, counters.last('k', 'open')]).toEqual([0, 0, PERIOD]);
  });
});
