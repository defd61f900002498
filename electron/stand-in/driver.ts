import type { Page } from 'playwright-core';
import type { ChannelName, ChannelOperations } from './channel';

/**
 * What an end-to-end spec may do with the app from outside, the same on the stand-in and on real Electron.
 * Pages are Playwright's own.
 */
export interface AppDriver {
  /** What runs the app; a spec may only use it to say what a run proved. */
  readonly runtime: 'stand-in' | 'electron';
  /** Waits for a window whose app URL (`app://…`) starts with `urlPrefix`; the first window without one. Fails after 30 s. */
  page(urlPrefix?: string): Promise<Page>;
  /** The app's URL of a page, whatever the page itself is told. */
  appUrl(page: Page): string;
  /** One operation of the test channel. Rejects with the reason when it cannot be done. */
  ask<N extends ChannelName>(
    ...request: ChannelOperations[N]['takes'] extends null
      ? [name: N]
      : [name: N, takes: ChannelOperations[N]['takes']]
  ): Promise<ChannelOperations[N]['gives']>;
  /** Standard output and standard error of the main process so far. */
  output(): string;
  /** Asks the app to quit and waits; the exit code, or null when a signal ended it. */
  quit(): Promise<number | null>;
  /** Ends the app without asking. Safe to call when it has ended. */
  kill(): Promise<void>;
  /** Resolves when the main process has ended, whoever ended it. */
  readonly exited: Promise<number | null>;
}

export interface DriverOptions {
  /** The folder with the app's package.json. */
  readonly appRoot: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The app's own arguments. */
  readonly args?: readonly string[];
  /** False shows the windows; needs a display. */
  readonly headless?: boolean;
}
