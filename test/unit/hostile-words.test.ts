/**
 * Ten thousand hosts, users and names, most of them meant to do harm, through everything that stands between a profile and
 * ssh: what is not refused is read by the real ssh as one host and one user, a terminal is never given any of it, and a
 * program gets it as part of the one argument where it was asked for.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Connector } from '../../electron/main/services/connector';
import type { RunDesk } from '../../electron/main/services/run-desk';
import { Tickets } from '../../electron/main/services/tickets';
import { hostProblem, userProblem } from '../../shared/profile/address';
import type { AfterKnock } from '../../shared/profile/after';
import { profileSchema } from '../../shared/profile/profile';
import { knownTerminals } from '../../shared/terminal/terminals';
import { FakeClock } from '../fakes/fake-clock';
import { CLI, FakeExits } from '../fakes/fake-services';
import { staticProfile } from '../fakes/sample-profiles';
import { systemRandomness } from '../../electron/main/adapters/system';
import { hostileTargets, type HostileTarget } from '../fakes/hostile-words';

const COUNT = 10_000;
const SEED = 20_261_121;
const ADDRESS = '203.0.113.7';
const TARGETS = hostileTargets(COUNT, SEED);
const hosts = TARGETS.map(({ host }) => host).filter((host) => hostProblem(host) === null);
const users = TARGETS.map(({ user }) => user).filter((user) => userProblem(user) === null);
const accepted = TARGETS.filter(({ host, user }) => hostProblem(host) === null && userProblem(user) === null);

function desk() {
  const exits = new FakeExits();
  const tickets = new Tickets(new FakeClock(), systemRandomness);
  const grant = { profileId: '', address: ADDRESS, port: 22, until: 0 };
  const runs = { open: async () => ({ kind: 'shared', grant }) } as unknown as RunDesk;
  return { exits, tickets, connector: new Connector(runs, tickets, exits, () => CLI) };
}

const PORTS = [22, 2222];
const portOf = (index: number) => PORTS[index % PORTS.length] ?? 22;

/** What ssh is started with for a target that may be used; nothing else may ever be. */
function expectedArgv({ host, user }: HostileTarget, port: number): readonly string[] {
  const alias = port === 22 ? host : `[${host}]:${port}`;
  const pinned = ['-o', `HostName=${ADDRESS}`, '-o', `HostKeyAlias=${alias}`];
  return ['ssh', '-p', String(port), '-l', user, ...pinned, '--', host];
}

describe(`${COUNT} hosts, users and names`, () => {
  it('are as many as that, hostile in the main, and not all refused', () => {
    expect(TARGETS.length).toBeGreaterThanOrEqual(10_000);
    expect(new Set(TARGETS.map((target) => JSON.stringify(target))).size).toBeGreaterThan(9_900);
    expect([hosts.length, users.length, accepted.length].map((count) => count > 400)).toEqual([
      true,
      true,
      true,
    ]);
    expect(hosts.length).toBeGreaterThan(1500);
    expect(users.length).toBeGreaterThan(1500);
    expect(TARGETS.filter(({ host }) => /[$`;|&'"\\%\n=]|^-/.test(host)).length).toBeGreaterThan(2500);
  });

  it('reach ssh and the terminal as nothing but one user and one host, or not at all', async () => {
    const { exits, tickets, connector } = desk();
    let started = 0;
    for (const [index, target] of TARGETS.entries()) {
      const port = portOf(index);
      const launched = exits.terminal.launched.length;
      const refused = await connector.connect({ ...staticProfile(), ...target, port }).then(
        () => null,
        () => 'refused',
      );
      const holds = hostProblem(target.host) === null && userProblem(target.user) === null;
      expect({ target, refused: refused !== null }).toEqual({ target, refused: !holds });
      expect(exits.terminal.launched.length - launched).toBe(holds ? 1 : 0);
      if (!holds) continue;
      started += 1;
      const command = exits.terminal.launched.at(-1) ?? [];
      expect(command).toEqual([CLI, 'connect', '--ticket', expect.stringMatching(/^[0-9a-f]{32}$/)]);
      const expected = target.host === ADDRESS ? null : expectedArgv(target, port);
      expect(tickets.redeem(command[3] ?? '').argv).toEqual(expected);
    }
    expect(started).toBe(accepted.length);
  });

  it('are in the argument list of no terminal', () => {
    const command = [CLI, 'connect', '--ticket', '0'.repeat(32)];
    const known = (['linux', 'mac', 'windows'] as const).flatMap((os) => knownTerminals(os));
    expect(known.length).toBeGreaterThan(30);
    for (const { argv } of known) expect(argv('/usr/bin/t', command).slice(-command.length)).toEqual(command);
  });

  it('are saved as they are read back, or refused', () => {
    for (const target of TARGETS) {
      const parsed = profileSchema.safeParse({ ...staticProfile(), ...target });
      if (!parsed.success) continue;
      expect(parsed.data).toMatchObject(target);
      expect(target.name).not.toMatch(/[\p{Cc}\u202e]|^-/u);
      expect(target.host).toMatch(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/);
      expect(target.user).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*$/);
    }
  });

  it('fill their place in a program’s arguments, and make no further one', async () => {
    const { exits, connector } = desk();
    const after: AfterKnock = {
      kind: 'program',
      argv: ['viewer', '--to={user}@{host}:{port}', '{address}', '{user}'],
    };
    for (const target of TARGETS) {
      await connector.connect({ ...staticProfile(), ...target, after }).catch(() => undefined);
    }
    expect(exits.started).toEqual(
      accepted.map(({ host, user }) => ['viewer', `--to=${user}@${host}:22`, ADDRESS, user]),
    );
    expect(exits.started.flat().filter((word) => word.startsWith('-') && !word.startsWith('--to='))).toEqual(
      [],
    );
  });
});

describe('the real ssh', () => {
  /** Many calls of `ssh -G`, each with an argument list of its own and no shell between: xargs splits at NUL. */
  function readBySsh(lists: readonly (readonly string[])[]): readonly string[] {
    const [first = []] = lists;
    const input = lists.map((list) => list.map((word) => `${word}\0`).join('')).join('');
    const argv = ['-0', '-n', String(first.length), 'ssh', '-T', '-F', '/dev/null', '-G'];
    const { status, stdout, stderr } = spawnSync('xargs', argv, {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.split(/^(?=host )/m);
  }

  /** What ssh says of any host, without what is this one's. */
  const common = (text: string) =>
    text.split('\n').filter((line) => !/^(?:host|user|hostname|port|hostkeyalias) /.test(line));

  it('reads each of those that hold as that host and user, and no other option', { timeout: 120_000 }, () => {
    // Every host and every user that holds, in pairs; the shorter list starts over.
    const [somewhere, someone] = [[...new Set(hosts)], [...new Set(users)]];
    const pairs = Array.from({ length: Math.max(somewhere.length, someone.length) }, (_, index) => ({
      host: somewhere[index % somewhere.length] ?? '',
      user: someone[index % someone.length] ?? '',
      name: '',
    }));
    const lists = pairs.map((target, index) => expectedArgv(target, portOf(index)).slice(1));
    const [plain = ''] = readBySsh([expectedArgv({ host: 'web1', user: 'ops', name: '' }, 22).slice(1)]);
    const answers = readBySsh(lists);
    expect(pairs.length).toBeGreaterThan(1000);
    expect(answers).toHaveLength(pairs.length);
    for (const [index, { host, user }] of pairs.entries()) {
      const lines = (answers[index] ?? '').split('\n');
      const port = portOf(index);
      const alias = port === 22 ? host : `[${host}]:${port}`;
      expect(lines).toEqual(
        expect.arrayContaining([
          `host ${host}`,
          `user ${user}`,
          `hostname ${ADDRESS}`,
          `port ${port}`,
          `hostkeyalias ${alias.toLowerCase()}`,
        ]),
      );
      expect({ host, rest: common(answers[index] ?? '') }).toEqual({ host, rest: common(plain) });
    }
  });
});
