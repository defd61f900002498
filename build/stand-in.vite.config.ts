/** The stand-in for the `electron` module as one CommonJS file beside the app; design and limits: electron/stand-in/. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  ssr: { noExternal: true },
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node20',
    ssr: resolve('electron/stand-in/run.ts'),
    rolldownOptions: {
      external: ['electron', /^playwright-core/],
      output: { format: 'cjs', entryFileNames: 'stand-in.cjs' },
    },
  },
});
