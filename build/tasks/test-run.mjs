/** Runs the steps of npm test or of npm run test:deep one after the other and says at the end what they counted. */

const LONGEST_FAILURE = 300;

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} [failures] a line for each
 * @property {string[]} [unsure] a line for each that passed at its second try only
 */

/**
 * The last line is the sum; the exit code is 1 when anything failed. What failed, or was not sure, is named once more before
 * it, so that the end of a long output tells.
 * @param {[string, () => Promise<Counts>][]} steps
 */
export async function runSteps(steps) {
  const begin = performance.now();
  const results = [];
  for (const [name, run] of steps) results.push(await timed(name, run));
  summarize(results, performance.now() - begin);
}

/** For a task that cannot even begin. */
export function cannotRun(error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

async function timed(name, run) {
  console.log(`\n== ${name}`);
  const begin = performance.now();
  const counts = await run();
  const ms = performance.now() - begin;
  return { name, ms, ...counts };
}

function summarize(results, ms) {
  console.log('');
  for (const result of results) {
    const time = `${(result.ms / 1000).toFixed(1)} s`.padStart(8);
    console.log(`${word(result)} ${time}  ${result.name}: ${counted(result)}`);
  }
  for (const { name, failures = [], unsure = [] } of results) {
    list(`failed in ${name}:`, failures);
    list(`passed at the second try only, to be mended, in ${name}:`, unsure);
  }
  const sum = (kind) => results.reduce((total, result) => total + result[kind], 0);
  const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  console.log(`${(ms / 1000).toFixed(0)} s in all`);
  console.log(counted(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

function list(title, lines) {
  if (lines.length > 0) console.log(title);
  for (const line of lines) console.log(`  ${line.slice(0, LONGEST_FAILURE)}`);
}

/** What ran nothing at all must not look like a success in the list. */
function word({ passed, failed }) {
  if (failed > 0) return 'FAILED ';
  return passed > 0 ? 'ok     ' : 'NOT RUN';
}

function counted({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
