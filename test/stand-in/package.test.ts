import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listPackage } from '@electron/asar';
import { Arch, type AfterPackContext } from 'electron-builder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BuiltInstallerParts } from '../../electron/main/adapters/installer-parts';
import { installerTexts } from '../../electron/main/installer-texts';
import { helperFolder } from '../../electron/main/paths';

/**
 * The real electron-builder makes the unpacked package, around a shell script in the place of Electron's binary: what lies
 * where in a package holds without it.
 */
const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const { default: placeHelpers } = (await import(join(ROOT, 'build/package/place-helpers.mjs'))) as {
  default: (context: AfterPackContext) => Promise<void>;
};
const folder = mkdtempSync(join(tmpdir(), `sallyport-package-${process.pid}-`));
const unpacked = join(folder, 'packages', 'linux-unpacked');
const helpers = join(unpacked, 'resources', 'helpers');

beforeAll(async () => {
  const electron = join(folder, 'electron');
  mkdirSync(join(electron, 'resources'), { recursive: true });
  for (const file of ['LICENSE', 'chrome-sandbox']) writeFileSync(join(electron, file), '');
  writeFileSync(join(electron, 'electron'), `#!/bin/sh\necho "$@" >'${folder}/started'\n`);
  chmodSync(join(electron, 'electron'), 0o755);
  await run(process.execPath, [join(ROOT, 'build/tasks/helpers.mjs'), '--all'], { cwd: ROOT });
  const builder = join(ROOT, 'node_modules/.bin/electron-builder');
  const options = [`-c.electronDist=${electron}`, `-c.directories.output=${folder}/packages`];
  await run(
    builder,
    ['--config', 'build/package/config.mjs', '--linux', 'dir', '--x64', '--publish', 'never', ...options],
    { cwd: ROOT },
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('holds the app, its page, and of npm packages nothing but the keychain for its system', () => {
  const files = listPackage(join(unpacked, 'resources', 'app.asar'), { isPack: false });
  expect(files).toEqual(
    expect.arrayContaining(['/dist/main.cjs', '/dist/agent.cjs', '/dist/renderer/index.html']),
  );
  expect(files).not.toContain('/dist/stand-in.cjs');
  const others = files.filter((file) => !/^\/(dist|node_modules)(\/|$)/.test(file));
  expect(others).toEqual(['/package.json']);
  const native = files.filter((file) => file.endsWith('.node'));
  expect(native).toEqual(['/node_modules/keytar/prebuilds/linux-x64/keytar.node']);
});

test('has this system’s helpers, and the daemon of every server beside them', async () => {
  const parts = new BuiltInstallerParts(installerTexts, helpers);
  for (const arch of ['amd64', 'arm64', 'armv7'] as const) {
    const { program } = await parts.daemon(arch);
    expect([...program.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  }
  for (const name of ['sallyport', 'sallyport-send']) {
    expect(statSync(join(helpers, 'linux-amd64', name)).mode & 0o777).toBe(0o755);
  }
});

test.skipIf(process.arch !== 'x64')(
  'has a command line that starts the app beside it',
  async () => {
    const environment = { PATH: '/usr/bin:/bin', HOME: folder, SALLYPORT_HOME: join(folder, 'home') };
    const list = run(join(helperFolder(helpers), 'sallyport'), ['list'], { env: environment });
    await expect(list).rejects.toMatchObject({ code: 5 });
    expect(readFileSync(join(folder, 'started'), 'utf8')).toBe('--background\n');
  },
  60_000,
);

test('is not made without one of its programs', async () => {
  const context = {
    ...{ appOutDir: join(folder, 'none'), arch: Arch.arm64, electronPlatformName: 'darwin' },
    packager: { projectDir: folder, getResourcesDir: (app: string) => join(app, 'Resources') },
  };
  const made = placeHelpers(context as unknown as AfterPackContext);
  await expect(made).rejects.toThrow(
    'build/helper/darwin-arm64/sallyport is missing: run npm run build:helpers -- --all',
  );
});
