import { fork, type ChildProcess } from 'node:child_process';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { ChannelAnswer, ChannelName, ChannelReady, ChannelRequest } from './channel';
import type { AppDriver, DriverOptions } from './driver';
import { toAppUrl } from './origin-map';
import { waitForPage } from './wait-for-page';

const READY_MS = 60_000;
const END_MS = 30_000;

export interface StandInOptions extends DriverOptions {
  /** The bundled `run.ts`, usually `dist/stand-in.cjs`. */
  readonly bundle: string;
}

/** Starts the app on the stand-in in a process of its own and waits until it is ready. */
export async function launchStandIn(options: StandInOptions): Promise<AppDriver> {
  const { bundle, appRoot, env = process.env, args = [], headless = true } = options;
  const child = fork(bundle, [...(headless ? ['--headless'] : []), appRoot, '--', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  const driver = new StandInDriver(child);
  try {
    await driver.ready;
    return driver;
  } catch (error) {
    await driver.kill();
    throw error;
  }
}

type Waiting = (answer: ChannelAnswer) => void;

class StandInDriver implements AppDriver {
  readonly runtime = 'stand-in';
  readonly exited: Promise<number | null>;
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #browser: Promise<Browser> | null = null;
  #output = '';
  #nextId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(this.#notReady(`not ready after ${READY_MS / 1000} s`)),
        READY_MS,
      );
      void this.exited.then((code) => reject(this.#notReady(`ended with ${code} before it was ready`)));
      child.on('message', (message: ChannelAnswer | ChannelReady) => {
        if (message.standIn === 'ready') {
          clearTimeout(timer);
          resolve();
        } else {
          this.#waiting.get(message.id)?.(message);
          this.#waiting.delete(message.id);
        }
      });
    });
    void this.exited.then((code) => this.#failAll(`the app ended with ${code}`));
  }

  ask: AppDriver['ask'] = (...[name, takes]) => this.#request(name, takes ?? null) as never;

  async page(urlPrefix = ''): Promise<Page> {
    this.#browser ??= this.#connect();
    const browser = await this.#browser;
    return waitForPage(() => browser.contexts().flatMap((context) => context.pages()), toAppUrl, urlPrefix);
  }

  appUrl(page: Page): string {
    return toAppUrl(page.url());
  }

  output(): string {
    return this.#output;
  }

  async quit(): Promise<number | null> {
    await this.ask('quit').catch(() => undefined);
    const code = await Promise.race([this.exited, delay(END_MS).then(() => 'late' as const)]);
    if (code === 'late') throw new Error(`the app did not quit within ${END_MS} ms\n${this.#output}`);
    await this.#disconnect();
    return code;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      const ended = await Promise.race([this.exited.then(() => true), delay(END_MS).then(() => false)]);
      if (!ended) this.#child.kill('SIGKILL');
      await this.exited;
    }
    await this.#disconnect();
  }

  async #connect(): Promise<Browser> {
    const endpoint = await this.ask('endpoint');
    if (endpoint === null) throw new Error('this stand-in has no debugging port');
    // noDefaults: Playwright must not override the theme and focus that the app itself decides on.
    return chromium.connectOverCDP(endpoint, { noDefaults: true });
  }

  async #disconnect(): Promise<void> {
    const browser = await this.#browser?.catch(() => null);
    this.#browser = null;
    await browser?.close().catch(() => undefined);
  }

  #request(name: ChannelName, takes: unknown): Promise<unknown> {
    const id = ++this.#nextId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        if (answer.ok) resolve(answer.gives);
        else reject(new Error(`stand-in: ${name}: ${answer.error}`));
      });
      const request: ChannelRequest = { standIn: 'request', id, name, takes: takes as never };
      this.#child.send(request, (error) => {
        if (error !== null) this.#fail(id, `${name}: the app is gone (${error.message})`);
      });
    });
  }

  #fail(id: number, error: string): void {
    this.#waiting.get(id)?.({ standIn: 'answer', id, ok: false, error });
    this.#waiting.delete(id);
  }

  #failAll(error: string): void {
    for (const id of [...this.#waiting.keys()]) this.#fail(id, error);
  }

  #notReady(why: string): Error {
    return new Error(`the stand-in was ${why}. Its output:\n${this.#output}`);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
