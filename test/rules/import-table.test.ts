/** Shows that every row of the import table in .oxlintrc.json bites: each forbidden import is written and linted. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './tracked-files';

const FORBIDDEN: readonly (readonly [file: string, imported: string])[] = [
  ['shared/profile/probe.ts', 'node:fs'],
  ['shared/profile/probe.ts', 'electron'],
  ['shared/profile/probe.ts', 'react'],
  ['shared/profile/probe.ts', '../../electron/main/ports'],
  ['shared/profile/probe.ts', '../../renderer/bridge'],
  ['electron/main/services/probe.ts', 'node:fs'],
  ['electron/main/services/probe.ts', 'electron'],
  ['electron/main/services/probe.ts', 'keytar'],
  ['electron/main/services/probe.ts', '../adapters/files'],
  ['electron/main/services/probe.ts', '../compose'],
  ['electron/main/adapters/probe.ts', 'electron'],
  ['electron/main/adapters/probe.ts', 'electron/main'],
  ['electron/main/adapters/probe.ts', '../services/grants'],
  ['electron/main/control/probe.ts', 'electron'],
  ['electron/main/control/probe.ts', '../../stand-in/run'],
  ['electron/main/agent.ts', 'electron'],
  ['electron/main/compose.ts', 'electron'],
  ['electron/main/window.ts', '../stand-in/run'],
  ['electron/main/window.ts', '../../renderer/bridge'],
  ['electron/main/ipc/probe.ts', '../../preload/index'],
  ['electron/preload/probe.ts', 'node:fs'],
  ['electron/preload/probe.ts', 'zod'],
  ['electron/preload/probe.ts', '../../shared/contract/ipc'],
  ['electron/stand-in/probe.ts', 'electron'],
  ['electron/stand-in/cdp/probe.ts', '../../main/window'],
  ['electron/stand-in/cdp/probe.ts', '../../../shared/profile/profile'],
  ['renderer/probe.ts', 'electron'],
  ['renderer/probe.ts', 'node:fs'],
  ['renderer/probe.ts', 'fs'],
  ['renderer/probe.ts', 'keytar'],
  ['renderer/features/run/probe.tsx', '../../../electron/main/ports'],
  ['renderer/features/run/probe.tsx', '../../../test/fakes/fake-bridge'],
];

const ALLOWED: readonly (readonly [file: string, imported: string])[] = [
  ['shared/profile/probe.ts', '@noble/hashes/hmac.js'],
  ['shared/profile/probe.ts', 'zod'],
  ['shared/profile/probe.ts', '../sequence/step'],
  ['shared/profile/probe.ts', './address'],
  ['electron/main/services/probe.ts', '../ports'],
  ['electron/main/services/probe.ts', '../../../shared/profile/profile'],
  ['electron/main/services/probe.ts', './grants'],
  ['electron/main/adapters/probe.ts', 'node:fs'],
  ['electron/main/adapters/probe.ts', '../ports'],
  ['electron/main/window.ts', 'electron'],
  ['electron/preload/probe.ts', 'electron'],
  ['electron/preload/probe.ts', '../../shared/contract/channels'],
  ['electron/stand-in/probe.ts', 'node:fs'],
  ['renderer/features/run/probe.tsx', '../../../shared/text/verdict'],
  ['renderer/features/run/probe.tsx', '@mantine/core'],
];

interface Report {
  readonly diagnostics: readonly { readonly code: string }[];
}

describe('the import table', () => {
  const folder = mkdtempSync(join(tmpdir(), `sallyport-imports-${process.pid}-`));
  const config = join(folder, '.oxlintrc.json');
  copyFileSync(join(root, '.oxlintrc.json'), config);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** How often the imports rule complains about this one import. */
  const complaints = (file: string, imported: string): number => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import { probe } from '${imported}';\nexport const probed = probe;\n`);
    const oxlint = join(root, 'node_modules/.bin/oxlint');
    const { stdout } = spawnSync(oxlint, ['-c', config, '-f', 'json', path], {
      cwd: folder,
      encoding: 'utf8',
    });
    rmSync(path);
    const { diagnostics } = JSON.parse(stdout) as Report;
    return diagnostics.filter(({ code }) => code.includes('no-restricted-imports')).length;
  };

  it.each(FORBIDDEN)('%s may not import %s', (file, imported) => {
    expect(complaints(file, imported)).toBeGreaterThan(0);
  });

  it.each(ALLOWED)('%s may import %s', (file, imported) => {
    expect(complaints(file, imported)).toBe(0);
  });

  it('names every file of electron/main', () => {
    const argv = ['ls-files', '--cached', '--others', '--exclude-standard', 'electron/main/*.ts'];
    const files = execFileSync('git', argv, { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const direct = files.filter((path) => dirname(path) === 'electron/main');
    expect(direct.length).toBeGreaterThan(5);
    expect(direct.filter((path) => complaints(path, '../stand-in/run') === 0)).toEqual([]);
  });
});
