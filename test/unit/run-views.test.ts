import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunView } from '../../shared/contract/views';
import { formatSteps, type Step } from '../../shared/sequence/step';
import { opensWhen } from '../fakes/fake-network';
import { fakeServices } from '../fakes/fake-services';
import { addBoth, rotatingProfile, staticProfile } from '../fakes/sample-profiles';

async function start() {
  const world = fakeServices();
  await addBoth(world.services);
  const views: RunView[] = [];
  world.services.runViews.changed.on((view) => views.push(view));
  return { ...world.services, ...world, views };
}

/** Ports that stand out: no time, size or other port of these tests has five digits of them. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('tcp' as const, 'udp' as const),
    port: fc.integer({ min: 51_000, max: 65_535 }),
  }),
  fc.record({ kind: fc.constant('icmp' as const), payload: fc.integer({ min: 1001, max: 1400 }) }),
);

/** Everything of a view but what counts milliseconds. */
function withoutTimes(view: RunView): string {
  return JSON.stringify(view, (name, value: unknown) =>
    ['startedAt', 'elapsedMs', 'until', 'sentMs', 'id', 'profileId'].includes(name) ? undefined : value,
  );
}

const numberOf = (one: Step) => String(one.kind === 'icmp' ? one.payload : one.port);

describe('what the renderer sees of a run', () => {
  it('never holds a port or size of a static sequence, whatever becomes of the run', async () => {
    const outcome = fc.constantFrom('opens', 'silent', 'refuses', 'fails', 'cancelled');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), outcome, async (steps, course) => {
        const { runs, secrets, clock, net, views } = await start();
        const sequence = formatSteps(steps);
        await secrets.set(staticProfile().id, { kind: 'static', sequence, closeSequence: null });
        if (course === 'opens') net.reply = opensWhen(() => net.sent.length >= steps.length);
        if (course === 'refuses') net.reply = () => ({ state: 'refused', afterMs: 1 });
        net.refuse = () => {
          if (course === 'cancelled') runs.cancelAll();
          return course === 'fails' ? new Error('a bug') : null;
        };
        await clock.run(runs.knock(staticProfile(), 'open').catch(() => undefined));
        expect(views.length).toBeGreaterThan(2);
        for (const view of views) {
          for (const one of steps) expect(withoutTimes(view)).not.toContain(numberOf(one));
          for (const shown of view.steps) expect(shown.label).toBeNull();
        }
        expect(views.at(-1)).toMatchObject({ phase: 'done', waiting: null });
      }),
      { numRuns: 40 },
    );
  });

  it('holds a step of a rotating code only once it was sent', async () => {
    const { runs, clock, net, views } = await start();
    net.reply = opensWhen(() => net.sent.length >= 5);
    await clock.run(runs.knock(rotatingProfile(), 'open'));
    expect(net.sent).toHaveLength(5);
    for (const view of views) {
      const sent = view.steps.filter(({ sentMs }) => sentMs !== null).length;
      net.order.forEach((port, index) => {
        expect(withoutTimes(view).includes(JSON.stringify(port))).toBe(index < sent);
      });
    }
    expect(views.at(-1)?.steps.map(({ label }) => label)).toEqual(
      net.sent.map(({ what, via }) => `${JSON.stringify(what)} ${via === 'syn' ? 'tcp' : 'udp'}`),
    );
  });

  it('goes from resolving to done, with what was seen on the way', async () => {
    const { runs, runViews, clock, net, views } = await start();
    net.reply = opensWhen(() => net.sent.length === 3);
    await clock.run(runs.knock(staticProfile(), 'open'));
    const phases = views.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]);
    expect(phases).toEqual(['resolving', 'sending', 'probing', 'done']);
    expect(runViews.list()).toEqual([views.at(-1)]);
    expect(runViews.get(staticProfile().id)).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
      after: 'open',
      address: '203.0.113.7',
      attempt: 1,
      attempts: 3,
      steps: [{ protocol: 'tcp' }, { protocol: 'udp' }, { protocol: 'tcp' }],
    });
  });

  it('counts the tries and starts each with unsent steps', async () => {
    const { runs, clock, views } = await start();
    await clock.run(runs.knock(staticProfile(), 'open'));
    expect(new Set(views.map(({ attempt }) => attempt))).toEqual(new Set([1, 2, 3]));
    const second = views.find(({ attempt }) => attempt === 2);
    expect(second?.steps.map(({ sentMs }) => sentMs)).toEqual([null, null, null]);
    expect(views.at(-1)).toMatchObject({
      verdict: 'no-effect',
      advice: { causes: expect.arrayContaining([expect.objectContaining({ certainty: 'possible' })]) },
    });
  });

  it('says that it was cancelled, and is gone once forgotten', async () => {
    const { runs, runViews, clock } = await start();
    const running = runs.knock(staticProfile(), 'open').catch(() => undefined);
    await clock.advance(100);
    runs.cancelAll();
    await clock.run(running);
    const { id } = staticProfile();
    expect(runViews.get(id)).toMatchObject({
      phase: 'done',
      verdict: 'error',
      problem: { code: 'cancelled' },
    });
    runViews.forget(id);
    expect([runViews.get(id), runViews.list()]).toEqual([null, []]);
  });
});
