// @vitest-environment node
/**
 * Every scene, in a real browser and under the app's own content security policy: nothing violates it, nothing is
 * written to the console, nothing sticks out, and axe finds nothing wrong. SALLYPORT_PICTURES=DIR keeps a picture of each.
 */
import axe from 'axe-core';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseStage, type Stage, type View } from './harness/stage';
import { scenes } from './scenes/scenes';

const pictures = process.env['SALLYPORT_PICTURES'];

const LARGE: View = { width: 1100, height: 720, scheme: 'light' };
const SMALL: View = { width: 900, height: 600, scheme: 'dark' };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let stage: Stage | undefined;

beforeAll(async () => {
  stage = await raiseStage();
  if (pictures !== undefined) await mkdir(pictures, { recursive: true });
});

afterAll(() => stage?.close());

describe('scenes', () => {
  it.each(Object.keys(scenes))('%s is clean, light and dark', async (scene) => {
    const { page, complaints } = await stage!.open(scene, LARGE);
    await keepPicture(page, `${scene}-light`);
    await expect.poll(() => sticksOut(page)).toBe(false);
    expect(await cutButtons(page)).toEqual([]);
    expect(await violations(page, RULES)).toEqual([]);

    // Names and roles stay as they are when the system turns dark; what can go wrong is colours and room.
    await page.emulateMedia({ colorScheme: SMALL.scheme });
    await page.setViewportSize(SMALL);
    await keepPicture(page, `${scene}-dark`);
    // An open menu takes its new place a frame or two after the window has changed.
    await expect.poll(() => sticksOut(page)).toBe(false);
    expect(await cutButtons(page)).toEqual([]);
    expect(await violations(page, ['color-contrast'])).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

it('an example in a field that is wrong does not look typed', { timeout: 30_000 }, async () => {
  const { page } = await stage!.open('review-knockd', LARGE);
  const colours = await page
    .getByRole('textbox', { name: 'Host' })
    .evaluate((field) => ['', '::placeholder'].map((part) => getComputedStyle(field, part).color));
  expect(colours).toEqual(['rgb(180, 35, 24)', 'rgb(98, 94, 88)']);
});

describe('people who need more', () => {
  it.each(['light', 'dark'] as const)(
    'contrast reaches 7:1 when more is asked for, in %s',
    async (scheme) => {
      const { page } = await stage!.open('fleet', { ...LARGE, scheme, contrast: 'more' });
      await keepPicture(page, `contrast-${scheme}`);
      expect(await violations(page, ['color-contrast-enhanced'])).toEqual([]);
    },
  );

  it('at 200 % zoom one half is shown at a time, and nothing sticks out', async () => {
    const { page } = await stage!.open('opened', { width: 550, height: 360, scheme: 'light' });
    await keepPicture(page, 'zoom-list');
    expect(await page.getByRole('button', { name: 'Knock & Connect' }).isVisible()).toBe(false);
    await page.getByRole('option', { name: 'web1' }).click();
    await keepPicture(page, 'zoom-detail');
    expect(await page.getByRole('searchbox').isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Knock & Connect' }).isVisible()).toBe(true);
    await expect.poll(() => sticksOut(page)).toBe(false);
    await page.getByRole('button', { name: 'All hosts' }).click();
    await page.getByRole('option', { name: 'web1' }).click();
    await page.keyboard.press('Control+K');
    expect(await page.getByRole('searchbox').evaluate((field) => field === document.activeElement)).toBe(
      true,
    );
  });
});

async function keepPicture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function sticksOut(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

/** The buttons that have no room for their words. */
function cutButtons(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.mantine-Button-label')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ innerText }) => innerText),
  );
}

/** What axe finds. The policy forbids scripts made from strings, so it comes in through the debugging channel. */
async function violations(page: Page, runOnly: readonly string[]) {
  const results = await page.evaluate<axe.AxeResults>(
    `${axe.source}; axe.run(document, ${JSON.stringify({ runOnly })})`,
  );
  return results.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
}
