import { describe, expect, it } from 'vitest';
import { Grants } from '../../electron/main/services/grants';
import { Tickets } from '../../electron/main/services/tickets';
import type { GrantView } from '../../shared/contract/views';
import { FakeClock, START } from '../fakes/fake-clock';
import { countingRandomness, problemOf } from '../fakes/fake-services';

function start() {
  const clock = new FakeClock();
  const grants = new Grants(clock);
  const told: (readonly GrantView[])[] = [];
  grants.changed.on((value) => told.push(value));
  return { clock, grants, told };
}

describe('grants', () => {
  it('end by themselves, and say so', async () => {
    const { clock, grants, told } = start();
    const grant = { profileId: 'a', address: '203.0.113.7', port: 22, until: START + 30_000 };
    grants.open('a', '203.0.113.7', 22, START + 30_000);
    expect([grants.get('a'), grants.list(), told]).toEqual([grant, [grant], [[grant]]]);
    await clock.advance(29_999);
    expect(grants.get('a')).toEqual(grant);
    await clock.advance(1);
    expect([grants.get('a'), grants.list(), told.at(-1), clock.pending]).toEqual([null, [], [], 0]);
  });

  it('are usable until three seconds before', async () => {
    const { clock, grants } = start();
    grants.open('a', '203.0.113.7', 22, START + 10_000);
    await clock.advance(6999);
    expect(grants.usable('a')).not.toBeNull();
    await clock.advance(1);
    expect([grants.usable('a'), grants.get('a') === null]).toEqual([null, false]);
  });

  it('are renewed, the old timer with them', async () => {
    const { clock, grants, told } = start();
    grants.open('a', '203.0.113.7', 22, START + 10_000);
    grants.open('a', '203.0.113.7', 22, START + 20_000);
    expect(clock.pending).toBe(1);
    await clock.advance(15_000);
    expect([grants.list().length, told.length]).toEqual([1, 2]);
    await clock.advance(5000);
    expect([grants.list().length, told.length]).toEqual([0, 3]);
  });

  it('end at once when closed or over already', async () => {
    const { clock, grants, told } = start();
    grants.open('a', '203.0.113.7', 22, START + 10_000);
    grants.close('a');
    grants.close('a');
    expect([grants.list(), told.length, clock.pending]).toEqual([[], 2, 0]);
    grants.open('b', '203.0.113.7', 22, START - 1);
    expect([grants.list(), grants.get('b'), grants.usable('b')]).toEqual([[], null, null]);
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });

  it('leave no timer behind', () => {
    const { clock, grants } = start();
    grants.open('a', '203.0.113.7', 22, START + 10_000);
    grants.open('b', '203.0.113.7', 22, START + 10_000);
    grants.stop();
    expect(clock.pending).toBe(0);
  });
});

describe('tickets', () => {
  const argv = ['ssh', '--', 'web1'];

  it('are 32 hex digits, each another, good once', async () => {
    const tickets = new Tickets(new FakeClock(), countingRandomness());
    const [one, two] = [tickets.issue(argv), tickets.issue(['ssh', '--', 'web2'])];
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(two).not.toBe(one);
    expect(tickets.redeem(one)).toEqual({ argv, test: false });
    expect(() => tickets.redeem(one)).toThrow('used already, or is older than 30 seconds');
    expect(tickets.redeem(two).argv).toEqual(['ssh', '--', 'web2']);
  });

  it('are good for thirty seconds, whatever the wall clock does', async () => {
    const clock = new FakeClock();
    const tickets = new Tickets(clock, countingRandomness());
    const [soon, late] = [tickets.issue(argv), tickets.issue(argv)];
    clock.stepWall(-86_400_000);
    await clock.advance(29_999);
    expect(tickets.redeem(soon).argv).toEqual(argv);
    await clock.advance(1);
    expect(await problemOf(Promise.resolve().then(() => tickets.redeem(late)))).toMatchObject({
      code: 'not-found',
      hint: 'Go back to Sallyport and click again.',
    });
  });
});
