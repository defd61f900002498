import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchStandIn } from '../../electron/stand-in/stand-in-driver';
import { buildStandIn } from './build-stand-in';
import { join } from 'node:path';

test('slice', async () => {
  const built = await buildStandIn();
  const driver = await launchStandIn({ bundle: built.bundle, appRoot: join(import.meta.dirname, 'fixture') });
  try {
    const page = await driver.page('app://fixture/index.html');
    console.log(await page.evaluate(() => (window as any).fixture.invoke('echo', { a: 1 })));
    console.log(await page.evaluate(() => (window as any).fixture.invoke('log')));
    console.log(await driver.ask('trays'), await driver.ask('windows'));
    console.log('quit', await driver.quit(), driver.output());
  } finally {
    await driver.kill();
    built.remove();
  }
}, 40000);
