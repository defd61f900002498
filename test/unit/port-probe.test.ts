import { describe, expect, it } from 'vitest';
import { probeUntilClosed, probeUntilOpen } from '../../electron/main/services/port-probe';
import type { PortState } from '../../shared/contract/views';
import { FakeClock, settle } from '../fakes/fake-clock';
import { FakeNetwork, type Probe, type Reply } from '../fakes/fake-network';

function start(before: PortState, reply: (probe: Probe) => Reply | Error) {
  const clock = new FakeClock();
  const net = new FakeNetwork(clock);
  net.reply = reply;
  const abort = new AbortController();
  const input = { sockets: net, clock, address: '203.0.113.7', port: 22, before, signal: abort.signal };
  return { clock, net, abort, input };
}

const open = (afterMs: number): Reply => ({ state: 'open', afterMs });
const refused = (afterMs: number): Reply => ({ state: 'refused', afterMs });

describe('probing until open', () => {
  it('answers at once when the port is open, and leaves nothing behind', async () => {
    const { clock, net, input } = start('filtered', () => open(3));
    expect(await clock.run(probeUntilOpen(input))).toEqual({ state: 'open', handshakeMs: 3 });
    expect(clock.monotonic()).toBe(3);
    expect([net.probes.length, net.openProbes, clock.pending]).toEqual([1, 0, 0]);
  });

  it('finds a door that opens late with a fresh socket, not with a repeated SYN', async () => {
    const { clock, net, input } = start('filtered', ({ at }) => (at >= 1000 ? open(40) : 'silence'));
    expect(await clock.run(probeUntilOpen(input))).toEqual({ state: 'open', handshakeMs: 40 });
    expect(clock.monotonic()).toBe(1240);
    expect(net.probes.map(({ at }) => at)).toEqual([0, 25, 75, 150, 300, 600, 1200]);
    expect(net.probes.map(({ port, address }) => [port, address])).toContainEqual([22, '203.0.113.7']);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('times the connection that was accepted, not the first that was tried', async () => {
    const { clock, input } = start('filtered', ({ index }) => (index === 0 ? open(340) : open(330)));
    expect(await clock.run(probeUntilOpen(input))).toEqual({ state: 'open', handshakeMs: 340 });
    const late = start('filtered', ({ index }) => (index === 0 ? open(400) : open(330)));
    expect(await late.clock.run(probeUntilOpen(late.input))).toEqual({ state: 'open', handshakeMs: 330 });
  });

  it('gives silence five seconds', async () => {
    const { clock, net, input } = start('filtered', () => 'silence');
    expect(await clock.run(probeUntilOpen(input))).toEqual({ state: 'filtered', handshakeMs: null });
    expect(clock.monotonic()).toBe(5000);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('takes a second refusal for a proof, not the first', async () => {
    const { clock, net, input } = start('filtered', () => refused(2));
    expect(await clock.run(probeUntilOpen(input))).toEqual({ state: 'refused', handshakeMs: null });
    expect(clock.monotonic()).toBe(302);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('does not take one stray reset for a proof', async () => {
    const { clock, input } = start('filtered', ({ index }) => (index === 1 ? refused(2) : 'silence'));
    expect(await clock.run(probeUntilOpen(input))).toMatchObject({ state: 'filtered' });
  });

  it('goes on after refusals where the port had refused before', async () => {
    const { clock, input } = start('refused', ({ at }) => (at >= 2400 ? open(1) : refused(1)));
    expect(await clock.run(probeUntilOpen(input))).toMatchObject({ state: 'open' });
    const never = start('refused', () => refused(1));
    expect(await never.clock.run(probeUntilOpen(never.input))).toMatchObject({ state: 'refused' });
    expect(never.clock.monotonic()).toBe(5000);
  });

  it('tells that the way is gone, unless the port answers after all', async () => {
    const gone = (at: number): Reply => (at > 500 ? open(1) : { state: 'unreachable', afterMs: 1 });
    const back = start('filtered', ({ at }) => gone(at));
    expect(await back.clock.run(probeUntilOpen(back.input))).toMatchObject({ state: 'open' });
    const lost = start('filtered', () => ({ state: 'unreachable', afterMs: 1 }));
    expect(await lost.clock.run(probeUntilOpen(lost.input))).toMatchObject({ state: 'unreachable' });
  });

  it('ends at once when it is cancelled', async () => {
    const { clock, net, abort, input } = start('filtered', () => 'silence');
    const probing = probeUntilOpen(input);
    const ended = expect(probing).rejects.toThrow('abort');
    await clock.advance(700);
    abort.abort();
    await ended;
    expect(clock.monotonic()).toBe(700);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('fails when a socket cannot be made, and leaves nothing behind', async () => {
    const { clock, net, input } = start('filtered', ({ index }) =>
      index === 2 ? new Error('EMFILE') : 'silence',
    );
    await expect(clock.run(probeUntilOpen(input))).rejects.toThrow('EMFILE');
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });
});

describe('probing until closed', () => {
  it('takes three silences in a row for closed', async () => {
    const { clock, net, input } = start('open', ({ at }) => (at < 300 ? open(1) : 'silence'));
    expect(await clock.run(probeUntilClosed(input))).toBe('filtered');
    expect(net.probes.map(({ at, saw }) => [at, saw])).toEqual([
      [0, 'open'],
      [201, 'open'],
      [402, 'filtered'],
      [1302, 'filtered'],
      [2202, 'filtered'],
    ]);
    expect(clock.monotonic()).toBe(2902);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it.each(['silence', refused(1)] as const)('takes two lost packets for nothing: %o', async (lost) => {
    const { clock, net, input } = start('open', ({ index }) => (index % 3 === 2 ? open(1) : lost));
    expect(await clock.run(probeUntilClosed(input))).toBe('open');
    expect(clock.monotonic()).toBeGreaterThan(5000);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('starts to count anew after an open answer', async () => {
    const { clock, net, input } = start('open', ({ index }) => (index === 2 ? open(1) : refused(1)));
    expect(await clock.run(probeUntilClosed(input))).toBe('refused');
    expect(net.probes).toHaveLength(6);
  });

  it('gives up after five seconds of an open port', async () => {
    const { clock, net, input } = start('open', () => open(1));
    expect(await clock.run(probeUntilClosed(input))).toBe('open');
    expect(clock.monotonic()).toBeGreaterThan(5000);
    expect(clock.monotonic()).toBeLessThan(6000);
    expect([net.openProbes, clock.pending]).toEqual([0, 0]);
  });

  it('ends at once when it is cancelled', async () => {
    const { clock, abort, input } = start('open', () => 'silence');
    const ended = expect(probeUntilClosed(input)).rejects.toThrow('abort');
    await clock.advance(100);
    abort.abort();
    await ended;
    expect([clock.monotonic(), clock.pending]).toEqual([100, 0]);
  });

  it('leaves no timer behind when a socket cannot be made', async () => {
    const { clock, input } = start('open', () => new Error('EMFILE'));
    await expect(probeUntilClosed(input)).rejects.toThrow('EMFILE');
    await settle();
    expect(clock.pending).toBe(0);
  });
});
