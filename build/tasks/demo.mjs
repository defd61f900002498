/**
 * `npm run demo`: a server and a client on this machine, in user and network namespaces that nobody else can reach
 * (user_namespaces(7)), so it needs neither a server nor root. The gate exempts loopback, so there are two of them, joined
 * by a cable (veth(4)); demo-story.mjs is what happens in the client's, demo-server.mjs in the server's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, prepare, root } from './prepare.mjs';

const NAMESPACES = ['--user', '--map-root-user', '--net', '--'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Settings that forbid what an ordinary user needs here, the value that forbids it, and what allows it. */
const SETTINGS = [
  { file: 'kernel/unprivileged_userns_clone', forbids: 0, allows: 1 },
  { file: 'kernel/apparmor_restrict_unprivileged_userns', forbids: 1, allows: 0 },
  { file: 'user/max_user_namespaces', forbids: 0, allows: 15000 },
  { file: 'user/max_net_namespaces', forbids: 0, allows: 15000 },
];

function demo() {
  if (process.platform !== 'linux') throw new Error('The demo needs Linux: it makes network namespaces.');
  prepare('demo');
  build();
  tryNamespaces();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-demo-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // The channel tells the story when this process is gone, however it ended.
  const child = spawn(
    'unshare',
    [...NAMESPACES, process.execPath, join(root, 'build/tasks/demo-story.mjs'), folder],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/** @throws Error that names the setting in the way */
function tryNamespaces() {
  const attempt = ['ip', 'link', 'add', 'demo-near', 'type', 'veth', 'peer', 'name', 'demo-far'];
  const { status, stderr } = spawnSync('unshare', [...NAMESPACES, ...attempt], { encoding: 'utf8' });
  if (status === 0) return;
  const remedies = SETTINGS.filter(({ file, forbids }) => setting(file) === forbids).map(
    ({ file, forbids, allows }) => {
      const name = file.replace('/', '.');
      return `  ${name} is ${forbids}; allow it until the next boot: sudo sysctl -w ${name}=${allows}`;
    },
  );
  const inContainer =
    '  In a container, its limits are the likely cause: docker run --security-opt seccomp=unconfined --cap-add SYS_ADMIN';
  throw new Error(
    [
      `This system does not let ${process.getuid() === 0 ? 'root' : 'an ordinary user'} make private networks:`,
      `  ${stderr.trim()}`,
      ...(remedies.length > 0 ? remedies : [inContainer]),
    ].join('\n'),
  );
}

function setting(file) {
  try {
    return Number(readFileSync(join('/proc/sys', file), 'utf8'));
  } catch {
    return undefined; // this kernel does not have it
  }
}

try {
  demo();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
