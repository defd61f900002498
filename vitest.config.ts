import { defineConfig } from 'vitest/config';

/** What is waited for comes at once, or on a machine with much to do a little later; vitest itself waits for one second. */
const expectLater = { poll: { timeout: 15_000 } };
/**
 * What drives a browser or a kernel runs one file at a time and may take its time. It is tried twice: what passes only then
 * is named at the end of npm test. Tests of random inputs say `retry: 0`: one input that fails is a find.
 */
const slow = {
  retry: 1,
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: expectLater,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/rules/**/*.test.ts'],
          // None takes a second on a machine of its own; a shared one may be many times slower.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: expectLater,
        },
      },
      {
        test: {
          name: 'ui',
          include: ['test/ui/**/*.test.{ts,tsx}'],
          setupFiles: ['test/ui/patience.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: expectLater,
        },
      },
      { test: { name: 'stand-in', include: ['test/stand-in/**/*.test.ts'], ...slow } },
      // Needs a network namespace of its own: npm run test:network.
      { test: { name: 'network', include: ['test/net/**/*.test.ts', 'test/e2e/**/*.test.ts'], ...slow } },
      // Needs a booted machine: test/server/app.sh runs it.
      { test: { name: 'server', include: ['test/server/**/*.test.ts'], ...slow, testTimeout: 240_000 } },
    ],
  },
});
