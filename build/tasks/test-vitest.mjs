/** Runs one vitest project and counts its tests. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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
  const all = (kind) => halves.flatMap((half) => half[kind]);
  return {
    ...{ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') },
    ...{ failures: all('failures'), unsure: all('unsure') },
  };
}

/**
 * Counts vitest's JSON report. A file that failed without a failed test (it does not load, a hook threw) is a failure of
 * its own, and so is a run that ends badly, or runs nothing, without saying which test was it. What passed at its second try
 * only is counted as passed, and told.
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
  );
  const failed = tests.length - passed - skipped + silent.length;
  const unexplained = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  const ended = (wanted) =>
    files.flatMap((file) =>
      file.assertionResults
        .filter(wanted)
        .map(({ fullName, failureMessages }) => told(file, fullName, failureMessages?.[0])),
    );
  const failures = [
    ...ended(({ status }) => status === 'failed'),
    ...silent.map((file) => told(file, 'outside its tests', file.message)),
    ...(unexplained === 1 ? [`vitest ended with ${code} after ${passed} tests that passed`] : []),
  ];
  const unsure = ended(
    ({ status, failureMessages = [] }) => status === 'passed' && failureMessages.length > 0,
  );
  return { passed, failed: failed + unexplained, skipped, failures, unsure };
}

function told({ name }, test, message) {
  const file = name === undefined ? '' : `${relative(root, name)}: `;
  const why = message?.trim().split('\n')[0] ?? '';
  return `${file}${test}${why === '' ? '' : `: ${why}`}`;
}
