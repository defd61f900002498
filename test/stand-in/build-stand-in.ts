import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** Bundles the stand-in as the project's build does, into a folder of its own. */
export async function buildStandIn(): Promise<{ readonly bundle: string; remove(): void }> {
  const outDir = mkdtempSync(join(tmpdir(), `stand-in-bundle-${process.pid}-`));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: 'node20',
      ssr: join(import.meta.dirname, '../../electron/stand-in/run.ts'),
      rolldownOptions: {
        external: ['electron', /^playwright-core/],
        output: { format: 'cjs', entryFileNames: 'stand-in.cjs' },
      },
    },
    ssr: { noExternal: true },
  });
  return {
    bundle: join(outDir, 'stand-in.cjs'),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}
