import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

/** The stand-in cannot drift from Electron's declarations: a copy with one wrong member must not compile. */
const ROOT = join(import.meta.dirname, '../..');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const run = promisify(execFile);

/** Compiles one module of the stand-in with a change made to its text; gives back the compiler's complaints. */
async function compile(module: string, from: string, to: string): Promise<string> {
  const source = readFileSync(join(ROOT, 'electron/stand-in/modules', module), 'utf8');
  expect(source).toContain(from);
  const folder = mkdtempSync(join(tmpdir(), `stand-in-typed-${process.pid}-`));
  folders.push(folder);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const changed = source.replace(from, to);
  const elsewhere = (path: string): string => `'${join(ROOT, 'electron/stand-in/modules', path)}`;
  writeFileSync(
    join(folder, module),
    changed.replaceAll("'../", `${elsewhere('..')}/`).replaceAll("'./", `${elsewhere('.')}/`),
  );
  const config = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: { types: ['node'] },
    include: [module],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  return run(tsc, ['--noEmit', '-p', folder], { cwd: ROOT }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

test('unchanged, the modules compile', async () => {
  expect(await compile('system.ts', 'readText', 'readText')).toBe('');
});

test.each([
  ['system.ts', 'readText: () => Promise.resolve(desktop.clipboard)', 'readText: () => desktop.clipboard'],
  ['system.ts', "satisfies Pick<Clipboard, 'writeText'", "satisfies Pick<Clipboard, 'writeWords'"],
  ['tray.ts', 'setTitle(title: string): void', 'setTitle(title: number): void'],
  ['dialog.ts', 'canceled: filePaths.length === 0', 'cancelled: filePaths.length === 0'],
  ['app.ts', 'getVersion(): string', 'getVersion(): number'],
  ['browser-window.ts', '  isFocused(): boolean', '  isFocussed(): boolean'],
  ['native-theme.ts', 'get shouldUseDarkColors(): boolean', 'get shouldUseDarkColors(): string'],
])('%s with "%s" as "%s" does not', async (module, from, to) => {
  expect(await compile(module, from, to)).toMatch(/error TS\d+/);
});
