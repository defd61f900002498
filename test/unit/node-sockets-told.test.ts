/** What the kernel and the far end tell of a connection, and when: no route of this machine says it on demand. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeSockets } from '../../electron/main/adapters/node-sockets';
import { problemOf } from '../fakes/fake-services';

class ToldSocket extends EventEmitter {
  destroyed = false;
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    process.nextTick(() => this.emit('close'));
  }
}

const POLLED = -1;
const told = vi.hoisted(() => ({ code: '', afterMs: 0, sockets: [] as unknown[] }));
vi.mock('node:net', async (original) => ({
  ...(await original<typeof import('node:net')>()),
  connect: () => {
    const socket = new ToldSocket();
    told.sockets.push(socket);
    const error = Object.assign(new Error(`connect ${told.code}`), { code: told.code });
    const tell = (): void => {
      if (!socket.destroyed) socket.emit('error', error);
      socket.destroy();
    };
    // Node connects on the next tick and tells an immediate refusal on the one after.
    if (told.afterMs === 0) process.nextTick(() => process.nextTick(tell));
    // What the poll right after that finds.
    else if (told.afterMs === POLLED) setImmediate(tell);
    else setTimeout(tell, told.afterMs);
    return socket;
  },
}));

const tell = (code: string, afterMs = 0): void => {
  Object.assign(told, { code, afterMs });
};
beforeEach(() => (told.sockets.length = 0));
afterEach(() => vi.useRealTimers());
const allGone = (): boolean => (told.sockets as ToldSocket[]).every(({ destroyed }) => destroyed);

describe('a TCP step', () => {
  it.each([
    ['EHOSTUNREACH', 'no-route'],
    ['ENETUNREACH', 'no-route'],
    ['EADDRNOTAVAIL', 'no-route'],
    ['EPERM', 'network'],
    ['EMFILE', 'network'],
    ['ENOBUFS', 'network'],
  ])('has not left when the kernel says %s at once', async (code, problem) => {
    tell(code);
    expect(await problemOf(nodeSockets.tcpSyn('203.0.113.7', 7123))).toMatchObject({
      code: problem,
      detail: code,
    });
    expect(allGone()).toBe(true);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET'])('has left when the far end says %s at once', async (code) => {
    tell(code);
    await nodeSockets.tcpSyn('203.0.113.7', 7123);
  });

  it.each(['EHOSTUNREACH', 'ETIMEDOUT', 'ECONNREFUSED'])('has left when %s comes later', async (code) => {
    tell(code, 30);
    await nodeSockets.tcpSyn('203.0.113.7', 7123);
    await expect.poll(allGone).toBe(true);
  });

  it.each(['EHOSTUNREACH', 'ENETUNREACH', 'EACCES'])(
    'has left when the network says %s at once',
    async (code) => {
      tell(code, POLLED);
      await nodeSockets.tcpSyn('203.0.113.7', 7123);
      await expect.poll(allGone).toBe(true);
    },
  );

  it('has no socket any more after 300 ms', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    tell('ETIMEDOUT', 2000);
    await nodeSockets.tcpSyn('203.0.113.7', 7123);
    vi.advanceTimersByTime(200);
    expect(allGone()).toBe(false);
    vi.advanceTimersByTime(100);
    expect(allGone()).toBe(true);
  });
});

describe('a probe', () => {
  const never = new AbortController().signal;

  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'refused'],
    ['EHOSTUNREACH', 'unreachable'],
    ['EHOSTDOWN', 'unreachable'],
    ['ETIMEDOUT', 'filtered'],
  ])('that is told %s saw a port that is %s', async (code, state) => {
    tell(code, 5);
    expect(await nodeSockets.probe('203.0.113.7', 22, never)).toBe(state);
    expect(allGone()).toBe(true);
  });

  it.each([
    ['ENETUNREACH', 'no-route'],
    ['EMFILE', 'network'],
  ])('that is told %s saw nothing, and says why', async (code, problem) => {
    tell(code);
    expect(await problemOf(nodeSockets.probe('203.0.113.7', 22, never))).toMatchObject({ code: problem });
    expect(allGone()).toBe(true);
  });
});
