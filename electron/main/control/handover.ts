/**
 * The app takes over from an agent: it asks over the control socket, is given the secrets that would end with the agent,
 * and waits until the socket is free.
 */
import { randomBytes } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { LONGEST_ANSWER } from '../../../shared/contract/control';
import { LineReader } from './lines';
import { proof, proves } from './proof';
import type { ControlPlace } from './server';
import { answers } from './takeover';

const PATIENCE_MS = 5000;
const GIVE_WAY = '{"v":1,"id":1,"method":"quit","params":{"for":"app"}}\n';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const pipeFileSchema = z.object({ pipe: z.string().max(200), key: hex64 });
const nonceSchema = z.object({ nonce: hex64 });
const proofSchema = z.object({ proof: hex64 });
const answerSchema = z.object({ ok: z.object({ session: z.record(z.string(), z.string()).optional() }) });

interface Other {
  readonly path: string;
  /** What must be proven first; null where the file system says whose socket it is. */
  readonly key: Uint8Array | null;
}

/**
 * Settles when nobody holds the socket any more, or when patience is over: binding it then tells who does. Answers the
 * agent's this-run secrets.
 *
 * @param patienceMs for all of it; one that keeps sending or never ends must not keep the app from starting.
 */
export async function askAgentToLeave(
  place: ControlPlace,
  patienceMs = PATIENCE_MS,
): Promise<Readonly<Record<string, string>>> {
  const other = await findOther(place);
  if (other === null || !(await answers(other.path))) return {};
  const end = Date.now() + patienceMs;
  const inherited = await ask(other, patienceMs);
  while (Date.now() < end && (await answers(other.path))) await delay(50);
  return inherited;
}

async function findOther({ platform, socket, home, uid }: ControlPlace): Promise<Other | null> {
  if (platform !== 'win32') return (await isOwn(dirname(socket), uid)) ? { path: socket, key: null } : null;
  const text = await readFile(join(home, 'run', 'control.json'), 'utf8').catch(() => '');
  const file = pipeFileSchema.safeParse(parse(text));
  return file.success ? { path: file.data.pipe, key: Buffer.from(file.data.key, 'hex') } : null;
}

/** Only in a folder that nobody else could enter is the socket an agent of this user's own. */
async function isOwn(folder: string, uid: number | null): Promise<boolean> {
  const found = await lstat(folder).catch(() => null);
  return (
    found !== null && found.isDirectory() && (uid === null || found.uid === uid) && (found.mode & 0o077) === 0
  );
}

function ask({ path, key }: Other, patienceMs: number): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const lines = new LineReader(LONGEST_ANSWER);
    const client = randomBytes(32).toString('hex');
    let server = '';
    let proven = key === null;
    let inherited: Readonly<Record<string, string>> = {};
    const read = (line: string): void => {
      if (proven || key === null) {
        inherited = answerSchema.safeParse(parse(line)).data?.ok.session ?? {};
        socket.end();
      } else if (server === '') {
        server = answerNonce(socket, line, key, client);
      } else if (
        proves(proofSchema.safeParse(parse(line)).data?.proof ?? '', 'server', key, { server, client })
      ) {
        proven = true;
        socket.write(GIVE_WAY);
      } else {
        socket.destroy();
      }
    };
    const late = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('connect', () => (proven ? socket.write(GIVE_WAY) : undefined));
    socket.on('data', (chunk) => {
      const whole = lines.push(chunk);
      if (whole === null) socket.destroy();
      else whole.forEach(read);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      resolve(inherited);
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
