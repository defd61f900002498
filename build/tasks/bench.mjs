/**
 * `npm run bench`: measures sallyportd beside the real knockd and fwknopd and a kernel-only knock detector, in network
 * namespaces that helper/cmd/bench makes and removes. The figures go to the screen, to test-results/bench.json and to
 * test-results/bench.md. `-- --only PATTERN` measures some groups; `-- --strict` fails when a target is missed;
 * `-- --write` puts a whole run's table into docs/performance.md.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, prepare, root } from './prepare.mjs';
import { PACKAGES } from './system-packages.mjs';

const USAGE = 2;
const NEEDED = ['iproute2', 'nftables', 'iptables', 'knockd', 'fwknop-server', 'fwknop-client', 'procps'];
const PAGE = join(root, 'docs/performance.md');
const RESULTS = join(root, 'test-results');
const TABLE = /(<!-- table -->\n)[^]*(\n<!-- end of table -->)/;

async function main() {
  const argv = process.argv.slice(2);
  const write = argv.includes('--write');
  const rest = argv.filter((word) => word !== '--write');
  if (write && rest.length > 0) {
    console.error('usage: npm run bench [-- [--only PATTERN] [--strict] | -- --write]');
    return USAGE;
  }
  if (process.platform !== 'linux') throw new Error('Network namespaces are a feature of Linux.');
  PACKAGES.bench = PACKAGES.test.filter(({ name }) => NEEDED.includes(name));
  prepare('bench');
  build();
  const sudo = asRoot();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const bench = join(folder, 'bench');
  const { status } = spawnSync('go', ['build', '-o', bench, './cmd/bench'], {
    cwd: join(root, 'helper'),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('The measuring program could not be built.');
  const goarch = process.arch === 'x64' ? 'amd64' : process.arch;
  const daemon = join(root, 'build/helper', `linux-${goarch}`, 'sallyportd');
  const code = await run([...sudo, bench, '--sallyportd', daemon, '--out', RESULTS, ...rest]);
  if (write && code === 0) writeTable();
  return code;
}

/** The words that make a command root's. */
function asRoot() {
  if (process.getuid() === 0) return [];
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n'];
  throw new Error('Making network namespaces needs root, and sudo asks for a password: sudo npm run bench');
}

/** Passes a Ctrl-C on, so that the namespaces are removed, and gives the exit code. */
function run([command, ...argv]) {
  const child = spawn(command, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function writeTable() {
  const { date, seconds, machine, versions } = JSON.parse(readFileSync(join(RESULTS, 'bench.json'), 'utf8'));
  const about =
    `Run of ${date.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(seconds)} s, on ${machine.cores} cores ` +
    `(${machine.cpu}), Linux ${machine.kernel}, load ${machine.loadBefore} before it began; ` +
    `${versions.knockd}, ${versions.fwknopd}, ${versions.nft}, ${versions.go}.`;
  const table = `\n${about}\n\n${readFileSync(join(RESULTS, 'bench.md'), 'utf8')}`;
  const page = readFileSync(PAGE, 'utf8');
  if (!TABLE.test(page)) throw new Error(`${PAGE} has no place for the table.`);
  writeFileSync(
    PAGE,
    page.replace(TABLE, (_, begin, end) => `${begin}${table}${end}`),
  );
  spawnSync(join(root, 'node_modules/.bin/prettier'), ['--write', PAGE], { stdio: 'ignore' });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
