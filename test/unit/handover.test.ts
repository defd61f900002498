import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askAgentToLeave } from '../../electron/main/control/handover';
import type { ControlPlace } from '../../electron/main/control/server';
import { LONGEST_ANSWER } from '../../shared/contract/control';

const uid = process.getuid?.() ?? 0;
let home: string;
let run: string;
let place: ControlPlace;
let server: Server | null = null;
let asked: number;
const sockets = new Set<Socket>();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), `sallyport-unit-handover-${process.pid}-`));
  run = join(home, 'run');
  await mkdir(run, { mode: 0o700 });
  place = { home, socket: join(run, 'control.sock'), platform: 'linux', uid };
  asked = 0;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server?.close();
  await rm(home, { recursive: true, force: true });
});

/** Somebody who listens, and does this once it is asked to leave. */
async function listening(answer: (socket: Socket) => void): Promise<void> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      asked += 1;
      answer(socket);
    });
  });
  server.listen(place.socket);
  await once(server, 'listening');
}

const handsOver = (socket: Socket) => socket.end('{"id":1,"ok":{"session":{"id":"planted"}}}\n');

describe('a folder that is not the user’s own', () => {
  it('open to others has nobody in it', async () => {
    await listening(handsOver);
    for (const mode of [0o701, 0o710, 0o777]) {
      await chmod(run, mode);
      expect(await askAgentToLeave(place, 300)).toEqual({});
    }
    expect(asked).toBe(0);
    await chmod(run, 0o700);
    expect(await askAgentToLeave(place)).toEqual({ id: 'planted' });
  });

  it('nor has a link in its place', async () => {
    await listening(handsOver);
    await rename(run, `${run}-elsewhere`);
    await symlink(`${run}-elsewhere`, run);
    expect(await askAgentToLeave(place, 300)).toEqual({});
    expect(asked).toBe(0);
  });

  it('nor has one of another user', async () => {
    await listening(handsOver);
    if (uid === 0) await chown(run, 12345, 12345);
    const mine = uid === 0 ? place : { ...place, uid: 54321 };
    expect(await askAgentToLeave(mine, 300)).toEqual({});
    expect(asked).toBe(0);
  });
});

describe('one that does not leave', () => {
  it('is hung up on when its answer is too long', async () => {
    let sent = 0;
    let hungUp = false;
    await listening((socket) => {
      server?.close();
      socket.on('close', () => (hungUp = true));
      const more = (): void => {
        sent += 65_536;
        if (sent < 4 * LONGEST_ANSWER)
          socket.write('x'.repeat(65_536), (error) => (error ? undefined : more()));
      };
      more();
    });
    expect(await askAgentToLeave(place, 20_000)).toEqual({});
    await expect.poll(() => hungUp).toBe(true);
    expect(sent).toBeLessThan(4 * LONGEST_ANSWER);
  });

  it('is waited for no longer in all, though it keeps sending', async () => {
    await listening((socket) => {
      const timer = setInterval(() => socket.write(' '), 50);
      socket.on('close', () => clearInterval(timer));
    });
    // One that is waited for anew with each piece is waited for without end.
    expect(await askAgentToLeave(place, 400)).toEqual({});
    expect(asked).toBe(1);
  });

  it('nor though it answers and stays', async () => {
    await listening((socket) => void setTimeout(() => socket.end('{"id":1,"ok":{}}\n'), 2500));
    const start = performance.now();
    expect(await askAgentToLeave(place, 3000)).toEqual({});
    // Twice the patience would be 5.5 s.
    expect(performance.now() - start).toBeLessThan(5400);
  });
});
