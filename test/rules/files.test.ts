import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesThatMatch, textOf, trackedFiles } from './tracked-files';

const LONGEST = 300;
const SOURCES = ['.ts', '.tsx', '.go', '.mjs', '.cjs', '.css'];

/** Written out in parts, so that this file does not break the rules it holds. */
const join = (...parts: readonly string[]): string => parts.join('');

describe('every source file', () => {
  it('is there to be checked', () => {
    expect(trackedFiles(...SOURCES).length).toBeGreaterThan(200);
  });

  it(`has at most ${LONGEST} lines`, () => {
    const long = trackedFiles(...SOURCES).map((path) => ({
      path,
      lines: textOf(path).split('\n').length - 1,
    }));
    expect(long.filter(({ lines }) => lines > LONGEST)).toEqual([]);
  });

  it('is named for its idea', () => {
    const vague = /^(utils?|common|misc|stuff|constants|types)\.(ts|tsx|go|mjs|cjs)$/;
    expect(trackedFiles(...SOURCES).filter((path) => vague.test(basename(path)))).toEqual([]);
  });

  it('is in kebab-case, and a React component in PascalCase', () => {
    const kebab = /^[a-z0-9]+([-.][a-z0-9]+)*\.(ts|tsx|mjs|cjs)$/;
    const component = /^[A-Z][A-Za-z0-9]*\.tsx$/;
    const wrong = trackedFiles('.ts', '.tsx', '.mjs', '.cjs')
      .map((path) => basename(path))
      .filter((name) => !kebab.test(name) && !component.test(name));
    expect(wrong).toEqual([]);
  });

  it('leaves nothing to do later', () => {
    const later = new RegExp(join('\\b(TO', 'DO|FIX', 'ME|XX', 'X|HA', 'CK)\\b'));
    expect(linesThatMatch(trackedFiles(...SOURCES), later)).toEqual([]);
  });
});

describe('every text file', () => {
  const texts = trackedFiles(
    ...SOURCES,
    '.md',
    '.json',
    '.html',
    '.yml',
    '.toml',
    '.sh',
    '.txtar',
    '.service',
  );

  it('names no ticket, no folder of one machine and no package mirror', () => {
    const patterns = [
      join('\\bissue ', '#?\\d+'),
      join('(^|[\\s"\'`(])/wo', 'rk/'),
      join('(^|[\\s"\'`(])/root/', '(?!\\.ssh)'),
      join('registry\\.', 'npmjs\\.'),
      join('\\b(sub', 'agent|Clau', 'de|Chat', 'GPT|Copi', 'lot)\\b'),
    ];
    expect(linesThatMatch(texts, new RegExp(patterns.join('|'), 'i'))).toEqual([]);
  });
});
