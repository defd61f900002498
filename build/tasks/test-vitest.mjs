/** Runs one vitest project and counts its tests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';
import { runStep } from './test-step.mjs';

/** @param before the command, if any, that runs vitest in its place */
export async function vitestProject(project, reports, before = []) {
  const report = join(reports, `${project}.json`);
  const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs')];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runStep([...before, ...vitest, 'run', '--project', project, ...reporters], {
    cwd: root,
  });
  return countVitest(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, code);
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
