import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelName, ChannelOperations } from '../../electron/stand-in/channel';
import type { AppDriver } from '../../electron/stand-in/driver';
import { probeSource } from '../../electron/stand-in/real-driver';
import { FixtureApp, invoke, logOf } from './fixture-app';

/** The probe for real Electron, loaded into the fixture on the stand-in: its logic is proved, Electron's own part is not. */
const fixture = new FixtureApp();
let driver: AppDriver;
let page: Page;

beforeAll(async () => {
  const file = join(fixture.home, 'probe.cjs');
  writeFileSync(file, probeSource());
  driver = await fixture.launch({ FIXTURE_PROBE: file });
  page = await driver.page('app://fixture/index.html');
});
afterAll(() => fixture.remove());

async function probe<N extends ChannelName>(
  name: N,
  takes: unknown = null,
): Promise<ChannelOperations[N]['gives']> {
  return (await invoke(page, 'probe', { name, takes })) as ChannelOperations[N]['gives'];
}

describe('the probe', () => {
  test('sees the tray and the windows as the stand-in does', async () => {
    expect(await probe('trays')).toEqual(await driver.ask('trays'));
    expect(await probe('menu', { place: 'application' })).toEqual(
      await driver.ask('menu', { place: 'application' }),
    );
    await expect
      .poll(() => driver.ask('windows'))
      .toMatchObject([{ title: 'Fixture page', visible: true, focused: true }]);
    expect(await probe('windows')).toEqual(await driver.ask('windows'));
  });

  test('clicks, and refuses what cannot be clicked', async () => {
    await probe('clickMenu', { place: 'tray', path: ['web1', 'Knock & Connect'] });
    await probe('clickMenu', { place: 'application', path: ['File', 'Log it'] });
    await probe('clickTray');
    expect(await logOf(page, 'menu')).toEqual([
      ['menu', 'connect'],
      ['menu', 'log it'],
    ]);
    expect(await logOf(page, 'tray clicked')).toHaveLength(1);
    await expect(probe('clickMenu', { place: 'tray', path: ['Locked'] })).rejects.toThrow(
      "'Locked' is disabled",
    );
    await expect(probe('clickMenu', { place: 'popup', path: ['x'] })).rejects.toThrow(
      'there is no popup menu',
    );
  });

  test('keeps notifications and answers dialogs', async () => {
    await invoke(page, 'notify', { title: 'web1', body: 'open' });
    expect(await probe('notifications')).toEqual([{ title: 'web1', body: 'open' }]);
    await probe('clickNotification', { index: 0 });
    expect(await logOf(page, 'notification clicked')).toHaveLength(1);
    const options = { message: 'Reveal?', buttons: ['Reveal', 'Cancel'] };
    const shown = invoke(page, 'messageBox', options);
    await expect.poll(async () => (await probe('dialogs')).length).toBe(1);
    await probe('answerDialog', { kind: 'button', label: 'Reveal' });
    expect(await shown).toEqual({ response: 0, checkboxChecked: false });
    await probe('answerDialog', { kind: 'cancel' });
    expect(await invoke(page, 'messageBox', options)).toEqual({ response: 1, checkboxChecked: false });
    await probe('answerDialog', { kind: 'paths', paths: ['/tmp/x'] });
    expect(await invoke(page, 'openDialog', {})).toEqual({ canceled: false, filePaths: ['/tmp/x'] });
    await probe('answerDialog', { kind: 'cancel' });
    expect(await invoke(page, 'saveDialog', {})).toEqual({ canceled: true, filePath: '' });
  });

  test('records what would leave the app, and presses shortcuts', async () => {
    await invoke(page, 'external', 'https://example.org/');
    expect(await probe('opened')).toEqual([{ how: 'external', target: 'https://example.org/' }]);
    expect(await driver.ask('opened')).toEqual([]);
    expect(await invoke(page, 'shortcut', 'F9')).toBe(true);
    await probe('pressShortcut', { accelerator: 'F9' });
    expect(await logOf(page, 'shortcut')).toHaveLength(1);
    await invoke(page, 'copy', 'text');
    expect(await probe('clipboard')).toBe('text');
  });

  test('tells the app what the system would', async () => {
    await probe('secondInstance', { argv: ['a'], cwd: '/' });
    await probe('openUrl', { url: 'sallyport://knock/1' });
    await probe('power', { event: 'resume' });
    expect(await logOf(page, 'second-instance')).toEqual([['second-instance', '["a"]', '/', '{}']]);
    expect(await logOf(page, 'open-url')).toEqual([['open-url', 'sallyport://knock/1']]);
    expect(await logOf(page, 'resume')).toHaveLength(1);
  });

  test('quits', async () => {
    // The answer may be cut off by the end it brings about.
    await probe('quit').catch(() => undefined);
    expect(await driver.exited).toBe(0);
  });
});
