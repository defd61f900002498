/**
 * Runs every fuzz target of the Go code for a minute, from the corpus that is kept beside it in testdata/fuzz. What it
 * finds is left there by Go, as a test that fails until the fault is mended.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ask } from './test-step.mjs';

/** Two workers keep two processors busy, which is what a small machine has. */
const AT_ONCE = 2;
const TIME = '60s';

export async function fuzzTargets(helper) {
  const waiting = findTargets(helper);
  console.log(`${waiting.length} targets, ${TIME} each, ${AT_ONCE} at a time`);
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const work = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const problem = await fuzz(helper, target);
      counts[problem === undefined ? 'passed' : 'failed'] += 1;
      if (problem === undefined) continue;
      console.log(problem);
      counts.failures.push(problem.split('\n')[0]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (counts.passed + counts.failed === 0) counts.failed = 1;
  return counts;
}

/** @returns {{ folder: string, name: string }[]} the folder is relative to the module */
export function findTargets(helper) {
  return readdirSync(helper, { recursive: true })
    .filter((path) => path.endsWith('_test.go'))
    .flatMap((path) =>
      [...readFileSync(join(helper, path), 'utf8').matchAll(/^func (Fuzz\w+)\(/gm)].map(([, name]) => ({
        folder: relative(helper, dirname(join(helper, path))),
        name,
      })),
    );
}

/** @returns what is wrong, or undefined */
async function fuzz(helper, { folder, name }) {
  const corpus = join(helper, folder, 'testdata/fuzz', name);
  if (!existsSync(corpus)) return `FAILED ${folder} ${name}: it has no corpus in ${relative(helper, corpus)}`;
  // Making what is new as small as can be takes longer than finding more of it.
  const limits = [`-fuzztime=${TIME}`, '-fuzzminimizetime=1s', '-parallel=1'];
  const argv = ['go', 'test', '-run=^$', `-fuzz=^${name}$`, ...limits, `./${folder}`];
  const { code, stdout } = await ask(['sh', '-c', 'exec "$@" 2>&1', 'sh', ...argv], helper);
  const tries = countTries(code, stdout);
  if (tries === 0) return `FAILED ${folder} ${name}\n${stdout}`;
  console.log(`ok ${folder} ${name}: ${tries} inputs`);
  return undefined;
}

/**
 * How many inputs were tried without a fault, 0 after one. Up to Go 1.26 a run that is over in good order may end with
 * "context deadline exceeded" (go.dev/issue/75804); then nothing else is said, and no input is kept.
 */
export function countTries(code, output) {
  const tries = Number(/.*execs: (\d+)/s.exec(output)?.[1] ?? 0);
  const [, said] = /--- FAIL: Fuzz\w+ \([\d.]+s\)\n([^]*?)\nFAIL\n/.exec(output) ?? [];
  const timeIsUp = said?.trim() === 'context deadline exceeded' && !/Failing input|panic:/.test(output);
  return code === 0 || timeIsUp ? tries : 0;
}
