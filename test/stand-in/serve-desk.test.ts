import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invoke, logOf } from './fixture-app';
import { ServedFixture } from './served-fixture';

const served = new ServedFixture();
let page: Page;
let controls: Page;

beforeAll(async () => {
  await served.start();
  page = await served.newPage();
  await page.goto(served.appAddress);
  await page.waitForFunction(() => document.title === 'Fixture page');
  controls = await page.context().newPage();
  await controls.goto(served.deskAddress);
});
afterAll(() => served.remove());

describe('the controls page', () => {
  test('shows the tray and clicks its items', async () => {
    expect(await controls.locator('h2').first().textContent()).toBe('Tray: Fixture: idle');
    await controls.getByRole('button', { name: 'Knock & Connect' }).click();
    await expect.poll(() => logOf(page, 'menu')).toEqual([['menu', 'connect']]);
  });

  test('asks what a native dialog would, with everything escaped', async () => {
    const options = { message: '<b>Reveal</b>?', detail: '"&', buttons: ['Reveal', 'Cancel'] };
    const shown = invoke(page, 'messageBox', options);
    await expect.poll(() => served.output).toContain('a dialog is waiting');
    await controls.reload();
    expect(await controls.title()).toContain('a dialog is waiting');
    expect(await controls.getByText('<b>Reveal</b>?').count()).toBe(1);
    await controls.getByRole('button', { name: 'Reveal' }).click();
    expect(await shown).toEqual({ response: 0, checkboxChecked: false });
  });

  test('takes a path for a file dialog', async () => {
    const shown = invoke(page, 'saveDialog', { title: 'Save the installer', defaultPath: 'web1.sh' });
    await expect.poll(async () => (await controls.reload(), controls.getByRole('textbox').count())).toBe(1);
    expect(await controls.getByRole('textbox').inputValue()).toBe('web1.sh');
    await controls.getByRole('textbox').fill('/tmp/web1.sh');
    await controls.getByRole('button', { name: 'Save' }).click();
    expect(await shown).toEqual({ canceled: false, filePath: '/tmp/web1.sh' });
  });
});

describe('what the app’s page can reach of it', () => {
  let stays: Promise<unknown>;

  /** What a script in the page gets when it posts the answer to the dialog. */
  const answerFrom = (address: string) =>
    page.evaluate(
      (url) =>
        fetch(url, { method: 'POST', body: new URLSearchParams({ do: 'button', button: 'Use it' }) }).then(
          ({ status }) => status,
          (error: unknown) => String(error),
        ),
      address,
    );
  const dialogs = async () => (await controls.reload(), controls.getByText('Sure?').count());

  test('its own origin has no controls', async () => {
    stays = invoke(page, 'messageBox', { message: 'Sure?', buttons: ['Cancel', 'Use it'] });
    await expect.poll(() => served.output).toContain('Sure?');
    expect(await answerFrom('.stand-in/controls')).toBe(403);
    expect(await answerFrom('/.stand-in/controls')).toBe(401);
    expect(await dialogs()).toBe(1);
  });

  test('its policy stops requests to the other one', async () => {
    expect(await answerFrom(controls.url())).toBe('TypeError: Failed to fetch');
    expect(await dialogs()).toBe(1);
  });

  test('a page without any policy that knows the address and has the cookie is refused all the same', async () => {
    const heard: string[] = [];
    const tab = await page.context().newPage();
    await tab.goto(`${new URL(page.url()).origin}/nothing-here`);
    tab.on('requestfailed', (request) => heard.push(`${request.method()} ${request.failure()?.errorText}`));
    tab.on('response', (response) => heard.push(`${response.request().method()} ${response.status()}`));
    await tab.evaluate(async (url) => {
      const body = new URLSearchParams({ do: 'button', button: 'Use it' });
      await fetch(url, { method: 'POST', body, mode: 'no-cors', credentials: 'include' }).catch(
        () => undefined,
      );
      await fetch(url, { mode: 'no-cors', credentials: 'include' }).catch(() => undefined);
      const frame = Object.assign(document.createElement('iframe'), { src: url });
      await new Promise((resolve) => {
        frame.onload = resolve;
        document.body.append(frame);
      });
    }, controls.url());
    const posted = tab.waitForNavigation();
    await tab.evaluate((action) => {
      const form = Object.assign(document.createElement('form'), { action, method: 'post' });
      form.innerHTML = '<input name="do" value="button"><input name="button" value="Use it">';
      document.body.append(form);
      form.submit();
    }, controls.url());
    expect((await posted)?.status()).toBe(403);
    await tab.close();
    const kept = 'net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin';
    expect(heard).toEqual([`POST ${kept}`, `GET ${kept}`, 'GET 403', 'POST 403']);
    expect(await dialogs()).toBe(1);
  });

  test('it is never told where the other one is', async () => {
    const { host, pathname } = new URL(controls.url());
    const seen = await page.evaluate(() => [
      document.documentElement.outerHTML,
      ...performance.getEntriesByType('resource').map(({ name }) => name),
    ]);
    const source = seen.join();
    expect(source).toContain('preload.js');
    expect(source).not.toContain(host);
    expect(source).not.toContain(pathname.split('/')[1]);
  });

  test('the dialog is still the person’s to answer', async () => {
    await controls.reload();
    await controls.getByRole('button', { name: 'Cancel' }).click();
    expect(await stays).toEqual({ response: 0, checkboxChecked: false });
  });
});

describe('a window without a preload', () => {
  let id: unknown;

  test('is announced, listed, and shown on the second origin, where it runs nothing', async () => {
    const options = { webPreferences: { preload: null } };
    id = await invoke(page, 'open', { url: 'app://fixture/index.html', options });
    const { host } = new URL(served.deskAddress);
    await expect.poll(() => served.output).toContain(`another window: http://${host}/`);
    await controls.reload();
    const [tab] = await Promise.all([
      controls.context().waitForEvent('page'),
      controls.getByRole('link', { name: `Window ${String(id)}` }).click(),
    ]);
    await tab.waitForLoadState();
    expect(new URL(tab.url()).host).toBe(host);
    expect(await tab.textContent('#styled')).toBe('styled');
    expect(await tab.evaluate(() => [window.origin, typeof window.fixture, document.title])).toEqual([
      'null',
      'undefined',
      'Fixture page',
    ]);
    await expect.poll(() => logOf(page, 'ready-to-show')).toContainEqual(['ready-to-show', id]);
    await tab.close();
  });

  test('is not to be had on the app’s', async () => {
    const status = page.evaluate(
      (number) => fetch(`.stand-in/window/${number}`).then((r) => r.status),
      String(id),
    );
    expect(await status).toBe(404);
  });
});

describe('the end', () => {
  test('ends the app', async () => {
    await controls
      .getByRole('button', { name: 'Quit' })
      .first()
      .click()
      .catch(() => undefined);
    expect(await served.ended).toBe(0);
  });
});
