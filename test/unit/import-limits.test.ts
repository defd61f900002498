/** Files of other programs that somebody wrote to keep us busy: each is read in a moment, or refused in words. */
import { describe, expect, it } from 'vitest';
import { readImport } from '../../electron/main/services/import-texts';
import type { ImportKind } from '../../shared/exchange/entry';
import { checkedEntries, reviewEntries } from '../../shared/exchange/review';
import { toProblem } from '../../shared/contract/result';
import { fakeServices } from '../fakes/fake-services';

const MIB = 1024 * 1024;
const repeated = (text: string, size = MIB): string => text.repeat(Math.floor(size / text.length));
const numbered = (text: (n: number) => string): string => {
  const parts: string[] = [];
  for (let n = 0, size = 0; size < MIB - 200; n += 1) {
    const part = text(n);
    parts.push(part);
    size += part.length;
  }
  return parts.join('');
};
const { documents } = fakeServices().services;

async function reviewed(kind: ImportKind, text: string) {
  const start = performance.now();
  const read = checkedEntries((await readImport(kind, text, null, documents)).read);
  const entries = reviewEntries(read.entries, new Set());
  return { entries: entries.length, skipped: read.skipped, ms: performance.now() - start };
}

describe('a file that was made to keep us busy', () => {
  it.each([
    ['doors without anything', 'knockd', repeated('[a]\n')],
    ['doors that open', 'knockd', numbered((n) => `[open${n}]\nsequence=7000,8000,9000\n`)],
    ['doors that close', 'knockd', numbered((n) => `[close${n}]\nsequence=7000,8000,9000\n`)],
    [
      'pairs of doors',
      'knockd',
      numbered((n) => `[open${n}]\nsequence=1,2,3\n[close${n}]\nsequence=3,2,1\n`),
    ],
    ['a long sequence', 'knockd', `[a]\nsequence=${repeated('1,')}`],
    ['lines before a section', 'knockd', repeated('a\n')],
    ['stanzas', 'fwknoprc', numbered((n) => `[s${n}]\nSPA_SERVER x\n`)],
    ['defaults', 'fwknoprc', numbered((n) => `[default]\nV${n} x\n[s${n}]\nSPA_SERVER x\n`)],
    ['hosts', 'ssh', numbered((n) => `Host h${n}\n`)],
    ['hosts in one line', 'ssh', `Host ${numbered((n) => `h${n} `)}`],
    [
      'settings of hosts',
      'ssh',
      `Host ${numbered((n) => `h${n} `).slice(0, 10_000)}\n${repeated('Port 1\n', 9e5)}`,
    ],
    [
      'other settings',
      'ssh',
      `Host ${numbered((n) => `h${n} `).slice(0, 10_000)}\n${repeated('a b\n', 9e5)}`,
    ],
    ['hosts with settings', 'ssh', numbered((n) => `Host h${n}\nPort 1\n`)],
    ['patterns', 'ssh', `${repeated('Host *a*a*a*a*a*a*b\nPort 1\n', 9e5)}Host ${'a'.repeat(250)}\n`],
    ['Includes', 'ssh', `Include ${repeated('a ')}`],
    ['blanks', 'ssh', repeated(' \t')],
    ['line ends', 'ssh', repeated('\n')],
  ] as const)('is read in a moment: %s', async (_, kind, text) => {
    const { ms, entries, skipped } = await reviewed(kind, text.slice(0, MIB));
    expect(entries).toBeLessThanOrEqual(2000);
    expect(skipped.length).toBeLessThanOrEqual(501);
    expect(ms).toBeLessThan(10_000);
  });

  it('says how much was skipped that is not listed', async () => {
    const { skipped } = await reviewed('knockd', 'a\n'.repeat(1234));
    expect(skipped.at(-1)).toEqual({
      what: '734 more',
      why: 'They are not listed.',
      at: { file: null, line: null },
    });
  });

  it.each(['ssh', 'knockd', 'fwknoprc', 'uri'] as const)(
    'is refused where it is too long: %s',
    async (kind) => {
      const problem = await reviewed(kind, 'a'.repeat(MIB + 1)).then(() => null, toProblem);
      expect(problem?.message).toBe('The text is too long; 1048576 characters is the most.');
    },
  );
});
