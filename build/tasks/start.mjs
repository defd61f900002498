/**
 * `npm start`: builds what has changed and opens the app: in Electron; in Chromium through the stand-in for Electron where
 * Electron's binary cannot be had; without a display for the browser of another machine or screen, on loopback.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { findElectron } from './electron-binary.mjs';
import { build, installPackages, prepare, root } from './prepare.mjs';

async function start() {
  const hasDisplay =
    process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
  prepare('start');
  installPackages();
  build();
  if (!hasDisplay) {
    console.log(
      'There is no display here (DISPLAY and WAYLAND_DISPLAY are not set): serving the app to a browser.',
    );
    return standIn('--serve');
  }
  const electron = await findElectron(root);
  if (electron.path !== undefined) {
    console.log('Opening Sallyport.');
    return open(electron.path, [root, ...sandbox()]);
  }
  console.log(`${electron.problem}\nOpening the same app in Chromium, with a stand-in for Electron.`);
  prepare('window');
  return standIn();
}

function standIn(...mode) {
  return open(process.execPath, [join(root, 'dist/stand-in.cjs'), ...mode, root]);
}

/** Chromium refuses to start its sandbox for root. */
function sandbox() {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** How long the app may take to end by itself at a terminal's Ctrl-C, which it gets as well. */
const GRACE_MS = 1000;

/** Stays until the app has ended, and ends as it did. */
function open(program, argv) {
  const child = spawn(program, argv, { cwd: root, stdio: 'inherit' });
  process.on('SIGINT', () => setTimeout(() => child.kill('SIGINT'), GRACE_MS).unref());
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${program} could not be run: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

start().catch((error) => fail(error.message));
