import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf, trackedFiles } from './tracked-files';

describe('what a module promises', () => {
  it('opens every module of shared/', () => {
    const modules = trackedFiles('.ts').filter((path) => path.startsWith('shared/'));
    expect(modules.length).toBeGreaterThan(10);
    expect(modules.filter((path) => !textOf(path).startsWith('/**'))).toEqual([]);
  });

  it('opens every Go package, once', () => {
    const documented = new Map<string, number>();
    for (const path of trackedFiles('.go').filter((file) => !file.endsWith('_test.go'))) {
      const before = documented.get(dirname(path)) ?? 0;
      documented.set(dirname(path), before + (hasPackageComment(textOf(path)) ? 1 : 0));
    }
    expect(documented.size).toBeGreaterThan(10);
    expect([...documented].filter(([, comments]) => comments !== 1)).toEqual([]);
  });
});

/** A comment that ends on the line above the package clause (go.dev/doc/comment). */
function hasPackageComment(source: string): boolean {
  const lines = source.split('\n');
  const clause = lines.findIndex((line) => line.startsWith('package '));
  const above = clause > 0 ? (lines[clause - 1] ?? '') : '';
  return above.startsWith('//') && !above.startsWith('//go:');
}
