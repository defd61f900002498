/**
 * Three targets: main (with the agent beside it) and preload as CommonJS, as Electron wants them, and the renderer. All
 * npm packages are bundled but keytar, whose native part must stay a file.
 */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const external = ['electron', 'keytar'];

export default defineConfig({
  main: {
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      externalizeDeps: false,
      rollupOptions: {
        external,
        input: { main: resolve('electron/main/index.ts'), agent: resolve('electron/main/agent.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'dist/preload',
      externalizeDeps: false,
      rollupOptions: {
        external,
        input: { index: resolve('electron/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    build: {
      outDir: 'dist/renderer',
      rollupOptions: { input: resolve('renderer/index.html') },
    },
  },
});
