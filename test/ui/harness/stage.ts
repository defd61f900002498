/**
 * Builds the harness, serves it under the very policy that main serves the app's pages with, and opens scenes in Chromium.
 * Whatever the page complains about (a policy violation, a fault, a console error) is kept, for a test to find.
 */
import react from '@vitejs/plugin-react';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { STARTED } from '../scenes/runs';
import { scenes, type SceneStep } from '../scenes/scenes';

const ORIGIN = 'https://sallyport.test';
const NONCE = 'c2FsbHlwb3J0';
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' 'nonce-${NONCE}'`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
const QUIET = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  /** For `prefers-contrast`. */
  readonly contrast?: 'more';
}

export interface Stage {
  /** Puts a scene on the one page that there is, in place of the scene before. */
  open(scene: string, view: View): Promise<{ readonly page: Page; readonly complaints: readonly string[] }>;
  close(): Promise<void>;
}

export async function raiseStage(): Promise<Stage> {
  const out = await mkdtemp(join(tmpdir(), `sallyport-ui-${process.pid}-`));
  await build({
    root: resolve(import.meta.dirname),
    base: './',
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'chrome120',
      modulePreload: { polyfill: false },
      // One file, as the app is: chunks would start shared modules before the one that asks for them.
      rollupOptions: { output: { codeSplitting: false } },
    },
  });
  const browser = await launchChromium().catch(async (error: unknown) => {
    await rm(out, { recursive: true });
    throw new Error('Chromium is needed; SALLYPORT_CHROMIUM names another than /usr/bin/chromium.', {
      cause: error,
    });
  });
  const complaints: string[] = [];
  const page = await setPage(browser, out, complaints);
  return {
    open: async (scene, view) => {
      complaints.length = 0;
      await page.setViewportSize(view);
      await page.emulateMedia({ colorScheme: view.scheme, contrast: view.contrast ?? 'no-preference' });
      await page.goto(`${ORIGIN}/?scene=${scene}`);
      await page.getByRole('searchbox').waitFor();
      for (const step of scenes[scene]?.steps ?? []) await perform(page, step);
      return { page, complaints };
    },
    close: async () => {
      await browser.close();
      await rm(out, { recursive: true });
    },
  };
}

/** Chromium, as the tests may run it. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env['SALLYPORT_CHROMIUM'] ?? '/usr/bin/chromium';
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...root, ...QUIET, '--no-first-run'] });
}

async function setPage(browser: Browser, out: string, complaints: string[]): Promise<Page> {
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  // A violation that the page swallows, as a caught eval is, reaches no console.
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`${violatedDirective} was violated by ${blockedURI}`),
    ),
  );
  await page.clock.setFixedTime(STARTED);
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname === '/' ? 'index.html' : pathname.slice(1);
    const text = await readFile(join(out, file), 'utf8');
    await route.fulfill({
      body: text.replaceAll('__CSP_NONCE__', NONCE),
      headers: {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
      },
    });
  });
  return page;
}

async function perform(page: Page, step: SceneStep): Promise<void> {
  if ('select' in step) {
    await page.getByRole('combobox', { name: step.into, exact: true }).selectOption(step.select);
    return;
  }
  if ('type' in step) {
    const named = { name: step.into, exact: true };
    await page.getByRole('textbox', named).or(page.getByRole('searchbox', named)).fill(step.type);
    return;
  }
  // A segmented control's radio is hidden under its label, which is what a person presses.
  if (step.role === 'radio' || step.role === 'text')
    await page.getByText(step.press, { exact: true }).click();
  else await page.getByRole(step.role, { name: step.press, exact: true }).first().click();
}
