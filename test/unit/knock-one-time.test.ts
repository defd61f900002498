import { describe, expect, it } from 'vitest';
import type { KnockMethod } from '../../electron/main/services/knock-plan';
import type { RunInput } from '../../electron/main/services/run-course';
import { opensWhen } from '../fakes/fake-network';
import { knockWorld } from '../fakes/knock-world';

const LIST = '# pads\n#000,8000\n7001,8001\n7002,8002\n7003,8003\n7004,8004';
const METHOD: KnockMethod = { kind: 'one-time', list: LIST, tcpFlags: ['syn'] };

function start(method: KnockMethod = METHOD, input: Partial<RunInput> = {}) {
  const world = knockWorld(method, {}, input);
  const { net, lists, files } = world;
  /** The server takes this line now. */
  const opensTo = (line: number) => {
    const begun = net.sent.length;
    net.reply = opensWhen(() => net.sent.slice(begun).some(({ what }) => what === 8000 + line));
  };
  const sentLines = () => [...new Set(net.order.map((port) => Number(port) % 1000))];
  const saved = () => JSON.parse(files.texts.get('/home/used-lines.json') ?? '{}') as Record<string, number>;
  return { ...world, opensTo, sentLines, saved, used: () => lists.used('k') };
}

describe('a knock by a one-time list', () => {
  it('sends the first line that is not used, and moves on when it has opened', async () => {
    const { opensTo, run, net, used, saved } = start();
    opensTo(1);
    expect(await run()).toMatchObject({
      verdict: 'opened',
      sent: [{ step: { port: 7001 } }, { step: { port: 8001 } }],
      notes: ['Only 3 lines of the one-time list are left: make a new one soon.'],
    });
    expect([used(), saved(), net.order]).toEqual([1, { k: 1 }, [7001, 8001]]);
  });

  it('tries one line more where one has no effect, and then counts both', async () => {
    const { opensTo, run, net, told, used } = start();
    opensTo(2);
    const outcome = await run();
    expect(outcome).toMatchObject({ verdict: 'opened', before: 'filtered' });
    expect(outcome.notes).toHaveLength(2);
    expect(outcome.notes[0]).toContain('the one after it is tried');
    expect(net.order).toEqual([7001, 8001, 7001, 8001, 7001, 8001, 7002, 8002]);
    expect(told.flatMap((p) => (p.kind === 'attempt' ? [[p.attempt, p.of]] : []))).toEqual(
      [1, 2, 3, 4].map((attempt) => [attempt, 6]),
    );
    expect(used()).toBe(2);
  });

  it('never tries a third, counts nothing, and says where to look', async () => {
    const { opensTo, run, sentLines, used, files } = start();
    opensTo(3);
    const outcome = await run();
    expect(outcome.verdict).toBe('no-effect');
    expect(outcome.advice.causes[0]?.text).toContain('not in step');
    expect([sentLines(), used(), files.written]).toEqual([[1, 2], 0, []]);
  });

  it('does not move on where the port was open before', async () => {
    const { net, run, used } = start();
    net.reply = () => ({ state: 'open', afterMs: 1 });
    expect(await run()).toMatchObject({ verdict: 'reachable-not-proven', notes: [] });
    expect([used(), net.order]).toEqual([0, [7001, 8001]]);
  });

  it('takes a port that begins to refuse as a proof for the lines before only', async () => {
    const { net, run, used } = start();
    net.reply = () => (net.order.includes(8002) ? { state: 'refused', afterMs: 1 } : 'silence');
    expect(await run()).toMatchObject({ verdict: 'nothing-listening' });
    expect(used()).toBe(1);
  });

  it('sends the last line alone, says so, and then is used up', async () => {
    const { lists, opensTo, run, net, used } = start();
    await lists.mark('k', 3, true);
    opensTo(4);
    expect(await run()).toMatchObject({ verdict: 'opened', notes: [expect.stringContaining('last line')] });
    expect([net.order, used()]).toEqual([[7004, 8004], 4]);
    expect(await run()).toMatchObject({
      verdict: 'error',
      problem: {
        code: 'bad-input',
        message: 'All 4 lines of the one-time list are used.',
        hint: expect.stringContaining('new list'),
      },
    });
    expect(net.sent).toHaveLength(2);
  });

  it('does not send the last line’s neighbour when there is none', async () => {
    const { lists, run, sentLines } = start();
    await lists.mark('k', 3, true);
    expect(await run()).toMatchObject({ verdict: 'no-effect' });
    expect(sentLines()).toEqual([4]);
  });

  it('is not saved without a profile, but remembered', async () => {
    const { opensTo, run, used, files } = start(METHOD, { saved: false });
    opensTo(1);
    await run();
    expect([used(), files.written]).toEqual([1, []]);
  });

  it('says when its place could not be saved', async () => {
    const { opensTo, run, files, used } = start();
    files.faults.write.push(new Error('disk full'));
    opensTo(1);
    const { verdict, notes } = await run();
    expect([verdict, used(), notes[1]]).toEqual(['opened', 1, expect.stringContaining('could not be saved')]);
  });

  it('stops at once where no path leads to, and has nothing that closes', async () => {
    const { net, run } = start();
    net.reply = ({ index }) => (index < 2 ? 'silence' : { state: 'unreachable', afterMs: 1 });
    expect(await run()).toMatchObject({ verdict: 'no-effect' });
    expect(net.order).toEqual([7001, 8001]);
    const close = start(METHOD, { action: 'close' });
    expect(await close.run()).toMatchObject({ verdict: 'error', problem: { code: 'bad-input' } });
    expect(close.net.sent).toEqual([]);
  });
});
