/**
 * `node build/tasks/bench-store.mjs`: what 2,000 profiles cost the client, on a real disk and in a real Chromium, as a
 * table for docs/performance.md. The same tests run in `npm test`, with bounds that a busy machine keeps.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-figures-'));
try {
  // One after the other: each would be the other's noise.
  for (const [project, file] of [
    ['unit', 'test/unit/large-store.test.ts'],
    ['ui', 'test/ui/crowd.test.ts'],
  ]) {
    const argv = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project, file];
    const env = { ...process.env, SALLYPORT_FIGURES: folder };
    const { status } = spawnSync(process.execPath, argv, { cwd: root, env, stdio: ['ignore', 2, 2] });
    if (status !== 0) process.exitCode = 1;
  }
  const figures = ['store.json', 'window.json'].flatMap((name) =>
    Object.entries(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
  );
  console.log('| with 2,000 profiles | |\n| --- | --- |');
  for (const [name, value] of figures) {
    const unit = name.includes(',') ? '' : ' ms';
    console.log(`| ${name} | ${value < 10 ? value.toFixed(1) : Math.round(value)}${unit} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
