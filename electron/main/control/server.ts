/**
 * The control socket: 0600 in a 0700 folder of the user's own; on Windows a pipe of a random name whose key is in a file
 * that only this user reads. One process holds it at a time: who finds it answered leaves, who finds it dead takes over.
 */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { ProblemError } from '../../../shared/contract/result';
import { nodeFiles } from '../adapters/files';
import { errorCode } from '../adapters/network-problem';
import { ControlConnection, type ControlMethods, type ProofTerms } from './connection';
import { bind, bindOrTakeOver } from './takeover';

export interface ControlPlace {
  readonly home: string;
  readonly socket: string;
  readonly platform: NodeJS.Platform;
  readonly uid: number | null;
}

export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param connections told how many clients are connected whenever that changes. */
  static async listen(
    place: ControlPlace,
    methods: ControlMethods,
    connections: (count: number) => void = () => undefined,
  ): Promise<ControlServer> {
    const windows = place.platform === 'win32';
    const key = windows ? new Uint8Array(randomBytes(32)) : null;
    const control = new ControlServer(createServer());
    // Before binding: whoever waits for the socket connects the moment it is there.
    control.#serve(methods, key, connections);
    const server = control.#server;
    const path = windows ? `\\\\.\\pipe\\sallyport-${randomBytes(16).toString('hex')}` : place.socket;
    if (!windows) await prepareFolder(dirname(place.socket), place.uid);
    await (windows ? bind(server, path) : bindOrTakeOver(server, path));
    if (key !== null) {
      const file = JSON.stringify({ pipe: path, key: Buffer.from(key).toString('hex') });
      await nodeFiles.write(join(place.home, 'run', 'control.json'), file);
    }
    return control;
  }

  /** Stops taking connections and removes the socket at once; those that are there may finish what they were told. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.end();
    const late = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), 500);
    await closed;
    clearTimeout(late);
  }

  #serve(methods: ControlMethods, key: Uint8Array | null, connections: (count: number) => void): void {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      connections(this.#sockets.size);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        connections(this.#sockets.size);
      });
      const terms: ProofTerms | null = key === null ? null : { key, nonce: randomBytes(32).toString('hex') };
      new ControlConnection(socket, methods, terms);
    });
  }
}

async function prepareFolder(folder: string, uid: number | null): Promise<void> {
  const unfit = (detail: string): ProblemError =>
    new ProblemError({
      code: 'storage',
      message: `${folder} is not a folder of yours, so the control socket is not put there.`,
      hint: 'Remove it, or name another home in SALLYPORT_HOME.',
      detail,
    });
  const made = mkdir(folder, { recursive: true, mode: 0o700 }).then(() => lstat(folder));
  const stat = await made.catch((error: unknown) => {
    throw unfit(errorCode(error));
  });
  if (!stat.isDirectory()) throw unfit('it is a link or a file');
  if (uid !== null && stat.uid !== uid) throw unfit(`it belongs to user ${stat.uid}`);
  await chmod(folder, 0o700);
}
