/**
 * Knocks with the default settings over a path that loses 5 % each way and reorders. `npm run bench -- --only loss` counts
 * a hundred of each; a few are enough to see that the engine repeats what it must.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBadPath, type BadPath } from './bad-path';
import { CommandLine } from './command-line';
import { startSallyportd, startSshd } from './peers';
import { createTopology, type Topology } from './topology';

const RUNS = 20;
/** Of twenty, three that fail come about once in 30,000 times, by packets lost in three tries. */
const MUST_OPEN = RUNS - 2;
/** The shortest there is. */
const PERIOD_S = 10;
const OPEN_FOR_S = 2;

/** Each run has a key of its own: a key has 16 live grants at most, and a code is good once. */
const steps = (index: number): string =>
  `${31003 + index * 3}:tcp,${11007 + index * 5}:udp,${21001 + index * 7}:tcp`;
const secret = (index: number): string => `${'ABCDEFGHIJKLMNOPQRST'[index]}AQEAYEAUDAOCAJBIFQYDIOB4IBCEQTA`;

describe('over a path that loses and reorders packets', () => {
  let net: Topology;
  let path: BadPath;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    path = await createBadPath(net, RUNS);
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    const state = join(net.folder, 'state');
    mkdirSync(state);
    const keys = Array.from(
      { length: RUNS },
      (_, index) => `
  [[door.key]]
  user = "fixed${index}"
  method = "sequence"
  sequence = "${steps(index)}"
  [[door.key]]
  user = "rotating${index}"
  method = "rotating"
  period = "${PERIOD_S}s"
  secret = "${secret(index)}"`,
    );
    const config = join(net.folder, 'sallyportd.toml');
    const door = `[[door]]\nname = "ssh"\nports = ["22/tcp"]\nopen_for = "${OPEN_FOR_S}s"`;
    writeFileSync(config, `state_dir = "${state}"\n${door}${keys.join('')}\n`, { mode: 0o640 });
    await startSshd(net);
    await startSallyportd(net, config);
    await sallyport.done(['status']);
  });
  afterAll(async () => {
    await sallyport.quit();
    await path.remove();
    await net.remove();
  });

  const opened = async (method: (index: number) => readonly string[], input: (index: number) => string) => {
    // Doors that were opened last by an earlier test are to be shut.
    await new Promise((resolve) => setTimeout(resolve, OPEN_FOR_S * 1000 + 300));
    const droppedBefore = path.dropped();
    const reports = await Promise.all(
      Array.from({ length: RUNS }, (_, index) =>
        sallyport.knock([path.far(index), '--port', '22', ...method(index)], input(index)),
      ),
    );
    expect(path.dropped()).toBeGreaterThan(droppedBefore);
    // Where the answer took longer than the probe before had, nothing is known of before; never was it open.
    for (const { before } of reports) expect(['filtered', null]).toContain(before);
    return reports.filter(({ after }) => after === 'open').length;
  };

  it('is as bad as it says', () => {
    const { stdout } = net.client.run(['ping', '-n', '-i', '0.002', '-c', '300', path.far(0)]);
    const order = [...stdout.matchAll(/icmp_seq=(\d+)/g)].map(([, seq]) => Number(seq));
    const late = order.filter((seq, index) => index > 0 && seq < (order[index - 1] ?? 0));
    expect(late.length).toBeGreaterThan(50);
    // Lost either way: 9.75 % of 300 pings are 29; fewer than 8 or more than 60 come about once in a million times.
    expect(300 - order.length).toBeGreaterThan(7);
    expect(300 - order.length).toBeLessThan(61);
  });

  it('opens by a fixed sequence', async () => {
    const count = await opened(() => ['--sequence-file', '-'], steps);
    expect(count).toBeGreaterThanOrEqual(MUST_OPEN);
  });

  it('opens by a rotating sequence, at the latest in its second period', async () => {
    const flags = ['--rotating-secret-file', '-', '--period', String(PERIOD_S)];
    const count = await opened(() => flags, secret);
    expect(count).toBeGreaterThanOrEqual(MUST_OPEN);
  });
});
