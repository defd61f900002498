/** Tells by file times whether the build is older than its sources. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const APP_SOURCES = [
  'shared',
  'electron',
  'renderer',
  'build/icons',
  'build/installer',
  'build/systemd',
  'docs/man',
  'build/stand-in.vite.config.ts',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
];
const APP = ['main.cjs', 'agent.cjs', 'stand-in.cjs', 'preload/index.cjs', 'renderer/index.html'];

/** @returns {{ app: boolean, helpers: boolean, missing: boolean }} what must be built again; missing: was never built */
export function staleParts(root) {
  const goos = process.platform === 'win32' ? 'windows' : process.platform;
  const goarch = process.arch === 'x64' ? 'amd64' : process.arch;
  const suffix = goos === 'windows' ? '.exe' : '';
  const programs = ['sallyport', 'sallyport-send', ...(goos === 'linux' ? ['sallyportd'] : [])];
  const at = (names) => names.map((name) => join(root, name));
  const app = at(APP.map((name) => `dist/${name}`));
  const helpers = at(programs.map((name) => `build/helper/${goos}-${goarch}/${name}${suffix}`));
  const servers = at(['amd64', 'arm64'].map((server) => `build/helper/linux-${server}/sallyportd`));
  return {
    app: isStale(at(APP_SOURCES), app),
    helpers: isStale(at(['helper', 'build/tasks/helpers.mjs']), [...helpers, ...servers]),
    missing: [...app, ...helpers, ...servers].some((path) => modified(path) === 0),
  };
}

function isStale(sources, products) {
  const oldest = Math.min(...products.map(modified));
  return sources.some((path) => isNewer(path, oldest));
}

/** 0 when the file is not there. */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Folders count too: a file that was removed or renamed changes its folder's time. */
function isNewer(path, time) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (stats.mtimeMs > time && !path.endsWith('_test.go')) return true;
  return stats.isDirectory() && readdirSync(path).some((name) => isNewer(join(path, name), time));
}
