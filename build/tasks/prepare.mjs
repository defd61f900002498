/**
 * Makes a fresh clone work: the npm packages and the system packages that a purpose needs, and the build. What is there
 * already costs nothing, so every task begins with this.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { staleParts } from './freshness.mjs';
import { completePath, hasProgram, installMissing } from './system-packages.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @param {'start' | 'window' | 'demo' | 'test'} purpose
 * @throws Error in words for the person who ran the task.
 */
export function prepare(purpose) {
  completePath();
  checkNode();
  installMissing(purpose);
}

/** Builds what is older than its sources; `npm ci` and Go are asked for only when that needs them. */
export function build() {
  const { app, helpers, missing } = staleParts(root);
  if ((app || helpers) && !isWritable(root)) {
    const stale = `The build in ${root} is older than its sources, and not this user's to renew`;
    if (missing) throw new Error(`${stale}. Run there, as the owner: npm run build`);
    console.log(`${stale}; taking it as it is.`);
    return;
  }
  if (helpers) checkGo();
  if (app) {
    installPackages();
    console.log('Building the app.');
    runQuietly('npm', ['run', '--silent', 'build:app'], 'The app could not be built.');
  }
  if (helpers) {
    console.log('Building the Go programs.');
    runQuietly(process.execPath, ['build/tasks/helpers.mjs'], 'The Go programs could not be built.');
  }
}

export function installPackages() {
  if (packagesMatchLock()) return;
  console.log('Installing the npm packages of package-lock.json.');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci failed; npm says why above.');
}

/** npm writes what it installed to node_modules/.package-lock.json when it is done. */
function packagesMatchLock() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || have[path]?.version === version,
  );
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = engines.node.match(/\d+/g).map(Number);
  const [hasMajor, hasMinor] = process.versions.node.split('.').map(Number);
  if (hasMajor > major || (hasMajor === major && hasMinor >= minor)) return;
  throw new Error(
    `Node.js ${engines.node} is needed, this is ${process.versions.node}: https://nodejs.org/en/download`,
  );
}

/** Asked in helper/, where a Go that may fetch newer ones answers with the version that go.mod makes it use. */
export function checkGo() {
  const [, wanted] = /^go (\d+\.\d+)/m.exec(readFileSync(join(root, 'helper/go.mod'), 'utf8'));
  const install = `Install it from https://go.dev/dl, or a Debian package of it: golang-${wanted}-go or newer.`;
  if (!hasProgram('go'))
    throw new Error(`Go ${wanted} or newer is needed to build the Go programs. ${install}`);
  const { stdout } = spawnSync('go', ['version'], { cwd: join(root, 'helper'), encoding: 'utf8' });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor)) return;
  throw new Error(
    `Go ${wanted} or newer is needed, here is: ${(stdout ?? '').trim() || 'an older one'}. ${install}`,
  );
}

function run(command, argv, problem) {
  const { status, signal } = spawnSync(command, argv, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (signal === 'SIGINT') process.exit(130);
  if (status !== 0) throw new Error(problem);
}

/** What it prints is worth reading only when it fails. */
function runQuietly(command, argv, problem) {
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 };
  const { status, signal, stdout, stderr } = spawnSync(command, argv, options);
  if (signal === 'SIGINT') process.exit(130);
  if (status !== 0) throw new Error(`${stdout}${stderr}\n${problem}`);
}
