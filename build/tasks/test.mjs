/**
 * `npm test`: installs what is missing, builds, and runs every check and every test there is. The last line counts them:
 * `N passed, N failed`, and how many were skipped where any were. A step that crashes or runs nothing counts as failed.
 * `npm run test:deep` runs what takes longest and looks deepest into the Go code (`--deep-only`), and CI all of it at once
 * (`--deep`), with the servers of `npm run test:server` (`--servers-only`) behind them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkGo, installPackages, prepare, root } from './prepare.mjs';
import { deepSteps } from './test-deep.mjs';
import { goTests } from './test-go.mjs';
import { cannotRun, runSteps } from './test-run.mjs';
import { ask, check, stopSteps } from './test-step.mjs';
import { vitestInHalves, vitestProject } from './test-vitest.mjs';

const helper = join(root, 'helper');
const bin = (name) => join(root, 'node_modules/.bin', name);
const inNamespace = [process.execPath, join(root, 'build/tasks/in-namespace.mjs')];

async function main() {
  prepare('test');
  checkGo();
  installPackages();
  const reports = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  process.on('exit', () => rmSync(reports, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stopSteps(signal));

  if (process.argv.includes('--servers-only')) return runSteps([BUILD, ...serverSteps()]);
  const deep = process.argv.some((argument) => argument.startsWith('--deep')) ? deepSteps(helper) : [];
  const all = process.argv.includes('--deep-only') ? [] : allSteps(reports);
  const servers = process.argv.includes('--deep') ? serverSteps() : [];
  return runSteps([...deep, ...all, ...servers]);
}

function allSteps(reports) {
  return [
    ['build: app', () => check(['npm', 'run', '--silent', 'build:app'], root)],
    [
      'build: Go programs for every target',
      () => check([process.execPath, 'build/tasks/helpers.mjs', '--all'], root),
    ],
    ['oxlint', () => check([bin('oxlint'), '--type-aware'], root)],
    ['prettier', () => check([bin('prettier'), '--check', '--log-level=warn', '.'], root)],
    ...['shared', 'electron', 'renderer', 'test'].map((project) => [
      `tsc: ${project}`,
      () => check([bin('tsc'), '-p', project], root),
    ]),
    ['gofmt', unformattedGo],
    ['go vet', () => check(['go', 'vet', './...'], helper)],
    ['go test', () => goTests(helper)],
    ...['unit', 'ui', 'stand-in'].map((project) => [
      `vitest: ${project}`,
      () => vitestProject(project, reports),
    ]),
    ['vitest: network', () => vitestInHalves('network', reports, inNamespace)],
  ];
}

const BUILD = ['build', () => check(['npm', 'run', '--silent', 'build'], root)];

/** Debian booted with its own init, by test/server. It takes minutes, and root. */
const SERVERS = {
  boot: 'a booted Debian',
  installer: 'installed over ssh',
  app: 'installed by the app',
  accounts: 'by sudo and doas',
  firewalls: 'beside ufw and firewalld',
  inits: 'under SysV init and OpenRC',
  ansible: 'by Ansible',
  'cloud-init': 'by cloud-init',
};

function serverSteps() {
  return Object.entries(SERVERS).map(([script, what]) => [
    `server: ${what}`,
    () => twice(() => check(['sh', `test/server/${script}.sh`], root)),
  ]);
}

/** A whole machine boots in it, on one that may have much else to do. */
async function twice(run) {
  const first = await run();
  if (first.failed === 0) return first;
  console.log('\nonce more');
  const second = await run();
  return second.failed > 0 ? second : { ...second, unsure: ['it failed at first; see above'] };
}

/** gofmt says by its exit code only whether it could read the files. */
async function unformattedGo() {
  const { code, stdout } = await ask(['gofmt', '-l', '.'], helper);
  if (code === 0 && stdout === '') return { passed: 1, failed: 0, skipped: 0 };
  console.log(`These files are not as gofmt writes them:\n${stdout}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

main().catch(cannotRun);
