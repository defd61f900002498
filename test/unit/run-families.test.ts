import { describe, expect, it } from 'vitest';
import type { KnockMethod } from '../../electron/main/services/knock-plan';
import type { RunInput } from '../../electron/main/services/run-course';
import { runFamilies } from '../../electron/main/services/run-families';
import { ProblemError } from '../../shared/contract/result';
import type { Probe, Reply } from '../fakes/fake-network';
import { knockWorld } from '../fakes/knock-world';

const STATIC: KnockMethod = { kind: 'static', sequence: '7000,8000', closeSequence: null, tcpFlags: ['syn'] };
const ONE_TIME: KnockMethod = {
  kind: 'one-time',
  list: '7001,8001\n7002,8002\n7003,8003',
  tcpFlags: ['syn'],
};
const SIX = '2001:db8::7';
const FOUR = '203.0.113.7';

/** A server with an address of each family, of which these open. */
function start(opening: readonly string[], method: KnockMethod = STATIC, input: Partial<RunInput> = {}) {
  const world = knockWorld(method, { family: 'both' }, input);
  const { net, clock, services, input: full } = world;
  net.resolver.resolve = async (_host, family) => [family === 'ipv6' ? SIX : FOUR];
  const knocked = (address: string) =>
    net.sent.some((sent) => sent.address === address && Number(sent.what) >= 8000);
  net.reply = ({ address }: Probe): Reply =>
    opening.includes(address) && knocked(address) ? { state: 'open', afterMs: 1 } : 'silence';
  const run = () => clock.run(runFamilies(services.ports, full));
  return { ...world, run };
}

describe('a knock over both families', () => {
  it('goes to each address, proves each, and counts IPv6 first', async () => {
    const { run, net, told } = start([SIX, FOUR]);
    expect(await run()).toMatchObject({
      verdict: 'opened',
      address: SIX,
      addresses: [
        { address: SIX, verdict: 'opened', before: 'filtered', after: 'open' },
        { address: FOUR, verdict: 'opened', before: 'filtered', after: 'open' },
      ],
      message: 'IPv6: Port 22 was filtered and is open now. IPv4: Port 22 was filtered and is open now.',
    });
    expect(net.sent.map(({ address }) => address)).toEqual([SIX, FOUR, SIX, FOUR]);
    expect(told.filter(({ kind }) => kind === 'resolved')).toEqual([
      { kind: 'resolved', address: SIX },
      { kind: 'resolved', address: FOUR },
    ]);
  });

  it('does not let a family without effect keep the other waiting', async () => {
    const { run, net, told } = start([FOUR]);
    const outcome = await run();
    expect(net.sent.slice(0, 2).map(({ address }) => address)).toContain(FOUR);
    expect(told.filter(({ kind }) => kind === 'attempt')).toHaveLength(3);
    expect(outcome.verdict).toBe('opened');
  });

  it('counts the one that opened', async () => {
    const { run } = start([FOUR]);
    expect(await run()).toMatchObject({
      verdict: 'opened',
      address: FOUR,
      addresses: [{ verdict: 'no-effect' }, { verdict: 'opened' }],
    });
  });

  it('goes on where one family has no address, and fails only where both have none', async () => {
    const one = start([FOUR]);
    const missing = new ProblemError({
      code: 'unresolvable',
      message: 'No host with an IPv6 address was found.',
    });
    one.net.resolver.resolve = async (_host, family) => {
      if (family === 'ipv6') throw missing;
      return [FOUR];
    };
    const outcome = await one.run();
    expect(outcome).toMatchObject({
      verdict: 'opened',
      address: FOUR,
      addresses: [{ address: FOUR }],
      problem: null,
    });
    expect(outcome.message).toMatch(/^IPv6: No host with an IPv6 address was found\. IPv4: Port 22 was/);
    const none = start([]);
    none.net.resolver.resolve = () => Promise.reject(missing);
    expect(await none.run()).toMatchObject({
      verdict: 'error',
      problem: { code: 'unresolvable' },
      addresses: [],
    });
  });

  it('uses a line of a one-time list for each', async () => {
    const { run, net, lists } = start([SIX, FOUR], ONE_TIME);
    expect((await run()).verdict).toBe('opened');
    expect([net.order, lists.used('k')]).toEqual([[7001, 8001, 7002, 8002], 2]);
  });

  it('ends with a cancel, in the middle too', async () => {
    const { run, net, abort } = start([SIX, FOUR]);
    net.refuse = ({ address }) => {
      if (address === FOUR) abort.abort();
      return null;
    };
    await expect(run()).rejects.toThrow('aborted');
    expect(net.sent.length).toBeLessThanOrEqual(3);
  });
});
