import { describe, expect, it } from 'vitest';
import { runKnock } from '../../electron/main/services/knock-run';
import type { RunProgress } from '../../electron/main/services/run-course';
import type { KnockMethod, KnockTarget } from '../../electron/main/services/knock-plan';
import { RKS1_DEFAULTS, readSecret } from '../../shared/sequence/parameters';
import { deriveSteps } from '../../shared/sequence/rks1';
import { formatSteps } from '../../shared/sequence/step';
import { START } from '../fakes/fake-clock';
import { opensWhen } from '../fakes/fake-network';
import { knockWorld as start } from '../fakes/knock-world';
import { SECRET } from '../fakes/sample-profiles';

const rotating = (period = 30): KnockMethod => ({
  kind: 'rotating',
  secret: SECRET,
  parameters: { ...RKS1_DEFAULTS, period },
});

const sequenceAt = (counter: number, period = 30) =>
  formatSteps(deriveSteps(readSecret(SECRET) as Uint8Array, counter, 'open', { ...RKS1_DEFAULTS, period }));
const sequencesSent = (told: readonly RunProgress[]) =>
  told.flatMap((progress) => (progress.kind === 'attempt' ? [formatSteps(progress.steps)] : []));
const PERIOD = START / 30_000;

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

  it('tries once more, with the next period’s code, each step of it three times within its gap', async () => {
    const { net, run, told } = start(rotating());
    expect(await run()).toMatchObject({ verdict: 'no-effect' });
    expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD), sequenceAt(PERIOD + 1)]);
    const ports = (counter: number) => sequenceAt(counter).match(/\d+/g)?.map(Number) ?? [];
    const thrice = ports(PERIOD + 1).flatMap((port) => [port, port, port]);
    expect(net.order).toEqual([...ports(PERIOD), ...thrice]);
    const [begin = 0, ...times] = net.sent.slice(5).map(({ at }) => at);
    expect(times.slice(0, 5).map((at) => at - begin)).toEqual([50, 100, 150, 200, 250]);
    const steps = told.filter(({ kind }) => kind === 'step');
    expect(steps.slice(5)).toMatchObject([0, 1, 2, 3, 4].map((index) => ({ index, sentMs: index * 150 })));
  });

  it('does not wait long by itself', async () => {
    const { run, told } = start(rotating(61));
    await run();
    expect(sequencesSent(told)).toHaveLength(1);
  });

  it.each(['open', 'close'] as const)(
    'knocks at once where a code to %s is recorded far ahead, and waits again from then on',
    async (action) => {
      for (const ahead of [2, 3, 120]) {
        const { net, run, told, counters } = start(rotating());
        counters.mark('k', action, PERIOD + ahead, true);
        net.reply = opensWhen(() => net.sent.length >= 5);
        expect(await run()).toMatchObject({ verdict: 'opened', problem: null });
        expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD)]);
        expect(told.filter(({ kind }) => kind === 'waiting')).toEqual([]);
        expect(counters.last('k', 'open')).toBe(PERIOD);
        await run();
        expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD), sequenceAt(PERIOD + 1)]);
      }
    },
  );

  it('waits out a code that is recorded one ahead', async () => {
    const { net, run, told, counters } = start(rotating());
    counters.mark('k', 'open', PERIOD + 1, true);
    net.reply = opensWhen(() => net.sent.length === 5);
    await run();
    expect(told[1]).toMatchObject({ kind: 'waiting', ms: 60_000 });
    expect(sequencesSent(told)).toEqual([sequenceAt(PERIOD + 2)]);
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
      lastOpened: null,
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
