/** Runs one vitest project and counts its tests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';
import { runStep } from './test-step.mjs';

/**
 * @param before the command, if any, that runs vitest in its place
 * @param shard which part of the files, as vitest writes it: 1/2
 */
export async function vitestProject(project, reports, before = [], shard = '1/1') {
  const report = join(reports, `${project}-${shard.replace('/', '-')}.json`);
  const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs')];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const argv = ['run', '--project', project, `--shard=${shard}`, ...reporters];
  const code = await runStep([...before, ...vitest, ...argv], { cwd: root });
  return countVitest(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, code);
}

/** The files of a project in two halves side by side: for tests that mostly wait for clocks and doors. */
export async function vitestInHalves(project, reports, before) {
  const halves = await Promise.all(
    ['1/2', '2/2'].map((shard) => vitestProject(project, reports, before, shard)),
  );
  const sum = (kind) => halves.reduce((total, half) => total + half[kind], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/**
 * Counts vitest's JSON report. A file that failed without a failed test (it does not load, a hook threw) is a failure of
 * its own, and so is a run that ends badly, or runs nothing, without saying which test was it.
 */
export function countVitest(report, code) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const withStatus = (...states) => tests.filter(({ status }) => states.includes(status)).length;
  const passed = withStatus('passed');
  const skipped = withStatus('skipped', 'pending', 'todo', 'disabled');
  const silent = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = tests.length - passed - skipped + silent;
  const unexplained = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  return { passed, failed: failed + unexplained, skipped };
}
