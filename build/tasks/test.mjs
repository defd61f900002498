/**
 * `npm test`: installs what is missing, builds, and runs every check and every test there is. The last line counts them:
 * `N passed, N failed`, and how many were skipped where any were. A step that crashes or runs nothing counts as failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkGo, installPackages, prepare, root } from './prepare.mjs';
import { goTests } from './test-go.mjs';
import { ask, check, stopSteps } from './test-step.mjs';
import { vitestInHalves, vitestProject } from './test-vitest.mjs';

const helper = join(root, 'helper');
const bin = (name) => join(root, 'node_modules/.bin', name);
const inNamespace = [process.execPath, join(root, 'build/tasks/in-namespace.mjs')];

async function main() {
  const begin = performance.now();
  prepare('test');
  checkGo();
  installPackages();
  const reports = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  process.on('exit', () => rmSync(reports, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stopSteps(signal));

  const steps = [
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
  const results = [];
  for (const [name, run] of steps) results.push(await timed(name, run));
  summarize(results, performance.now() - begin);
}

async function timed(name, run) {
  console.log(`\n== ${name}`);
  const begin = performance.now();
  const counts = await run();
  const ms = performance.now() - begin;
  return { name, ms, ...counts };
}

/** gofmt says by its exit code only whether it could read the files. */
async function unformattedGo() {
  const { code, stdout } = await ask(['gofmt', '-l', '.'], helper);
  if (code === 0 && stdout === '') return { passed: 1, failed: 0, skipped: 0 };
  console.log(`These files are not as gofmt writes them:\n${stdout}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

function summarize(results, ms) {
  console.log('');
  for (const result of results) {
    const time = `${(result.ms / 1000).toFixed(1)} s`.padStart(8);
    console.log(`${result.failed > 0 ? 'FAILED' : 'ok    '} ${time}  ${result.name}: ${counted(result)}`);
  }
  const sum = (kind) => results.reduce((total, result) => total + result[kind], 0);
  const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  console.log(`${(ms / 1000).toFixed(0)} s in all`);
  console.log(counted(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

function counted({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

main().catch((error) => {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
