/**
 * `node build/tasks/in-namespace.mjs COMMAND…` runs COMMAND where the client of the network tests lives: in a network
 * namespace that nothing outside can be reached from, with a home folder of its own and with names for the servers.
 *
 * ip-netns(8) binds /etc/netns/NAME/* over /etc/*: ssh asks /etc/passwd, not HOME, for the home folder, so root's is
 * changed there. Everything is removed at the end, and the exit code is COMMAND's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const USAGE = 2;
const CANNOT = 1;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const GRACE_MS = 3000;
/** The servers that tests make (test/net/topology.ts). */
const NAMES = ['10.91.0.2 web1.test both.test', 'fd91::2 web6.test both.test'];

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(dirname(self)));
const command = process.argv.slice(2);
const name = `sallyport-client-${process.pid}`;
const etc = join('/etc/netns', name);
const path = [
  join(root, 'node_modules/.bin'),
  process.env.PATH ?? '',
  '/usr/local/sbin:/usr/sbin:/sbin',
].join(delimiter);

function main() {
  if (process.platform !== 'linux') return fail('Network namespaces are a feature of Linux.');
  if (command.length === 0) {
    console.error('usage: node build/tasks/in-namespace.mjs COMMAND [ARGUMENT…]');
    process.exitCode = USAGE;
    return undefined;
  }
  return process.getuid() === 0 ? runInside() : becomeRoot();
}

/** sudo resets the environment, PATH too, so that goes along by name. */
function becomeRoot() {
  const argv = ['env', `PATH=${path}`, process.execPath, self, ...command];
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    return fail(
      'Making a network namespace needs root, and sudo asks for a password. Run it yourself:\n' +
        `  sudo ${argv.map(quote).join(' ')}`,
    );
  }
  return follow(spawn('sudo', ['-n', ...argv], { stdio: 'inherit' }));
}

function runInside() {
  let home;
  const remove = () => {
    endLeftovers();
    spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
    rmSync(etc, { recursive: true, force: true });
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  };
  // Handlers first: a Ctrl-C during the set-up must not leave a namespace either.
  process.on('exit', remove);
  for (const signal of SIGNALS) process.on(signal, () => undefined);
  try {
    home = mkdtempSync(join(tmpdir(), `${name}-`));
    prepareFiles(home);
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  } catch (error) {
    return fail(`The network namespace ${name} could not be made: ${error.message}`);
  }
  const env = { ...goCaches(), ...process.env, PATH: path, HOME: home, SALLYPORT_TEST_HOME: home };
  return follow(spawn('ip', ['netns', 'exec', name, ...command], { stdio: 'inherit', env }));
}

function prepareFiles(home) {
  chmodSync(home, 0o700);
  mkdirSync(etc, { recursive: true, mode: 0o755 });
  const passwd = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => withHome(line, home));
  writeFileSync(join(etc, 'passwd'), passwd.join('\n'), { mode: 0o644 });
  const hosts = readFileSync('/etc/hosts', 'utf8').trimEnd();
  writeFileSync(join(etc, 'hosts'), [hosts, ...NAMES, ''].join('\n'), { mode: 0o644 });
}

/** Nothing can be fetched in there, so what Go builds comes from the caches of the home outside. */
function goCaches() {
  const gopath = process.env.GOPATH ?? join(homedir(), 'go');
  return { GOPATH: gopath, GOCACHE: join(homedir(), '.cache/go-build') };
}

/** passwd(5): name:password:uid:gid:comment:home:shell. */
function withHome(line, home) {
  const fields = line.split(':');
  return fields[2] === '0' ? fields.with(5, home).join(':') : line;
}

function ip(...argv) {
  const { status, stderr, error } = spawnSync('ip', argv, { encoding: 'utf8' });
  if (error !== undefined)
    throw new Error(`ip cannot be run (Debian: apt-get install iproute2): ${error.message}`);
  if (status !== 0) throw new Error(`ip ${argv.join(' ')}: ${stderr.trim()}`);
}

/** What COMMAND left running in the namespace would keep it alive. */
function endLeftovers() {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  const pids = (stdout ?? '').split('\n').filter(Boolean).map(Number);
  if (pids.length > 0) console.error(`${name}: ending what was left running: ${pids.join(' ')}`);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
}

/** Passes signals on to the child and ends as it ends. */
function follow(child) {
  for (const signal of SIGNALS) {
    // From a terminal the child has had its own Ctrl-C already; a second one would cut its tidying short.
    process.on(signal, () => {
      const pass = () => child.kill(signal);
      if (signal === 'SIGINT' && process.stdin.isTTY) setTimeout(pass, GRACE_MS).unref();
      else pass();
    });
  }
  child.on('error', (error) => fail(`${command[0]} could not be run: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function quote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function fail(message) {
  console.error(message);
  process.exitCode = CANNOT;
}

main();
