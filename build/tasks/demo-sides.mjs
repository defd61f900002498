/** The demo's two sides as the story sees them: a server to give tasks to, and a client that runs `sallyport` commands. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CLIENT, CLIENT_LINK, DOOR_PORT, OPEN_FOR_S, SERVER, SERVER_LINK } from './demo-places.mjs';

const tasks = dirname(fileURLToPath(import.meta.url));
const helpers = join(tasks, '../helper', `linux-${process.arch === 'x64' ? 'amd64' : process.arch}`);
const GRACE_MS = 3000;

/** Puts daemon, config and secret into a folder each side's own way; the secret is the only thing they share. */
export function install(folder) {
  const [server, client] = [join(folder, 'server'), join(folder, 'client')];
  const secret = `${base32(randomBytes(32))}\n`;
  for (const side of [server, client]) {
    mkdirSync(side, { mode: 0o700 });
    writeFileSync(join(side, 'demo.key'), secret, { mode: 0o600 });
  }
  copyFileSync(join(helpers, 'sallyportd'), join(server, 'sallyportd'));
  const config = [
    `state_dir = ${JSON.stringify(join(server, 'state'))}`,
    '[[door]]',
    'name = "demo"',
    `ports = ["${DOOR_PORT}/tcp"]`,
    `open_for = "${OPEN_FOR_S}s"`,
    '  [[door.key]]',
    '  user = "you"',
    '  method = "rotating"',
    '  secret_file = "demo.key"',
  ];
  writeFileSync(join(server, 'sallyportd.toml'), `${config.join('\n')}\n`, { mode: 0o600 });
  return { server, client };
}

/** RFC 4648. */
function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{1,5}/g).reduce((text, group) => {
    return text + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)];
  }, '');
}

/** Starts demo-server.mjs in a network namespace of its own and joins that to this one. */
export async function startServer(folder) {
  const argv = ['--net', '--', process.execPath, join(tasks, 'demo-server.mjs'), folder];
  const child = spawn('unshare', argv, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const logs = [];
  const waiting = new Map();
  child.on('message', ({ log, done, failed, answer, message }) => {
    if (log !== undefined) logs.push(log);
    if (done !== undefined) waiting.get(done)?.resolve(answer);
    if (failed !== undefined) waiting.get(failed)?.reject(new Error(message));
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the server ended'));
  });
  /** One task of demo-server.mjs: its answer, or its failure as an Error. */
  const perform = (task) =>
    new Promise((resolve, reject) => {
      waiting.set(task, { resolve, reject });
      child.send({ do: task });
    });
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.disconnect();
    const hard = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await once(child, 'exit');
    clearTimeout(hard);
  };
  try {
    await perform('ready');
    joinTo(child.pid);
  } catch (error) {
    await end();
    throw error;
  }
  return { perform, end, logged: (pattern) => logs.findLast((line) => pattern.test(line)) };
}

function joinTo(pid) {
  const cable = [
    'link',
    'add',
    CLIENT_LINK,
    'type',
    'veth',
    'peer',
    'name',
    SERVER_LINK,
    'netns',
    String(pid),
  ];
  const address = ['address', 'add', `${CLIENT}/24`, 'dev', CLIENT_LINK];
  for (const argv of [cable, address, ['link', 'set', 'lo', 'up'], ['link', 'set', CLIENT_LINK, 'up']]) {
    const { status, stderr, error } = spawnSync('ip', argv, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`ip ${argv.join(' ')}: ${error?.message ?? stderr.trim()}`);
  }
}

/**
 * The real command line, with a home of its own; its first command starts the agent.
 * @param quote gets every line that a command writes
 */
export function createClient(folder, signal, quote) {
  const env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), // the agent runs on this Node
    HOME: folder,
    SALLYPORT_HOME: folder,
    SALLYPORT_KEYCHAIN: 'session',
  };
  const run = async (argv, { tell = quote, until = signal } = {}) => {
    const child = spawn(join(helpers, 'sallyport'), argv, {
      env,
      cwd: folder,
      signal: until,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = [];
    createInterface({ input: child.stderr }).on('line', tell);
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      tell(line);
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`sallyport ${argv[0]} ended with code ${code}`);
    return said.join('\n');
  };
  let agent;
  return {
    addProfile: async (name) => {
      const door = ['--host', SERVER, '--port', String(DOOR_PORT), '--open-for', `${OPEN_FOR_S}s`];
      await run(['add', name, ...door, '--rotating-secret-file', join(folder, 'demo.key')]);
      agent = JSON.parse(await run(['status', '--json'], { tell: () => undefined })).pid;
    },
    knock: (name) => run(['knock', name]),
    /** Ends the agent, which holds the secret for as long as it runs. */
    end: async () => {
      await run(['quit'], { tell: () => undefined, until: AbortSignal.timeout(GRACE_MS) }).catch(
        () => undefined,
      );
      for (let waited = 0; agent !== undefined && isAlive(agent); waited += 50) {
        if (waited === GRACE_MS) process.kill(agent, 'SIGKILL');
        await sleep(50);
      }
    },
  };
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
