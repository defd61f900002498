// @vitest-environment node
/**
 * Two thousand profiles in a real browser: what a person waits for after a key or a save, as the time until the next
 * frame was painted. What is bounded is the best of several measurements, because a busy machine only ever adds to
 * one. SALLYPORT_FIGURES=DIR keeps the medians.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseStage, type Stage } from './harness/stage';

const PAUSE_MS = 250;

let stage: Stage | undefined;
let page: Page;
const figures: Record<string, number> = {};
beforeAll(async () => {
  stage = await raiseStage();
  const start = performance.now();
  ({ page } = await stage.open('crowd', { width: 1100, height: 720, scheme: 'light' }));
  figures['window shows'] = performance.now() - start;
});

afterAll(async () => {
  await stage?.close();
  const folder = process.env['SALLYPORT_FIGURES'];
  if (folder !== undefined) await writeFile(join(folder, 'window.json'), JSON.stringify(figures));
});

/**
 * Runs `act` some times and keeps the median of what each takes until what it changed is painted.
 * @returns the best of the even rounds or of the odd ones, whichever is worse: they may press different keys.
 */
async function measure(name: string, act: (round: number) => Promise<void>, rounds = 9): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.evaluate(() => {
      const seen = window as unknown as { painted: Promise<number> };
      seen.painted = new Promise((resolve) => {
        const begin = (event: Event) => {
          const start = event.timeStamp;
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
        };
        window.addEventListener('keydown', begin, { capture: true, once: true });
      });
    });
    await act(round);
    times.push(await page.evaluate(() => (window as unknown as { painted: Promise<number> }).painted));
  }
  figures[name] = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity;
  const best = (odd: number) => Math.min(...times.filter((_, round) => round % 2 === odd));
  return Math.max(best(0), best(1));
}

describe('with 2,000 profiles', () => {
  it('a letter typed into the search is answered at once', async () => {
    await page.getByRole('searchbox').click();
    const letters = 'web1 group';
    const typed = await measure('letter typed', (round) => page.keyboard.press(letters[round] ?? 'x'));
    expect(typed).toBeLessThan(PAUSE_MS);
    const taken = await measure('letter taken back', () => page.keyboard.press('Backspace'));
    expect(taken).toBeLessThan(PAUSE_MS);
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });

  it('the arrow keys and End walk the list, and the chosen one is in sight', async () => {
    await page.getByRole('searchbox').press('ArrowDown');
    expect(await measure('arrow key', () => page.keyboard.press('ArrowDown'))).toBeLessThan(PAUSE_MS);
    expect(
      await measure('End and Home', (round) => page.keyboard.press(round % 2 === 0 ? 'End' : 'Home')),
    ).toBeLessThan(PAUSE_MS);
    const chosen = page.getByRole('option', { selected: true });
    expect(await chosen.getAttribute('id')).toBe(
      await page.getByRole('listbox').getAttribute('aria-activedescendant'),
    );
    const box = await chosen.boundingBox();
    const list = await page.getByRole('listbox').boundingBox();
    expect(box!.y).toBeGreaterThanOrEqual(list!.y - 1);
    expect(box!.y + box!.height).toBeLessThanOrEqual(list!.y + list!.height + 1);
  });
});
