import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../shared/contract/result';
import { opensWhen } from '../fakes/fake-network';
import { CLI, fakeServices, problemOf } from '../fakes/fake-services';
import { addBoth, staticProfile } from '../fakes/sample-profiles';

async function start() {
  const world = fakeServices();
  await addBoth(world.services);
  world.net.reply = opensWhen(() => world.net.sent.length >= 3);
  return { ...world.services, ...world };
}

const profile = staticProfile();
const ARGV = [
  ...['ssh', '-p', '22', '-l', 'ops', '-o', 'HostName=203.0.113.7'],
  ...['-o', 'HostKeyAlias=web1.example.org', '--', 'web1.example.org'],
];

describe('Knock & Connect', () => {
  it('starts the terminal with a ticket and nothing else', async () => {
    const { connector, clock, terminal, tickets } = await start();
    const connection = await clock.run(connector.connect(profile));
    expect(connection.next).toEqual({ kind: 'ssh', argv: ARGV });
    expect(terminal.launched).toEqual([
      [CLI, 'connect', '--ticket', expect.stringMatching(/^[0-9a-f]{32}$/)],
    ]);
    expect(tickets.redeem(terminal.launched[0]![3]!)).toEqual({ argv: ARGV, test: false });
  });

  it('starts it again without a knock while the door is open', async () => {
    const { connector, clock, terminal, net } = await start();
    await clock.run(connector.connect(profile));
    const shared = await clock.run(connector.connect(profile));
    expect(shared).toMatchObject({ opened: { kind: 'shared' }, next: { argv: ARGV } });
    expect([terminal.launched.length, net.sent.length]).toEqual([2, 3]);
  });

  it('connects where it may be let in, proven or not', async () => {
    const { connector, clock, net } = await start();
    net.reply = () => ({ state: 'open', afterMs: 1 });
    expect(await clock.run(connector.open(profile))).toMatchObject({ next: { argv: ARGV } });
  });

  it.each(['silence', 'refused'] as const)('starts no terminal after %s', async (answer) => {
    const { connector, clock, terminal, net } = await start();
    net.reply = () => (answer === 'silence' ? answer : { state: answer, afterMs: 1 });
    expect(await clock.run(connector.connect(profile))).toMatchObject({ next: null });
    expect(terminal.launched).toEqual([]);
  });

  it.each([
    { host: '-oProxyCommand=id' },
    { host: 'a;b' },
    { user: '-l' },
    { port: 0 },
    { after: { kind: 'url', url: 'file:///etc/passwd' } } as const,
    { after: { kind: 'program', argv: ['viewer', '{host}'] }, host: '--x' } as const,
  ])('never knocks for a profile with %o in it', async (bad) => {
    const { connector, net, keychain } = await start();
    keychain.calls.length = 0;
    expect(await problemOf(connector.connect({ ...profile, ...bad }))).toMatchObject({ code: 'bad-input' });
    expect([net.sent, net.resolved, keychain.calls]).toEqual([[], [], []]);
  });

  it('does what else the profile says follows, once the port is reachable', async () => {
    const { connector, clock, terminal, exits, net } = await start();
    const url = 'https://web1.example.org/';
    await clock.run(connector.connect({ ...profile, after: { kind: 'nothing' } }));
    await clock.run(connector.connect({ ...profile, after: { kind: 'url', url } }));
    const argv = ['viewer', '{address}'];
    await clock.run(connector.connect({ ...profile, after: { kind: 'program', argv } }));
    expect([terminal.launched, exits.opened, exits.started]).toEqual([
      [],
      [url],
      [['viewer', '203.0.113.7']],
    ]);
    net.reply = () => 'silence';
    await clock.advance(60_000);
    expect(await clock.run(connector.connect({ ...profile, after: { kind: 'url', url } }))).toMatchObject({
      next: null,
    });
    expect(exits.opened).toHaveLength(1);
  });

  it('tells of a terminal that does not start', async () => {
    const { connector, clock, terminal } = await start();
    terminal.fault = new ProblemError({
      code: 'no-terminal',
      message: 'No terminal was found to start ssh in.',
    });
    expect(await clock.run(problemOf(connector.connect(profile)))).toMatchObject({ code: 'no-terminal' });
  });
});
