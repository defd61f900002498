import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppDriver } from '../../electron/stand-in/driver';
import { FixtureApp, invoke, logOf } from './fixture-app';

const fixture = new FixtureApp();
let driver: AppDriver;
let page: Page;

beforeAll(async () => {
  driver = await fixture.launch();
  page = await driver.page('app://fixture/index.html');
});
afterAll(() => fixture.remove());

describe('tray and menus', () => {
  test('the tray shows its tooltip and menu', async () => {
    const [tray] = await driver.ask('trays');
    expect(tray?.tooltip).toBe('Fixture: idle');
    expect(tray?.menu.map(({ label, type, enabled }) => [label, type, enabled])).toEqual([
      ['web1', 'submenu', true],
      ['', 'separator', true],
      ['Locked', 'normal', false],
      ['Quit', 'normal', true],
    ]);
  });

  test('an item in a submenu is clicked by the label people read, or by its id', async () => {
    await driver.ask('clickMenu', { place: 'tray', path: ['web1', 'Knock & Connect'] });
    await driver.ask('clickMenu', { place: 'tray', path: ['web1', 'connect'] });
    await driver.ask('clickMenu', { place: 'application', path: ['File', 'Log it'] });
    expect(await logOf(page, 'menu')).toEqual([
      ['menu', 'connect'],
      ['menu', 'connect'],
      ['menu', 'log it'],
    ]);
  });

  test('a disabled or missing item cannot be clicked', async () => {
    const click = (label: string) => driver.ask('clickMenu', { place: 'tray', path: [label] });
    await expect(click('Locked')).rejects.toThrow("the menu item 'Locked' is disabled");
    await expect(click('Nowhere')).rejects.toThrow(
      "no visible menu item 'Nowhere' among: web1, , Locked, Quit",
    );
    await expect(driver.ask('menu', { place: 'popup' })).rejects.toThrow('there is no popup menu');
  });

  test('the tray itself is clicked', async () => {
    await driver.ask('clickTray');
    expect(await logOf(page, 'tray clicked')).toHaveLength(1);
  });
});

describe('notifications and dialogs', () => {
  test('a notification is shown and clicked', async () => {
    await invoke(page, 'notify', { title: 'web1', body: 'Port 22 is open now.' });
    expect(await driver.ask('notifications')).toEqual([{ title: 'web1', body: 'Port 22 is open now.' }]);
    await driver.ask('clickNotification', { index: 0 });
    expect(await logOf(page, 'notification clicked')).toEqual([['notification clicked', 'web1']]);
  });

  test('a message box waits for its answer', async () => {
    const shown = invoke(page, 'messageBox', { message: 'Reveal?', buttons: ['Reveal', 'Cancel'] });
    await expect.poll(async () => (await driver.ask('dialogs')).at(-1)?.message).toBe('Reveal?');
    await driver.ask('answerDialog', { kind: 'button', label: 'Reveal' });
    expect(await shown).toEqual({ response: 0, checkboxChecked: false });
  });

  test('an answer may be queued, and cancel is the cancel button', async () => {
    await driver.ask('answerDialog', { kind: 'cancel' });
    const options = { message: 'Sure?', buttons: ['Yes', 'Cancel'], checkboxLabel: 'Always' };
    expect(await invoke(page, 'messageBox', options)).toEqual({ response: 1, checkboxChecked: false });
  });

  test('a button that is not there is an error', async () => {
    await driver.ask('answerDialog', { kind: 'button', label: 'Maybe' });
    await expect(invoke(page, 'messageBox', { message: 'Sure?', buttons: ['Yes', 'No'] })).rejects.toThrow(
      "no button 'Maybe' among: Yes, No",
    );
  });

  test('open and save give paths, or say they were cancelled', async () => {
    await driver.ask('answerDialog', { kind: 'paths', paths: ['/tmp/knockd.conf'] });
    expect(await invoke(page, 'openDialog', { title: 'Import' })).toEqual({
      canceled: false,
      filePaths: ['/tmp/knockd.conf'],
    });
    await driver.ask('answerDialog', { kind: 'cancel' });
    expect(await invoke(page, 'saveDialog', { defaultPath: 'web1.sh' })).toEqual({
      canceled: true,
      filePath: '',
    });
    expect((await driver.ask('dialogs')).at(-1)).toMatchObject({ kind: 'save', defaultPath: 'web1.sh' });
  });
});

describe('clipboard, shell, shortcuts, displays', () => {
  test('the clipboard is shared with the test, not with the desktop', async () => {
    await invoke(page, 'copy', 'ssh -p 22 -l ops -- web1');
    expect(await driver.ask('clipboard')).toBe('ssh -p 22 -l ops -- web1');
    await driver.ask('setClipboard', { text: 'sallyport://profile/v1' });
    expect(await invoke(page, 'paste')).toBe('sallyport://profile/v1');
  });

  test('what would open outside is recorded and not opened', async () => {
    await invoke(page, 'external', 'https://example.org/docs');
    expect(await driver.ask('opened')).toEqual([{ how: 'external', target: 'https://example.org/docs' }]);
  });

  test('a global shortcut is pressed', async () => {
    expect(await invoke(page, 'shortcut', 'Control+Shift+K')).toBe(true);
    expect(await invoke(page, 'shortcut', 'Control+Shift+K')).toBe(false);
    expect(await driver.ask('shortcuts')).toEqual(['Control+Shift+K']);
    await driver.ask('pressShortcut', { accelerator: 'Control+Shift+K' });
    expect(await logOf(page, 'shortcut')).toEqual([['shortcut', 'Control+Shift+K']]);
    await expect(driver.ask('pressShortcut', { accelerator: 'F1' })).rejects.toThrow(
      "no global shortcut 'F1'",
    );
  });

  test('pictures and displays have sizes', async () => {
    expect(await invoke(page, 'image')).toEqual({ width: 1, height: 1 });
    expect(await invoke(page, 'screen')).toEqual({ x: 0, y: 0, width: 1920, height: 1080 });
  });
});

describe('what the system tells the app', () => {
  test('second instance, link, activation, power', async () => {
    await driver.ask('secondInstance', { argv: ['sallyport', 'sallyport://knock/1'], cwd: '/home' });
    await driver.ask('openUrl', { url: 'sallyport://knock/2' });
    await driver.ask('activate');
    await driver.ask('power', { event: 'resume' });
    expect(await logOf(page, 'second-instance')).toEqual([
      ['second-instance', '["sallyport","sallyport://knock/1"]', '/home', '{}'],
    ]);
    expect(await logOf(page, 'open-url')).toEqual([['open-url', 'sallyport://knock/2']]);
    expect(await logOf(page, 'activate')).toEqual([['activate', true]]);
    expect(await logOf(page, 'resume')).toHaveLength(1);
  });

  test('focus comes and goes', async () => {
    await expect.poll(() => driver.ask('windows')).toMatchObject([{ focused: true }]);
    const [window] = await driver.ask('windows');
    await driver.ask('setWindowFocus', { id: window?.id ?? 0, focused: false });
    expect(await driver.ask('windows')).toMatchObject([{ focused: false }]);
    expect(await logOf(page, 'blur')).toHaveLength(1);
  });

  test('an operation that does not exist is refused', async () => {
    await expect(driver.ask('explode' as never)).rejects.toThrow("no operation 'explode'");
  });
});
