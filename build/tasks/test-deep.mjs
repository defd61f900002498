/**
 * What looks deeper than the tests do. Into the Go code: static analysis, known vulnerabilities, the race detector, and
 * every fuzz target for a minute. Into the app: a thousand kills in the middle of saves, and knocks over a line that loses
 * packets. It takes more than
 * ten minutes, so it is a task of its own: npm run test:deep.
 */
import { join } from 'node:path';
import { root } from './prepare.mjs';
import { fuzzTargets } from './test-fuzz.mjs';
import { goTests } from './test-go.mjs';
import { ask, check } from './test-step.mjs';

/** Matching, the gate, and whatever else several goroutines share. */
const RACING = [
  ...['matcher', 'knockdmatch', 'gate', 'grants', 'stopqueue', 'doorcmd'],
  ...['capture', 'spaport', 'hostnet', 'clocksync', 'eventlog', 'control'],
];
/** govulncheck ends with it when it found something. */
const FOUND = 3;

/** @param {string} helper the folder of the Go module */
export function deepSteps(helper) {
  // The tests of the daemon run it from their own binary, so that the detector sees all of it.
  const race = ['-race', ...RACING.map((name) => `./internal/${name}`), './cmd/sallyportd'];
  const scans = ['-run=^TestRealScansOpenNothing$', './cmd/sallyportd'];
  return [
    ['staticcheck', () => staticcheck(helper, 'linux', ['./...'])],
    [
      'staticcheck: for Windows',
      () => staticcheck(helper, 'windows', ['./cmd/sallyport', './cmd/sallyport-send']),
    ],
    ['govulncheck', () => vulnerabilities(helper)],
    ['go test -race', () => goTests(helper, race, { ...process.env, CGO_ENABLED: '1' })],
    [
      'go test: real scans in 20 random orders',
      () => goTests(helper, scans, { ...process.env, SALLYPORTD_TEST_RANDOM_SCANS: '20' }),
    ],
    ['vitest: 1,000 kills in the middle of saves', thousandKills],
    ['bench: knocks over a line that loses 5 %', knocksOverLoss],
    ['fuzz', () => fuzzTargets(helper)],
  ];
}

function thousandKills() {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const argv = [process.execPath, vitest, 'run', '--project', 'unit', 'test/unit/crash/saves.test.ts'];
  return check(argv, root, { ...process.env, SALLYPORT_CRASH_KILLS: '1000' });
}

/**
 * 99 of 100 knocks have to open. A fixed sequence opens in 99.7 %, so that in one run of 29 two do not. Five runs in a row
 * like that happen by chance once in twenty million times; where only 95 % open, more than four times in five.
 */
async function knocksOverLoss() {
  const bench = [process.execPath, join(root, 'build/tasks/bench.mjs'), '--only', '^loss$', '--strict'];
  let counts = await check(bench, root);
  for (let run = 2; counts.failed !== 0 && run <= 5; run++) counts = await check(bench, root);
  return counts;
}

/**
 * Looks at what programs are made of; their tests are read for Linux. With GOOS set, `go tool` would build the tool
 * itself for that system.
 */
async function staticcheck(helper, goos, programs) {
  const env = ['env', `GOOS=${goos}`, 'CGO_ENABLED=0'];
  const ours = '{{if .Module}}{{if .Module.Main}}{{.ImportPath}}{{end}}{{end}}';
  const parts = await ask([...env, 'go', 'list', '-deps', '-f', ours, ...programs], helper);
  const tool = await ask(['go', 'tool', '-modfile=tools/go.mod', '-n', 'staticcheck'], helper);
  if (parts.code !== 0 || tool.code !== 0) return { passed: 0, failed: 1, skipped: 0 };
  return check(
    [...env, tool.stdout.trim(), `-tests=${goos === 'linux'}`, ...parts.stdout.split('\n').filter(Boolean)],
    helper,
  );
}

/**
 * Looks for known vulnerabilities in what the programs call. The list of them comes from the network, or from where
 * SALLYPORT_VULNDB says (govulncheck's -db: an https:// or file:// address). Without the list nothing was checked, and
 * that is neither passed nor failed.
 */
async function vulnerabilities(helper) {
  const from = process.env.SALLYPORT_VULNDB ?? 'https://vuln.go.dev';
  const scan = ['go', 'tool', '-modfile=tools/go.mod', 'govulncheck', '-db', from, './...'];
  const { code, stdout } = await ask(['sh', '-c', 'exec "$@" 2>&1', 'sh', ...scan], helper);
  console.log(stdout.trim());
  const counts = countScan(code, stdout);
  if (counts.skipped === 0) return counts;
  console.log(
    `NOT RUN: govulncheck cannot get the list of known vulnerabilities from ${from}, so nothing is known about them.\n` +
      'Run it where that can be reached, or set SALLYPORT_VULNDB to a copy: npm run test:deep',
  );
  return counts;
}

/** Only where the list could not be fetched was nothing scanned; any other end without findings is a failure. */
export function countScan(code, output) {
  if (code === 0) return { passed: 1, failed: 0, skipped: 0 };
  const scanned = code === FOUND || !output.includes('govulncheck: fetching vulnerabilities:');
  return { passed: 0, failed: scanned ? 1 : 0, skipped: scanned ? 0 : 1 };
}
