import { describe, expect, it } from 'vitest';
import { runKnock } from '../../electron/main/services/knock-run';
import type { KnockMethod, KnockTarget } from '../../electron/main/services/knock-plan';
import { ProblemError } from '../../shared/contract/result';
import { START } from '../fakes/fake-clock';
import { opensWhen } from '../fakes/fake-network';
import { knockWorld as start } from '../fakes/knock-world';

const STATIC: KnockMethod = {
  kind: 'static',
  sequence: '7000,8000,9000',
  closeSequence: null,
  tcpFlags: ['syn'],
};

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
      advice: { causes: [], checks: [] },
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
    expect(outcome.advice.causes.length).toBeGreaterThan(2);
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

  it('does not try again where the way has gone meanwhile', async () => {
    const { net, run } = start(STATIC);
    net.reply = () => (net.sent.length < 3 ? 'silence' : { state: 'unreachable', afterMs: 1 });
    expect(await run()).toMatchObject({ verdict: 'no-effect', before: 'filtered', after: 'unreachable' });
    expect(net.sent).toHaveLength(3);
  });

  it('tries again where it was unreachable before, which is how firewalld rejects', async () => {
    const { net, run } = start(STATIC);
    const state = () => (net.sent.length >= 6 ? 'open' : 'unreachable');
    net.reply = () => ({ state: state(), afterMs: 1 });
    expect(await run()).toMatchObject({ verdict: 'opened', before: 'unreachable', after: 'open' });
    expect(net.sent).toHaveLength(6);
    const never = start(STATIC);
    never.net.reply = () => ({ state: 'unreachable', afterMs: 1 });
    expect(await never.run()).toMatchObject({
      verdict: 'no-effect',
      advice: {
        causes: expect.arrayContaining([
          expect.objectContaining({ text: expect.stringContaining('firewalld') }),
        ]),
      },
    });
    expect(never.net.sent).toHaveLength(9);
  });

  it('claims no opening that a slow way could have hidden', async () => {
    const { net, run } = start(STATIC);
    net.reply = () => ({ state: 'open', afterMs: 350 });
    expect(await run()).toMatchObject({
      verdict: 'reachable-not-proven',
      before: null,
      after: 'open',
      message: 'Port 22 is open now, but answers too slowly to say whether it was before the knock.',
    });
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
      lastOpened: null,
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
