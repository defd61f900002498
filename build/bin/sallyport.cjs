#!/usr/bin/env node
// `npx sallyport …` in a checkout: runs the built command line for this machine and ends as it ends.
'use strict';

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { resolve } = require('node:path');

// Node's names for systems and processors, in Go's words.
const GOOS = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform] ?? process.platform;
const GOARCH = { x64: 'amd64', arm64: 'arm64' }[process.arch] ?? process.arch;
const INTERNAL = 5;

const program = resolve(
  __dirname,
  `../helper/${GOOS}-${GOARCH}/sallyport${GOOS === 'windows' ? '.exe' : ''}`,
);

if (existsSync(program)) run();
else fail(`there is no command line for ${GOOS}-${GOARCH} at ${program}`, 'npm run build');

function run() {
  const child = spawn(program, process.argv.slice(2), { stdio: 'inherit' });
  child.on('error', (error) => fail(`could not run ${program}: ${error.message}`, 'npm run build'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // Ctrl-C reaches the whole foreground group by itself, and a second one would cut the first one's tidying short; so
  // what was sent to this process alone is passed on only when the child has not ended by then.
  process.on('SIGINT', () => setTimeout(() => child.kill('SIGINT'), 300).unref());
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function fail(message, hint) {
  process.stderr.write(`sallyport: ${message}\nsallyport: hint: run: ${hint}\n`);
  process.exitCode = INTERNAL;
}
