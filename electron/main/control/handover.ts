/** The app takes over from an agent: it asks over the control socket and waits until the socket is free. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { LineReader } from './lines';
import { proof, proves } from './proof';
import { answers, type ControlPlace } from './server';

const PATIENCE_MS = 5000;
const GIVE_WAY = '{"v":1,"id":1,"method":"quit","params":{"for":"app"}}\n';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const pipeFileSchema = z.object({ pipe: z.string().max(200), key: hex64 });
const nonceSchema = z.object({ nonce: hex64 });
const proofSchema = z.object({ proof: hex64 });

interface Other {
  readonly path: string;
  /** What must be proven first; null where the file system says whose socket it is. */
  readonly key: Uint8Array | null;
}

/** Settles when nobody holds the socket any more, or when patience is over: binding it then tells who does. */
export async function askAgentToLeave(place: ControlPlace): Promise<void> {
  const other = await findOther(place);
  if (other === null || !(await answers(other.path))) return;
  await ask(other);
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && (await answers(other.path))) await delay(50);
}

async function findOther({ platform, socket, home }: ControlPlace): Promise<Other | null> {
  if (platform !== 'win32') return { path: socket, key: null };
  const text = await readFile(join(home, 'run', 'control.json'), 'utf8').catch(() => '');
  const file = pipeFileSchema.safeParse(parse(text));
  return file.success ? { path: file.data.pipe, key: Buffer.from(file.data.key, 'hex') } : null;
}

function ask({ path, key }: Other): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const lines = new LineReader();
    const clientNonce = randomBytes(32).toString('hex');
    let serverNonce: string | null = null;
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
    if (key === null) {
      socket.on('connect', () => socket.write(GIVE_WAY));
      socket.on('data', () => socket.end());
      return;
    }
    socket.on('data', (chunk) => {
      for (const line of lines.push(chunk) ?? []) {
        const nonces = { server: serverNonce ?? '', client: clientNonce };
        if (serverNonce === null) serverNonce = answerNonce(socket, line, key, clientNonce);
        else if (proves(proofSchema.safeParse(parse(line)).data?.proof ?? '', 'server', key, nonces))
          socket.write(GIVE_WAY);
        else socket.end();
      }
    });
  });
}

/** Proves our side against the server's nonce, which it answers. */
function answerNonce(socket: Socket, line: string, key: Uint8Array, client: string): string {
  const server = nonceSchema.safeParse(parse(line)).data?.nonce ?? '';
  if (server === '') socket.destroy();
  else
    socket.write(`${JSON.stringify({ nonce: client, proof: proof('client', key, { server, client }) })}\n`);
  return server;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
