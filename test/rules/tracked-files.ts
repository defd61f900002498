/** The files under version control, and those that are about to be: what the rules of this folder are about. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Paths relative to the root, those that end in one of `endings`; all without any. */
export function trackedFiles(...endings: readonly string[]): readonly string[] {
  const argv = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  return execFileSync('git', argv, { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .filter((path) => endings.length === 0 || endings.some((ending) => path.endsWith(ending)));
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** `path:line` of every line of the files that matches. */
export function linesThatMatch(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}
