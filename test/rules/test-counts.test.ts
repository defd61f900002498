/** What npm test counts: a failure, a crash or an empty run can never look like a success. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root } from './tracked-files';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures?: readonly string[];
  readonly unsure?: readonly string[];
}
interface GoCounter {
  read(text: string): void;
  counts(code: number): Counts;
}
const load = (name: string): Promise<unknown> => import(pathToFileURL(join(root, 'build/tasks', name)).href);
const { GoCounter } = (await load('test-go.mjs')) as {
  GoCounter: new (show: (text: string) => void) => GoCounter;
};
const { countScan } = (await load('test-deep.mjs')) as {
  countScan: (code: number, output: string) => Counts;
};
const { countTries, findTargets } = (await load('test-fuzz.mjs')) as {
  countTries: (code: number, output: string) => number;
  findTargets: (helper: string) => readonly { readonly folder: string; readonly name: string }[];
};
const { countVitest } = (await load('test-vitest.mjs')) as {
  countVitest: (report: unknown, code: number) => Counts;
};

function countGo(code: number, ...events: readonly object[]): Counts & { readonly shown: string } {
  let shown = '';
  const counter = new GoCounter((text) => (shown += text));
  const stream = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  // In pieces, as a pipe gives them.
  for (let at = 0; at < stream.length; at += 7) counter.read(stream.slice(at, at + 7));
  return { ...counter.counts(code), shown };
}
const go = (Action: string, Test?: string, Output?: string): object => ({
  Action,
  Package: 'a/b',
  Test,
  Output,
});

describe('Go tests', () => {
  it('are counted by their subtests, where they have any', () => {
    const events = [go('run', 'T'), go('run', 'T/x'), go('pass', 'T/x'), go('run', 'T/y'), go('skip', 'T/y')];
    expect(countGo(0, ...events, go('pass', 'T'), go('run', 'U'), go('pass', 'U'), go('pass'))).toMatchObject(
      {
        passed: 2,
        failed: 0,
        skipped: 1,
      },
    );
  });

  it('that fail show what they said, and once', () => {
    const events = [go('run', 'T'), go('run', 'T/x'), go('output', 'T/x', 'expected 1\n'), go('fail', 'T/x')];
    const counts = countGo(1, ...events, go('fail', 'T'), go('fail'));
    expect(counts).toMatchObject({ passed: 0, failed: 1, skipped: 0, failures: ['a/b T/x'] });
    expect(counts.shown).toContain('expected 1');
  });

  it('that never end are failures', () => {
    expect(countGo(1, go('run', 'T'), go('fail'))).toMatchObject({ passed: 0, failed: 1 });
  });

  it('of a package that does not build are a failure', () => {
    const broken = { Action: 'build-fail', ImportPath: 'a/b' };
    expect(countGo(1, broken, go('fail'))).toMatchObject({ passed: 0, failed: 1 });
  });

  it('that are not there, or a go that ends badly, are a failure', () => {
    expect(countGo(0, go('skip'))).toMatchObject({ failed: 1 });
    expect(countGo(2, go('run', 'T'), go('pass', 'T'), go('pass'))).toMatchObject({ passed: 1, failed: 1 });
  });
});

describe('vitest', () => {
  const file = (status: string, ...tests: readonly string[]): object => ({
    status,
    assertionResults: tests.map((state) => ({ status: state })),
  });
  const report = (...files: readonly object[]): object => ({ testResults: files });

  it('counts tests by how they ended', () => {
    const files = [
      file('passed', 'passed', 'pending', 'todo'),
      file('failed', 'failed', 'passed', 'skipped'),
    ];
    expect(countVitest(report(...files), 1)).toMatchObject({ passed: 2, failed: 1, skipped: 3 });
  });

  it('counts a file that does not load, and a hook that throws', () => {
    expect(countVitest(report(file('failed'), file('passed', 'passed')), 1)).toMatchObject({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
    expect(countVitest(report(file('failed', 'passed', 'skipped')), 1)).toMatchObject({ failed: 1 });
  });

  it('counts an unhandled error, no report and no test as failures', () => {
    expect(countVitest(report(file('passed', 'passed')), 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(countVitest(undefined, 1)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
    expect(countVitest(report(), 0)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
    expect(countVitest(report(file('passed', 'skipped')), 0)).toMatchObject({
      passed: 0,
      failed: 1,
      skipped: 1,
    });
  });

  it('names what passed at its second try only', () => {
    const again = { status: 'passed', fullName: 'a door opens', failureMessages: ['Error: shut'] };
    const files = [{ name: join(root, 'test/a.test.ts'), status: 'passed', assertionResults: [again] }];
    expect(countVitest(report(...files), 0)).toEqual({
      ...{ passed: 1, failed: 0, skipped: 0, failures: [] },
      unsure: ['test/a.test.ts: a door opens: Error: shut'],
    });
  });

  it('names what failed, in a line each', () => {
    const failed = { status: 'failed', fullName: 'a door opens', failureMessages: ['Error: shut\n    at x'] };
    const files = [
      { name: join(root, 'test/a.test.ts'), status: 'failed', assertionResults: [failed] },
      { name: join(root, 'test/b.test.ts'), status: 'failed', message: 'not empty', assertionResults: [] },
    ];
    expect(countVitest(report(...files), 1).failures).toEqual([
      'test/a.test.ts: a door opens: Error: shut',
      'test/b.test.ts: outside its tests: not empty',
    ]);
    expect(countVitest(report(file('passed', 'passed')), 1).failures).toEqual([
      'vitest ended with 1 after 1 tests that passed',
    ]);
  });
});

describe('npm run test:deep', () => {
  it('takes a scan without its list for neither passed nor failed', () => {
    const unreachable = 'govulncheck: fetching vulnerabilities: Get "https://…": no such host';
    expect(countScan(1, unreachable)).toEqual({ passed: 0, failed: 0, skipped: 1 });
    expect(countScan(0, 'No vulnerabilities found.')).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(countScan(3, 'Vulnerability #1: GO-2026-0001')).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countScan(1, 'govulncheck: loading packages: it does not build')).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  it('counts what a fuzzer tried, and nothing of one that found a fault or never began', () => {
    const ran = 'fuzz: elapsed: 3s, execs: 9 (3/sec)\nfuzz: elapsed: 60s, execs: 1234 (20/sec)\n';
    const failed = (words: string): string =>
      `${ran}--- FAIL: FuzzParse (60.01s)\n    ${words}\nFAIL\nexit status 1\n`;
    expect(countTries(0, `${ran}PASS\n`)).toBe(1234);
    expect(countTries(1, failed('context deadline exceeded'))).toBe(1234);
    const fault = 'parse_test.go:9: bad\n    \n    Failing input written to testdata/fuzz/FuzzParse/0a';
    expect(countTries(1, failed(fault))).toBe(0);
    expect(countTries(1, failed('fuzzing process hung or terminated unexpectedly: exit status 2'))).toBe(0);
    expect(countTries(1, `${ran}panic: out of range\n${failed('context deadline exceeded')}`)).toBe(0);
    expect(countTries(0, 'testing: warning: no fuzz tests to fuzz\nPASS\n')).toBe(0);
    expect(countTries(2, 'parse_test.go:3:2: undefined: x\nFAIL [build failed]\n')).toBe(0);
  });

  it('finds the fuzz targets, and each has a corpus that is kept', () => {
    const targets = findTargets(join(root, 'helper'));
    const parsers = ['capture', 'spa', 'knockdconf', 'daemonconfig', 'control', 'onetime', 'sendjob'];
    expect(targets.map(({ folder }) => folder)).toEqual(
      expect.arrayContaining(parsers.map((name) => `internal/${name}`)),
    );
    for (const { folder, name } of targets) {
      expect(readdirSync(join(root, 'helper', folder, 'testdata/fuzz', name)).length).toBeGreaterThan(3);
    }
  });
});
