/** A program of these tests as one file that plain Node runs, so that a real process can be killed. */
import { join } from 'node:path';
import { build } from 'vite';

/** @returns the path of the bundle of `name`.ts, in `folder`. */
export async function bundle(name: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      ssr: join(import.meta.dirname, `${name}.ts`),
      rolldownOptions: {
        external: ['keytar'],
        output: { format: 'cjs', entryFileNames: `${name}.cjs` },
      },
    },
    ssr: { noExternal: true },
  });
  return join(folder, `${name}.cjs`);
}
