/**
 * Every scene, in a real browser and under the app's own content security policy: nothing violates it, nothing is
 * written to the console, and axe finds nothing wrong, colours included. SALLYPORT_PICTURES=DIR keeps a picture of each.
 */
import axe from 'axe-core';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseStage, type Stage, type View } from './harness/stage';
import { scenes } from './scenes/scenes';

const pictures = process.env['SALLYPORT_PICTURES'];
const views: Readonly<Record<string, View>> = {
  light: { width: 1100, height: 720, scheme: 'light' },
  dark: { width: 900, height: 600, scheme: 'dark' },
};

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
  if (pictures !== undefined) await mkdir(pictures, { recursive: true });
}, 30_000);

afterAll(() => stage.close());

interface Found {
  readonly id: string;
  readonly nodes: readonly string[];
}

describe.each(Object.keys(scenes))('scene %s', (scene) => {
  it.each(Object.keys(views))('is clean in %s', async (name) => {
    const { page, complaints } = await stage.open(scene, views[name]!);
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${scene}-${name}.png`) });
    const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    // The policy forbids scripts from strings, so axe comes in through the debugging channel.
    const found = (await page.evaluate(`${axe.source}; axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`)) as readonly Found[];
    await page.context().close();
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
    expect(fits).toBe(true);
  });
});
