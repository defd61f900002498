/** Runs the Go tests and counts them; docs of the events: `go doc test2json`. */
import { runStep } from './test-step.mjs';

/** More failures than this are no accident of a busy machine. */
const MOST_AGAIN = 3;

/**
 * Tests of the kernel need root. Go builds as the user it is; only what it built runs under sudo then. A few that fail are
 * tried a second time, alone; what passes only then is told.
 * @param what packages, and flags before them
 * @returns {Promise<import('./test-run.mjs').Counts>}
 */
export async function goTests(cwd, what = ['./...'], env = process.env) {
  const flags = what.filter((word) => word.startsWith('-') && !word.startsWith('-run='));
  const counts = await goRun(cwd, what, env);
  if (counts.failed !== counts.again.length || counts.failed > MOST_AGAIN) return counts;
  for (const { name, test } of counts.again) {
    console.log(`\nonce more: ${name} ${test}`);
    const alone = await goRun(cwd, [...flags, `-run=^${test.split('/')[0]}$`, name], env);
    if (alone.failed > 0) continue;
    counts.failed -= 1;
    counts.passed += 1;
    counts.failures = counts.failures.filter((failure) => failure !== `${name} ${test}`);
    counts.unsure.push(`${name} ${test}`);
  }
  return counts;
}

async function goRun(cwd, what, env) {
  const asRoot = process.getuid() === 0 ? [] : ['-exec', 'sudo -n -E'];
  const counter = new GoCounter((text) => process.stdout.write(text));
  const argv = ['go', 'test', '-json', '-count=1', '-p=1', ...asRoot, ...what];
  const code = await runStep(argv, { cwd, env, onOutput: (text) => counter.read(text) });
  return { unsure: [], ...counter.counts(code) };
}

/** Reads test2json events. A test with subtests is not counted beside them, unless it failed all by itself. */
export class GoCounter {
  #rest = '';
  #show;
  /** "package test" to its end: pass, fail, skip, or run while it has none. */
  #tests = new Map();
  #failedPackages = new Set();
  #output = new Map();

  constructor(show) {
    this.#show = show;
  }

  read(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (!line.startsWith('{')) {
      if (line !== '') this.#show(`${line}\n`);
      return;
    }
    const event = JSON.parse(line);
    const { Action: action, Package: name = event.ImportPath, Test: test, Output: output } = event;
    const id = `${name} ${test ?? ''}`;
    if (action === 'output' || action === 'build-output')
      this.#hold(test === undefined ? '' : id, action, output);
    if (test !== undefined && ['run', 'pass', 'fail', 'skip'].includes(action)) this.#tests.set(id, action);
    if (action === 'fail' || action === 'skip') this.#show(this.#output.get(id)?.join('') ?? '');
    if (test === undefined && (action === 'fail' || action === 'build-fail')) this.#failedPackages.add(name);
  }

  /** A test's output is worth reading only if it does not pass; a package's and a compiler's is a line or two. */
  #hold(id, action, output) {
    if (id === '' || action === 'build-output') {
      if (!/no test files|^PASS$/.test(output.trim())) this.#show(output);
      return;
    }
    if (!this.#output.has(id)) this.#output.set(id, []);
    this.#output.get(id).push(output);
  }

  counts(code) {
    const ends = [...this.#tests].filter(([id, end]) => end !== 'pass' || !this.#hasSubtests(id));
    const failed = ends.filter(
      ([id, end]) => (end === 'fail' || end === 'run') && !this.#hasFailedSubtest(id),
    );
    const skipped = ends.filter(([, end]) => end === 'skip').length;
    const passed = ends.filter(([, end]) => end === 'pass').length;
    const silent = [...this.#failedPackages].filter(
      (name) => !failed.some(([id]) => id.startsWith(`${name} `)),
    );
    const unexplained = failed.length + silent.length === 0 && (code !== 0 || this.#tests.size === 0) ? 1 : 0;
    for (const name of silent)
      this.#show(`${name} failed without a failed test: it does not build, or it crashed.\n`);
    const failures = [...failed.map(([id]) => id), ...silent];
    const again = failed.map(([id]) => ({ name: id.split(' ')[0], test: id.split(' ')[1] }));
    return { passed, failed: failed.length + silent.length + unexplained, skipped, failures, again };
  }

  #hasSubtests(id) {
    return this.#below(id).length > 0;
  }

  #hasFailedSubtest(id) {
    return this.#below(id).some(([, end]) => end === 'fail' || end === 'run');
  }

  #below(id) {
    return [...this.#tests].filter(([other]) => other.startsWith(`${id}/`));
  }
}
