import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ControlConnection,
  type ControlMethods,
  type RequestContext,
} from '../../electron/main/control/connection';
import { LineReader } from '../../electron/main/control/lines';
import { proof } from '../../electron/main/control/proof';
import { ProblemError } from '../../shared/contract/result';
import { LineClient } from '../fakes/line-client';

let folder: string;
let server: Server;
let client: LineClient;
/** What the methods were asked, and the way to answer it. */
let asked: {
  method: string;
  params: unknown;
  context: RequestContext;
  answer: (value: unknown) => void;
  fail: (error: unknown) => void;
}[];

const methods = new Proxy(
  {},
  {
    get: (_target, method: string) => (params: unknown, context: RequestContext) =>
      new Promise((answer, fail) => asked.push({ method, params, context, answer, fail })),
  },
) as unknown as ControlMethods;

async function open(key: Uint8Array | null = null, nonce = ''): Promise<LineClient> {
  server = createServer(
    (socket) => void new ControlConnection(socket, methods, key === null ? null : { key, nonce }),
  );
  server.listen(join(folder, 's'));
  await once(server, 'listening');
  client = await LineClient.to(join(folder, 's'));
  return client;
}

const until = async (holds: () => boolean): Promise<void> => {
  await expect.poll(holds, { interval: 2 }).toBe(true);
};

beforeEach(async () => {
  asked = [];
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-conn-${process.pid}-`));
});
afterEach(async () => {
  client.end();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a request', () => {
  it('is answered with its events before it, under its id', async () => {
    const { lines } = await open();
    client.request(7, 'hello');
    await until(() => asked.length === 1);
    asked[0]!.context.event({ kind: 'resolved', address: '203.0.113.7' });
    asked[0]!.answer({ role: 'agent' });
    await client.answer(7);
    expect(lines).toEqual([
      { id: 7, event: { kind: 'resolved', address: '203.0.113.7' } },
      { id: 7, ok: { role: 'agent' } },
    ]);
  });

  it('may come in pieces, in one piece with others, and be answered in any order', async () => {
    await open();
    const text = '{"v":1,"id":1,"method":"list"}\n{"v":1,"id":2,"method":"list","more":"größe"}\n';
    for (const byte of Buffer.from(text)) client.socket.write(Buffer.of(byte));
    await until(() => asked.length === 2);
    asked[1]!.answer('second');
    await client.answer(2);
    asked[0]!.answer('first');
    expect(await client.answer(1)).toEqual({ id: 1, ok: 'first' });
  });

  it.each([
    [{ v: 1, id: 3, method: 'constructor' }, 'unknown-method'],
    [{ v: 1, id: 3, method: '__proto__' }, 'unknown-method'],
    [{ v: 2, id: 3, method: 'list' }, 'bad-line'],
    [{ id: 3, method: 'list' }, 'bad-line'],
    [{ v: 1, id: 3 }, 'bad-line'],
    [{ v: 1, id: 3, method: 'x'.repeat(65) }, 'bad-line'],
  ])('that is at fault is told under its id, and the next is taken: %j', async (line, code) => {
    await open();
    client.send(line);
    expect(await client.answer(3)).toMatchObject({
      id: 3,
      error: { code, exit: 2, message: expect.any(String) },
    });
    client.request(4, 'hello');
    await until(() => asked.length === 1);
  });

  it.each([
    ['remove', {}, 'name'],
    ['knock', { target: { kind: 'host', host: '-o', method: { kind: 'static', sequence: '7000' } } }, 'host'],
    ['knock', { target: { kind: 'profile', name: 'a' }, gapMs: 9999 }, 'gapMs'],
    ['derive', { secret: 'AAAA', time: 1 }, 'secret'],
    ['derive', { secret: 'MFRGGZDFMZTWQ2LKNNWG23TPOA', time: 1, protocols: ['tcp', 'sctp'] }, 'protocols'],
    ['derive', { secret: 'MFRGGZDFMZTWQ2LKNNWG23TPOA', time: 1, range: 'all' }, 'range'],
    ['ticket', { ticket: 'abc' }, 'ticket'],
    ['add', { profile: { name: 'a', host: 'h', method: { kind: 'static', sequence: '0' } } }, 'sequence'],
  ])('of %s with bad params names the field', async (method, params, field) => {
    await open();
    client.request(1, method, params);
    expect(await client.answer(1)).toMatchObject({
      error: { code: 'bad-input', exit: 2, message: expect.stringMatching(new RegExp(`^${field}: [A-Z]`)) },
    });
    expect(asked).toEqual([]);
  });

  it('that fails is told as the problem it is, a bug as a fault of ours', async () => {
    await open();
    client.request(1, 'hello');
    client.request(2, 'hello');
    await until(() => asked.length === 2);
    asked[0]!.fail(new ProblemError({ code: 'keychain-locked', message: 'Locked.', hint: 'Unlock it.' }));
    asked[1]!.fail(new TypeError('undefined is not a function'));
    expect(await client.answer(1)).toEqual({
      id: 1,
      error: { code: 'keychain-locked', message: 'Locked.', hint: 'Unlock it.', exit: 3 },
    });
    expect(await client.answer(2)).toMatchObject({ error: { code: 'internal', exit: 5 } });
  });

  it('is one of sixteen at most, each of its own id', async () => {
    await open();
    for (let id = 1; id <= 17; id += 1) client.request(id, 'hello');
    expect(await client.answer(17)).toMatchObject({ error: { code: 'bad-input' } });
    client.request(5, 'hello');
    expect(await client.answer(5)).toMatchObject({ error: { code: 'bad-input' } });
    expect(asked).toHaveLength(16);
    asked[4]!.answer('done');
    await client.line((line) => line['ok'] === 'done');
    client.request(5, 'hello');
    await until(() => asked.length === 17);
  });

  it('is cancelled when the connection closes', async () => {
    await open();
    client.request(1, 'hello');
    client.request(2, 'list');
    await until(() => asked.length === 2);
    expect(asked.map(({ context }) => context.signal.aborted)).toEqual([false, false]);
    client.end();
    await until(() => asked.every(({ context }) => context.signal.aborted));
    asked[0]!.context.event({ kind: 'resolved', address: 'x' });
    asked[0]!.answer('nobody hears');
  });
});

describe('what is no request', () => {
  it.each([
    'x\n',
    '\n',
    '[]\n',
    '7\n',
    'null\n',
    '{"v":1,"method":"list"}\n',
    '{"v":1,"id":0,"method":"list"}\n',
    '{"v":1,"id":"1","method":"list"}\n',
    '{"v":1,"id":1.5,"method":"list"}\n',
  ])('is told once without an id, and ends the connection: %j', async (text) => {
    await open();
    client.send(`${text}${text}{"v":1,"id":9,"method":"list"}\n`);
    await client.closed;
    expect(client.lines).toMatchObject([{ id: null, error: { code: 'bad-line', exit: 2 } }]);
    expect(asked).toEqual([]);
  });

  it('is a line of more than 65,536 bytes', async () => {
    await open();
    const line = JSON.stringify({ v: 1, id: 1, method: 'list', pad: '' });
    client.send(
      `${JSON.stringify({ v: 1, id: 1, method: 'list', pad: 'x'.repeat(65_536 - line.length) })}\n`,
    );
    await until(() => asked.length === 1);
    client.send('x'.repeat(65_537));
    await client.closed;
    expect(client.lines).toMatchObject([{ id: null, error: { code: 'too-large', exit: 2 } }]);
  });

  it('is read no further once it was refused, from someone who keeps sending', async () => {
    await open();
    const stubborn = connect({ path: join(folder, 's'), allowHalfOpen: true });
    stubborn.on('error', () => undefined).resume();
    const closed = new Promise((resolve) => stubborn.on('close', resolve));
    stubborn.write('x\n');
    const flood = setInterval(() => stubborn.write('y'.repeat(60_000)), 1);
    await closed.finally(() => clearInterval(flood));
  });
});

describe('lines', () => {
  it('are split wherever the chunks end', () => {
    const bytes = Buffer.from('{"a":"ü"}\n\nx\r\nrest');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new LineReader();
      const lines = [
        ...(reader.push(bytes.subarray(0, cut)) ?? []),
        ...(reader.push(bytes.subarray(cut)) ?? []),
      ];
      expect(lines).toEqual(['{"a":"ü"}', '', 'x\r']);
    }
  });

  it('are null when too long, whether or not they end', () => {
    expect(new LineReader(4).push(Buffer.from('12345'))).toBeNull();
    expect(new LineReader(4).push(Buffer.from('1\n12345\n'))).toBeNull();
    expect(new LineReader(4).push(Buffer.from('1234\n123'))).toEqual(['1234']);
  });
});

describe('where a key must be proven', () => {
  const key = randomBytes(32);
  const server64 = 'ab'.repeat(32);
  const client64 = 'cd'.repeat(32);
  const claim = (nonces = { server: server64, client: client64 }, by = key) => ({
    nonce: client64,
    proof: proof('client', by, nonces),
  });

  it('proves itself back, and takes requests only then', async () => {
    await open(key, server64);
    expect(await client.line()).toEqual({ nonce: server64 });
    client.send(`${JSON.stringify(claim())}\n${JSON.stringify({ v: 1, id: 1, method: 'hello' })}\n`);
    const nonces = { server: server64, client: client64 };
    expect(await client.line((line) => 'proof' in line)).toEqual({ proof: proof('server', key, nonces) });
    await until(() => asked.length === 1);
  });

  it.each<[string, unknown]>([
    ['a request', { v: 1, id: 1, method: 'list' }],
    ['another key', claim(undefined, randomBytes(32))],
    ['another nonce', claim({ server: client64, client: client64 })],
    [
      'the server’s own proof',
      { nonce: client64, proof: proof('server', key, { server: server64, client: client64 }) },
    ],
    ['half a proof', { ...claim(), proof: claim().proof.slice(0, 32) }],
    ['no JSON', 'x\n'],
  ])('closes without a word after %s', async (_what, line) => {
    await open(key, server64);
    await client.line();
    client.send(line);
    await client.closed;
    expect(client.lines).toEqual([{ nonce: server64 }]);
    expect(asked).toEqual([]);
  });
});
