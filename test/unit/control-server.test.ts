import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askAgentToLeave } from '../../electron/main/control/handover';
import type { ControlMethods } from '../../electron/main/control/connection';
import { proof } from '../../electron/main/control/proof';
import { ControlServer, type ControlPlace } from '../../electron/main/control/server';
import { problemOf } from '../fakes/fake-services';
import { LineClient } from '../fakes/line-client';

let home: string;
let place: ControlPlace;
const servers: ControlServer[] = [];
let quit: () => void;

const methods = {
  hello: async () => ({ role: 'agent', version: '0', pid: 1 }),
  quit: async () => {
    setImmediate(() => quit());
    return { session: { id: 'x' } };
  },
} as unknown as ControlMethods;

async function listen(where = place, connections?: (count: number) => void): Promise<ControlServer> {
  const server = await ControlServer.listen(where, methods, connections);
  servers.push(server);
  return server;
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), `sallyport-unit-ctl-${process.pid}-`));
  place = {
    home,
    socket: join(home, 'run', 'control.sock'),
    platform: 'linux',
    uid: process.getuid?.() ?? 0,
  };
  quit = () => undefined;
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(home, { recursive: true, force: true });
});

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

async function says(path: string): Promise<unknown> {
  const client = await LineClient.to(path);
  client.request(1, 'hello');
  return client.answer(1).finally(() => client.end());
}

/** A socket file whose process was killed. */
async function leaveStale(path: string): Promise<void> {
  const child = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log())`,
  ]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the socket', () => {
  it('is 0600 in a folder of 0700, and gone after', async () => {
    const server = await listen();
    expect([await modeOf(join(home, 'run')), await modeOf(place.socket)]).toEqual(['700', '600']);
    expect(await says(place.socket)).toMatchObject({ ok: { role: 'agent' } });
    await server.close();
    await expect(stat(place.socket)).rejects.toThrow('ENOENT');
  });

  it('closes a folder that was open to others', async () => {
    await mkdir(join(home, 'run'), { mode: 0o755 });
    await listen();
    expect(await modeOf(join(home, 'run'))).toBe('700');
  });

  it('answers whoever finds it first', async () => {
    let listening = true;
    const ready = listen().finally(() => (listening = false));
    const early: Promise<unknown>[] = [];
    while (listening) {
      early.push(says(place.socket).catch(String));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ready;
    const answers = await Promise.all(early);
    expect(answers.filter((answer) => String(answer).includes('no such line'))).toEqual([]);
  });

  it('is left to the one that holds it', async () => {
    await listen();
    expect(await problemOf(listen())).toMatchObject({
      code: 'conflict',
      message: 'Sallyport is running already for this user.',
      hint: expect.stringContaining(place.socket),
    });
    expect(await says(place.socket)).toMatchObject({ ok: {} });
  });

  it('is taken over from one that was killed', async () => {
    await mkdir(join(home, 'run'), { mode: 0o700 });
    await leaveStale(place.socket);
    await listen();
    expect(await says(place.socket)).toMatchObject({ ok: {} });
    expect(await modeOf(place.socket)).toBe('600');
  });

  it('is taken over by one of many that come at once', async () => {
    await mkdir(join(home, 'run'), { mode: 0o700 });
    await leaveStale(place.socket);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => listen()));
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(refused).toHaveLength(7);
    for (const reason of refused) expect(reason).toMatchObject({ problem: { code: 'conflict' } });
    expect(await says(place.socket)).toMatchObject({ ok: {} });
  });

  it('is taken over also when a takeover was killed half way', async () => {
    await mkdir(join(home, 'run'), { mode: 0o700 });
    await leaveStale(place.socket);
    const lock = join(home, 'run', 'takeover.lock');
    await writeFile(lock, '');
    const long = new Date(Date.now() - 60_000);
    await utimes(lock, long, long);
    await listen();
    expect(await readdir(join(home, 'run'))).toEqual(['control.sock']);
  });

  it('is put in no folder of someone else’s, and behind no link', async () => {
    const run = join(home, 'run');
    await mkdir(join(home, 'elsewhere'));
    await symlink(join(home, 'elsewhere'), run);
    expect(await problemOf(listen())).toMatchObject({
      code: 'storage',
      message: expect.stringContaining(run),
    });
    await rm(run);
    await mkdir(run, { mode: 0o777 });
    if (process.getuid?.() === 0) await chown(run, 12345, 12345);
    const foreign = process.getuid?.() === 0 ? place : { ...place, uid: 54321 };
    expect(await problemOf(listen(foreign))).toMatchObject({ code: 'storage' });
    await rm(run, { recursive: true });
    await writeFile(run, '');
    expect(await problemOf(listen())).toMatchObject({ code: 'storage', detail: 'EEXIST' });
  });

  it('counts who is connected', async () => {
    const counts: number[] = [];
    await listen(place, (count) => counts.push(count));
    const client = await LineClient.to(place.socket);
    client.request(1, 'hello');
    await client.answer(1);
    client.end();
    await expect.poll(() => counts, { interval: 2 }).toEqual([1, 0]);
  });
});

describe('handing over', () => {
  it('gives what would be lost, and frees the socket', async () => {
    const server = await listen();
    quit = () => void server.close();
    expect(await askAgentToLeave(place)).toEqual({ id: 'x' });
    await expect(stat(place.socket)).rejects.toThrow('ENOENT');
    await listen();
  });

  it('is nothing when nobody is there', async () => {
    expect(await askAgentToLeave(place)).toEqual({});
    await mkdir(join(home, 'run'), { mode: 0o700 });
    await leaveStale(place.socket);
    expect(await askAgentToLeave(place)).toEqual({});
  });

  it('survives whatever answers', async () => {
    await mkdir(join(home, 'run'), { mode: 0o700 });
    const other = createServer((socket) => {
      socket.on('error', () => undefined).end('garbage\n');
      other.close();
    });
    other.listen(place.socket);
    await once(other, 'listening');
    expect(await askAgentToLeave(place)).toEqual({});
  });
});

/** A pipe's name is a relative file name here, so the whole path can be walked in a folder of the test's own. */
describe('a named pipe', () => {
  const cwd = process.cwd();
  beforeEach(() => {
    process.chdir(home);
    place = { ...place, platform: 'win32', uid: null };
  });
  afterEach(() => process.chdir(cwd));

  const keyFile = async () =>
    JSON.parse(await readFile(join(home, 'run', 'control.json'), 'utf8')) as { pipe: string; key: string };

  it('has a random name, and a key in a file of the user’s own', async () => {
    await listen();
    const first = await keyFile();
    expect(first).toEqual({
      pipe: expect.stringMatching(/^\\\\\.\\pipe\\sallyport-[0-9a-f]{32}$/),
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await modeOf(join(home, 'run', 'control.json'))).toBe('600');
    await listen();
    const second = await keyFile();
    expect([second.pipe === first.pipe, second.key === first.key]).toEqual([false, false]);
  });

  it('answers who proves the key, and nobody else', async () => {
    await listen();
    const { pipe, key } = await keyFile();
    for (const [by, lines] of [
      [key, 3],
      ['00'.repeat(32), 1],
    ] as const) {
      const client = await LineClient.to(pipe);
      const { nonce } = (await client.line()) as { nonce: string };
      const nonces = { server: nonce, client: '5a'.repeat(32) };
      client.send({ nonce: nonces.client, proof: proof('client', Buffer.from(by, 'hex'), nonces) });
      client.request(1, 'hello');
      await (lines === 3 ? client.answer(1) : client.closed);
      expect(client.lines).toHaveLength(lines);
      client.end();
    }
  });

  it('is handed over the same way', async () => {
    const server = await listen();
    quit = () => void server.close();
    expect(await askAgentToLeave(place)).toEqual({ id: 'x' });
  });

  it('is given up on when the other cannot prove the key', async () => {
    const server = await listen();
    let asked = false;
    quit = () => {
      asked = true;
      void server.close();
    };
    const file = await keyFile();
    await writeFile(join(home, 'run', 'control.json'), JSON.stringify({ ...file, key: '00'.repeat(32) }));
    setTimeout(() => void server.close(), 50);
    expect(await askAgentToLeave(place)).toEqual({});
    expect(asked).toBe(false);
    await writeFile(join(home, 'run', 'control.json'), '{"pipe":7}');
    expect(await askAgentToLeave(place)).toEqual({});
  });
});
