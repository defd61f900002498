/**
 * The demo's server, alone in its network namespace: a small TCP service on the port that is to be hidden, and sallyportd
 * in front of it. demo-story.mjs sends `{ do }` and gets `{ done }` or `{ failed }` back; the daemon's lines go as `{ log }`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BANNER, DOOR_PORT, SERVER, SERVER_LINK } from './demo-places.mjs';

const [folder] = process.argv.slice(2);
const program = join(folder, 'sallyportd');
const config = ['--config', join(folder, 'sallyportd.toml')];
let daemon;

const tasks = { ready: () => undefined, listen, check, run };

async function perform(task) {
  try {
    process.send({ done: task, answer: await tasks[task]() });
  } catch (error) {
    process.send({ failed: task, message: error.message });
  }
}

process.on('message', ({ do: task }) => void perform(task));
// The story has ended, or was killed.
process.on('disconnect', () => {
  if (daemon === undefined || daemon.exitCode !== null) process.exit();
  daemon.on('exit', () => process.exit());
  daemon.kill();
  setTimeout(() => daemon.kill('SIGKILL'), 2000);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined); // the story decides when

async function listen() {
  for (const argv of [
    ['address', 'add', `${SERVER}/24`, 'dev', SERVER_LINK],
    ['link', 'set', 'lo', 'up'],
    ['link', 'set', SERVER_LINK, 'up'],
  ]) {
    ask('ip', argv);
  }
  const service = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(`${BANNER}\n`);
    socket.pipe(socket); // so that a session can show that it is alive
  });
  await new Promise((resolve, reject) => service.once('error', reject).listen(DOOR_PORT, SERVER, resolve));
}

function check() {
  return ask(program, ['check', ...config]);
}

/** Resolves when the daemon says that it has started. */
function run() {
  daemon = spawn(program, ['run', ...config], { stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    const said = [];
    createInterface({ input: daemon.stderr }).on('line', (line) => {
      said.push(line);
      if (process.connected) process.send({ log: line });
      if (line.includes('event=started')) resolve();
    });
    daemon.on('error', reject);
    daemon.on('close', (code) =>
      reject(new Error(`sallyportd ended with code ${code}:\n${said.join('\n')}`)),
    );
  });
}

function ask(command, argv) {
  const { status, stdout, stderr, error } = spawnSync(command, argv, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(`${command} ${argv.join(' ')}: ${error?.message ?? (stderr.trim() || stdout.trim())}`);
}
