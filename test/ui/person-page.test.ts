// @vitest-environment node
/** The page that hands a key over, in a real browser: it obeys its own policy, fetches nothing, and fits on one sheet. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { qrSvg } from '../../electron/main/adapters/qr';
import { readQrPicture } from '../../electron/main/adapters/qr-picture';
import { personPage } from '../../shared/people/page';
import { personKey } from '../../shared/people/person-key';
import type { Profile } from '../../shared/profile/profile';
import { rotatingProfile } from '../fakes/sample-profiles';
import { launchChromium } from './harness/stage';

/** As long as a host, a login and a name usually get. */
const LONG: Partial<Profile> = {
  name: 'the database of the accounting department, in the cellar of Berlin',
  host: 'accounting-database-replica-2.berlin.internal.a-rather-long-company-name.example.org',
  user: 'administrator-of-the-database',
  port: 65022,
  openFor: 86399,
  family: 'ipv6',
  gapMs: 1234,
};
const ALL = {
  period: 3600,
  steps: 10,
  protocols: ['tcp', 'udp', 'icmp'],
  range: { low: 1024, high: 65535 },
} as const;
const WIDE = { width: 900, height: 1200 };

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launchChromium();
  folder = await mkdtemp(join(tmpdir(), `sallyport-person-page-${process.pid}-`));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ['a usual profile', rotatingProfile(), 'bob'],
  ['a long one', rotatingProfile({ ...LONG, name: LONG.name!.slice(0, 64) }, ALL), 'b'.repeat(48)],
])('the page of %s', (_, profile, user) => {
  it.each([
    ['to import', false],
    ['on paper', true],
  ])(
    '%s prints on one sheet of A4 and of Letter, and its code is read off the picture',
    async (_kind, paper) => {
      const key = personKey(
        profile,
        { user, door: 'ssh', paper, replace: false },
        new Uint8Array(20).fill(99),
        0,
      );
      if (!key.ok) throw new Error(key.error.message);
      const path = join(folder, 'page.html');
      await writeFile(path, personPage(key.value, qrSvg(key.value.uri)));
      const page = await browser.newPage({ viewport: WIDE, colorScheme: 'dark' });
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(`file://${path}`);
      expect([asked, complaints]).toEqual([[`file://${path}`], []]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(WIDE.width);
      const colours = await page.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(document.body);
        return [backgroundColor, color];
      });
      expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);

      expect(await readQrPicture(await page.locator('svg').screenshot(), 'picture')).toBe(key.value.uri);

      for (const format of ['A4', 'Letter']) {
        const sheets = (await page.pdf({ format })).toString('latin1').match(/\/Type\s*\/Page\b/g);
        expect({ format, sheets: sheets?.length }).toEqual({ format, sheets: 1 });
      }
      await page.setViewportSize({ width: 360, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      const results = await page.evaluate<axe.AxeResults>(`${axe.source}; axe.run(document)`);
      expect(results.violations.map(({ id }) => id)).toEqual([]);
      await page.close();
    },
  );
});
