import { describe, expect, it } from 'vitest';
import { textOf, trackedFiles } from './tracked-files';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { version?: string; integrity?: string; optional?: boolean; hasInstallScript?: boolean }>
  >;
}

const manifest = JSON.parse(textOf('package.json')) as Manifest;
const lock = JSON.parse(textOf('package-lock.json')) as Lock;
const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

describe('package.json', () => {
  it('pins every version exactly', () => {
    const exact = /^(npm:@?[\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter(([, version]) => !exact.test(version))).toEqual([]);
  });

  it('agrees with the lock file, which has a hash for all that is installed everywhere', () => {
    const locked = wanted.map(([name, version]) => [
      name,
      version,
      lock.packages[`node_modules/${name}`]?.version,
    ]);
    expect(locked.filter(([, version, has]) => !version!.endsWith(has ?? 'nothing'))).toEqual([]);
    const unhashed = Object.entries(lock.packages).filter(
      ([path, { integrity, optional }]) => path !== '' && integrity === undefined && optional !== true,
    );
    expect(unhashed).toEqual([]);
  });

  it('runs only scripts that exist', () => {
    const files = Object.values(manifest.scripts).flatMap(
      (script) => script.match(/build\/\S+\.(mjs|ts)/g) ?? [],
    );
    expect(files.length).toBeGreaterThan(4);
    expect(files.filter((file) => !trackedFiles().includes(file))).toEqual([]);
  });
});
