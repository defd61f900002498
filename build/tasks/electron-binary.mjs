/**
 * Finds Electron's binary. Its npm package brings none: it is downloaded at the first start, from GitHub or a mirror
 * (ELECTRON_MIRROR), into node_modules/electron/dist.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PATIENCE_MS = 5000;
const DEFAULT_MIRROR = 'https://github.com/electron/electron/releases/';

/** @returns {Promise<{ path: string } | { path?: undefined, problem: string }>} problem: a sentence on why not */
export async function findElectron(root) {
  const folder = join(root, 'node_modules/electron');
  if (installed(folder) === undefined) {
    const problem = await download(folder);
    if (problem !== undefined) {
      return {
        problem: `Electron's binary is not here and could not be downloaded: ${problem}.\nTo try it by hand: npx install-electron`,
      };
    }
  }
  const path = installed(folder);
  if (path === undefined) return { problem: `Electron's download left no binary in ${folder}/dist.` };
  const { status, stderr, error } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  if (status === 0) return { path };
  return {
    problem: `Electron's binary is here but does not run (${firstLine(stderr) ?? error?.message ?? status}).`,
  };
}

function installed(folder) {
  const name = join(folder, 'path.txt');
  if (!existsSync(name)) return undefined;
  const path = join(folder, 'dist', readFileSync(name, 'utf8').trim());
  return existsSync(path) ? path : undefined;
}

/**
 * Runs the package's own installer, which knows its cache, checksums and mirrors. A host that does not answer must not
 * hold up the start, one that does may take its time.
 * @returns {Promise<string | undefined>} what went wrong
 */
async function download(folder) {
  const unreachable = await whyUnreachable();
  if (unreachable === undefined) console.log('Downloading Electron, about 110 MB, once.');
  // Without the host it still has its cache.
  const timeout = unreachable === undefined ? undefined : PATIENCE_MS;
  const child = spawn(process.execPath, [join(folder, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [code] = await once(child, 'close');
  return code === 0
    ? undefined
    : (unreachable ?? firstLine(stderr) ?? `its installer ended with code ${code}`);
}

async function whyUnreachable() {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? DEFAULT_MIRROR;
  try {
    await fetch(mirror, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    return undefined;
  } catch (error) {
    return error.cause?.message ?? error.message;
  }
}

function firstLine(text) {
  const line = text?.split('\n').find((candidate) => candidate.trim() !== '');
  return line?.trim();
}
