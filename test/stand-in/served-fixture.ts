import { spawn, type ChildProcess } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from '../../electron/stand-in/cdp/chromium-process';
import { FixtureApp, FIXTURE } from './fixture-app';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** The fixture app served, and a browser like the one that a person opens. */
export class ServedFixture {
  output = '';
  /** The addresses with their tokens, as they were printed. */
  appAddress = '';
  deskAddress = '';
  ended: Promise<number | null> = Promise.resolve(null);
  readonly #fixture = new FixtureApp();
  #child: ChildProcess | null = null;
  #browser: Browser | null = null;

  async start(): Promise<void> {
    const child = spawn(process.execPath, [await this.#fixture.build(), '--serve', FIXTURE], {
      env: this.#fixture.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) =>
        reject(new Error(`ended with ${code} before it was ready:\n${this.output}`)),
      );
      const collect = (chunk: Buffer): void => {
        this.output += chunk.toString();
        const [app = '', desk] = this.output.match(/http:\S+token=[0-9a-f]{32}/g) ?? [];
        if (desk === undefined) return;
        this.appAddress = app;
        this.deskAddress = desk;
        resolve();
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
    });
    const args = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'];
    this.#browser = await chromium.launch({ executablePath: findChromium(process.env), args });
  }

  /** A tab in a browser profile of its own. */
  async newPage(): Promise<Page> {
    return (await this.#browser!.newContext()).newPage();
  }

  /** One plain request; unlike fetch it sends whatever Host and Origin it is told. */
  ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url, { method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      request.on('error', reject);
      request.end();
    });
  }

  async remove(): Promise<void> {
    await this.#browser?.close();
    this.#child?.kill('SIGKILL');
    await this.#fixture.remove();
  }
}
