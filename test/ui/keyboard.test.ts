// @vitest-environment node
/** The pages by Tab alone, in a real browser and a small window: whatever has the focus is in sight, and it all comes by. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from './harness/stage';

let stage: Stage | undefined;

beforeAll(async () => {
  stage = await raiseStage();
});

afterAll(() => stage?.close());

it.each([
  ['editor-page', 'Save'],
  ['editor-spa-nat', 'Save'],
  ['review-ssh', 'Import 3 hosts'],
  ['review-knockd', 'Import 1 host'],
  ['export-secrets', 'Export…'],
  ['server', 'Install over SSH'],
  ['settings', 'Check again'],
  ['history', 'Clear'],
])('%s: Tab reaches "%s", and nothing on the way is covered', async (scene, last) => {
  const { page } = await stage!.open(scene, { width: 900, height: 600, scheme: 'light' });
  await page.getByRole('heading', { level: 1 }).focus();
  const seen: string[] = [];
  const covered: string[] = [];
  while (!seen.some((name) => name.startsWith(last)) && seen.length < 80) {
    await page.keyboard.press('Tab');
    const { name, inSight } = await focused(page);
    seen.push(name);
    if (!inSight) covered.push(name);
  }
  expect({ reached: seen.at(-1), covered }).toEqual({
    reached: expect.stringMatching(`^${last}`),
    covered: [],
  });
});

it('what fails comes into sight, above the buttons that stay there', async () => {
  const { page } = await stage!.open('server-failed', { width: 900, height: 600, scheme: 'light' });
  const seen = await page.getByRole('alert').evaluate((alert) => {
    const { left, top, bottom } = alert.getBoundingClientRect();
    return [top + 4, bottom - 4].map((y) => alert.contains(document.elementFromPoint(left + 4, y)));
  });
  expect(seen).toEqual([true, true]);
});

it.each(['editor-page', 'export-failed', 'server'])(
  '%s: whatever scrolls under the buttons at the end stays under them',
  { timeout: 30_000 },
  async (scene) => {
    const { page } = await stage!.open(scene, { width: 900, height: 480, scheme: 'light' });
    expect(await page.getByRole('main').evaluate(seenThroughEnd)).toEqual([]);
  },
);

/** What is in front of the buttons at the end, wherever the page is scrolled to. */
function seenThroughEnd(main: Element): readonly string[] {
  const end = [...main.querySelectorAll('*')].find((one) => getComputedStyle(one).position === 'sticky');
  if (end === undefined) return ['nothing stays in sight'];
  const seen = new Set<string>();
  for (main.scrollTop = 0; ; main.scrollTop += 7) {
    const { left, right, top, bottom } = end.getBoundingClientRect();
    for (let y = top + 2; y < Math.min(bottom, innerHeight); y += 6)
      for (let x = left; x < right; x += 10) {
        const hit = document.elementFromPoint(x, y);
        if (!end.contains(hit)) seen.add((hit as HTMLElement | null)?.innerText ?? '');
      }
    if (main.scrollTop + main.clientHeight >= main.scrollHeight - 1) return [...seen];
  }
}

/** What a person would call it, and whether its middle or its label's can be pointed at. */
function focused(page: Page): Promise<{ name: string; inSight: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
    const at = (what: Element): boolean => {
      const { left, top, width, height } = what.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return hit !== null && (what.contains(hit) || hit.contains(what)) && hit.tagName !== 'MAIN';
    };
    return {
      name: element.getAttribute('aria-label') ?? labels[0]?.innerText ?? element.innerText,
      inSight: [element, ...labels].some(at),
    };
  });
}
