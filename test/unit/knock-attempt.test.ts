import { describe, expect, it } from 'vitest';
import { attemptKnock, type AttemptInput } from '../../electron/main/services/knock-attempt';
import { ProblemError } from '../../shared/contract/result';
import { parseStaticSequence } from '../../shared/sequence/step';
import { FakeClock } from '../fakes/fake-clock';
import { FakeNetwork } from '../fakes/fake-network';

function start(sequence: string, more: Partial<AttemptInput> = {}) {
  const clock = new FakeClock();
  const net = new FakeNetwork(clock);
  const parsed = parseStaticSequence(sequence);
  if (!parsed.ok) throw new Error(parsed.message);
  const abort = new AbortController();
  const input: AttemptInput = {
    plan: { steps: parsed.steps, tcpFlags: ['syn'], udpPayload: new Uint8Array(1), counter: null },
    action: 'open',
    address: '203.0.113.7',
    port: 22,
    known: null,
    gapMs: 150,
    copies: 1,
    signal: abort.signal,
    ...more,
  };
  const told: unknown[] = [];
  const events = {
    step: (index: number, sentMs: number) => told.push(['step', index, sentMs]),
    answered: (index: number) => told.push(['answered', index]),
    before: (state: string) => told.push(['before', state]),
    probing: () => told.push(['probing']),
  };
  const attempt = () => attemptKnock({ clock, sockets: net, native: net.native }, input, events);
  return { clock, net, abort, told, attempt };
}

describe('sending', () => {
  it('sends each step its way, in order, with the gap between', async () => {
    const { clock, net, told, attempt } = start('7000:tcp,8000:udp,icmp:128', { port: null });
    expect(await clock.run(attempt())).toEqual({ before: null, after: null });
    expect(net.sent).toEqual([
      { via: 'syn', address: '203.0.113.7', what: 7000, bytes: null, at: 0 },
      { via: 'udp', address: '203.0.113.7', what: 8000, bytes: [0], at: 150 },
      { via: 'native', address: '203.0.113.7', what: { kind: 'icmp', payload: 128 }, bytes: null, at: 300 },
    ]);
    expect(told).toEqual([
      ['step', 0, 0],
      ['step', 1, 150],
      ['step', 2, 300],
    ]);
    expect(net.probes).toEqual([]);
  });

  it('sends TCP steps with other flags natively', async () => {
    const { clock, net, attempt } = start('7000,8000:udp', {
      port: null,
      plan: {
        steps: [
          { kind: 'tcp', port: 7000 },
          { kind: 'udp', port: 8000 },
        ],
        tcpFlags: ['fin', 'urg'],
        udpPayload: new Uint8Array(1),
        counter: null,
      },
    });
    await clock.run(attempt());
    expect(net.order).toEqual([{ kind: 'tcp', port: 7000, flags: ['fin', 'urg'] }, 8000]);
  });

  it('stops at the step that the kernel refuses', async () => {
    const { clock, net, told, attempt } = start('7000,8000,9000');
    net.refuse = ({ what }) => (what === 8000 ? new Error('ENETUNREACH') : null);
    await expect(clock.run(attempt())).rejects.toThrow('ENETUNREACH');
    expect([net.order, told]).toEqual([[7000], [['step', 0, 0]]]);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('stops between two steps when it is cancelled', async () => {
    const { clock, net, abort, attempt } = start('7000,8000,9000');
    const ended = expect(attempt()).rejects.toThrow('abort');
    await clock.advance(200);
    abort.abort();
    await ended;
    expect([net.order, net.openProbes, clock.pending]).toEqual([[7000, 8000], 0, 0]);
  });
});

describe('the probe before', () => {
  it('is two SYNs, before the first step, and over before the last leaves', async () => {
    const { clock, net, told, attempt } = start('7000,8000,9000');
    net.reply = ({ index }) => (index < 2 ? 'silence' : { state: 'open', afterMs: 1 });
    const lastLeft: number[] = [];
    net.refuse = ({ what }) => {
      if (what === 9000) lastLeft.push(net.openProbes);
      return null;
    };
    expect(await clock.run(attempt())).toEqual({ before: 'filtered', after: 'open' });
    expect(net.probes.slice(0, 2)).toMatchObject([
      { at: 0, endedAt: 300, port: 22, saw: 'filtered' },
      { at: 0, endedAt: 300, port: 22, saw: 'filtered' },
    ]);
    expect(lastLeft).toEqual([0]);
    expect(told.slice(-2)).toEqual([['before', 'filtered'], ['probing']]);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('finds an open port also when its first SYN is lost', async () => {
    const { clock, net, attempt } = start('7000,8000,9000');
    net.reply = ({ index }) => (index === 0 ? 'silence' : { state: 'open', afterMs: 40 });
    expect(await clock.run(attempt())).toEqual({ before: 'open', after: 'open' });
    expect(net.probes[0]).toMatchObject({ endedAt: 40 });
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it.each(['open', 'refused', 'unreachable'] as const)('is over with %s', async (state) => {
    const { clock, net, told, attempt } = start('7000,8000,9000');
    net.reply = ({ index }) => (index < 2 ? { state, afterMs: 20 + index } : { state: 'open', afterMs: 1 });
    expect(await clock.run(attempt())).toEqual({ before: state, after: 'open' });
    expect(net.probes.map(({ at }) => at)).toEqual([0, 0, 300]);
    expect(net.probes[1]).toMatchObject({ endedAt: 20 });
    expect(told).toContainEqual(['before', state]);
  });

  it('is over before the kernel would repeat it, however long the steps take', async () => {
    const { clock, net, attempt } = start('7000,8000,9000', { gapMs: 800 });
    net.reply = ({ index }) => (index < 2 ? 'silence' : { state: 'open', afterMs: 1 });
    expect(await clock.run(attempt())).toEqual({ before: 'filtered', after: 'open' });
    expect(net.probes.slice(0, 2).map(({ endedAt }) => endedAt)).toEqual([900, 900]);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('waits for an answer before a single step, but not for long', async () => {
    const silent = start('7000');
    silent.net.reply = ({ index }) => (index < 2 ? 'silence' : { state: 'open', afterMs: 1 });
    expect(await silent.clock.run(silent.attempt())).toEqual({ before: 'filtered', after: 'open' });
    expect(silent.net.sent[0]?.at).toBe(300);

    const answered = start('7000');
    answered.net.reply = () => ({ state: 'open', afterMs: 20 });
    expect(await answered.clock.run(answered.attempt())).toEqual({ before: 'open', after: 'open' });
    expect(answered.net.sent[0]?.at).toBe(20);
  });

  it('does not call an open port filtered because its answer was not waited for', async () => {
    for (const gapMs of [0, 5, 50]) {
      const { clock, net, attempt } = start('7000,8000,9000', { gapMs });
      net.reply = () => ({ state: 'open', afterMs: 120 });
      expect(await clock.run(attempt())).toEqual({ before: 'open', after: 'open' });
    }
  });

  it.each([0, 1])('fails the knock when its socket %i could not be made', async (which) => {
    const { clock, net, attempt } = start('7000,8000,9000');
    net.reply = ({ index }) => (index === which ? new Error('EMFILE') : 'silence');
    await expect(clock.run(attempt())).rejects.toThrow('EMFILE');
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });
});

describe('options of a step', () => {
  it('go to what can send them, and a gap counts for its step alone', async () => {
    const sequence =
      '7000;gap=20,7001;flags=syn+fin;ttl=9;from=40001,7002;flags=syn,8000:udp;data=hex:0aff;ttl=7;from=40002,icmp:8;ttl=5';
    const { clock, net, attempt } = start(sequence, { port: null });
    await clock.run(attempt());
    const address = '203.0.113.7';
    const tcp = { kind: 'tcp', port: 7001, flags: ['syn', 'fin'], ttl: 9, sourcePort: 40001 };
    expect(net.sent).toEqual([
      { via: 'syn', address, what: 7000, bytes: null, at: 0 },
      { via: 'native', address, what: tcp, bytes: null, at: 20 },
      { via: 'syn', address, what: 7002, bytes: null, at: 170 },
      { via: 'udp', address, what: 8000, bytes: [10, 255], at: 320, options: { ttl: 7, sourcePort: 40002 } },
      { via: 'native', address, what: { kind: 'icmp', payload: 8, ttl: 5 }, bytes: null, at: 470 },
    ]);
  });

  it('are named with their step when it cannot be sent, and its port is not', async () => {
    const { clock, net, attempt } = start('7000,8001:udp;from=40001;gap=9', { port: null });
    const problem = { code: 'network', message: 'It could not leave.' } as const;
    net.refuse = ({ via }) => (via === 'udp' ? new ProblemError(problem) : null);
    await expect(clock.run(attempt())).rejects.toMatchObject({
      problem: { code: 'network', message: 'Step 2 (from): It could not leave.' },
    });
  });
});

describe('a try after another', () => {
  it('sends nothing but the steps until they are over, and keeps to what the port was', async () => {
    const { clock, net, told, attempt } = start('7000,8000', { known: 'filtered', gapMs: 50 });
    net.reply = () => ({ state: 'open', afterMs: 400 });
    expect(await clock.run(attempt())).toEqual({ before: 'filtered', after: 'open' });
    expect(net.sent.map(({ at }) => at)).toEqual([0, 50]);
    expect(net.probes.every(({ at }) => at >= 50)).toBe(true);
    expect(told).toContainEqual(['before', 'filtered']);
  });
});

describe('an answer after the knock', () => {
  /** Silent before, open after with a handshake of so many milliseconds. */
  const slow = (afterMs: number, sequence = '7000,8000,9000', more: Partial<AttemptInput> = {}) => {
    const world = start(sequence, more);
    world.net.reply = ({ index }) => (index < 2 ? 'silence' : { state: 'open', afterMs });
    return world;
  };

  it('proves nothing when it took as long as the probe before had listened', async () => {
    for (const [afterMs, before] of [
      [299, 'filtered'],
      [300, null],
      [301, null],
    ] as const) {
      const { clock, attempt } = slow(afterMs);
      expect(await clock.run(attempt())).toEqual({ before, after: 'open' });
    }
  });

  it('may take longer where the probe before had listened longer', async () => {
    const { clock, attempt } = slow(799, '7000,8000,9000', { gapMs: 400 });
    expect(await clock.run(attempt())).toEqual({ before: 'filtered', after: 'open' });
    const longer = slow(800, '7000,8000,9000', { gapMs: 400 });
    expect(await longer.clock.run(longer.attempt())).toEqual({ before: null, after: 'open' });
  });

  it('is not made a proof by a last step that takes long to leave', async () => {
    const { clock, net, attempt } = slow(310, '7000,8000,icmp:64');
    const send = net.native.send.bind(net.native);
    net.native.send = async (...job) => {
      await clock.sleep(50);
      await send(...job);
    };
    expect(await clock.run(attempt())).toEqual({ before: null, after: 'open' });
  });

  it('is a proof after a refusal, however long it took', async () => {
    const { clock, net, attempt } = slow(900);
    net.reply = ({ index }) => ({ state: index < 2 ? 'refused' : 'open', afterMs: index < 2 ? 1 : 900 });
    expect(await clock.run(attempt())).toEqual({ before: 'refused', after: 'open' });
  });

  it('takes nothing from a port that stays shut', async () => {
    const { clock, net, attempt } = start('7000,8000,9000');
    net.reply = () => 'silence';
    expect(await clock.run(attempt())).toEqual({ before: 'filtered', after: 'filtered' });
  });
});
