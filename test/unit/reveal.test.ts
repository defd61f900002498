import { EventEmitter } from 'node:events';
import type { BrowserWindow, BrowserWindowConstructorOptions, MessageBoxOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reveal } from '../../electron/main/reveal';
import { personKey } from '../../shared/people/person-key';
import { addWords } from '../../shared/people/server-words';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { scanDrawn } from '../fakes/qr-scan';
import {
  rotatingProfile,
  ROTATING_SECRET,
  SECRET,
  SEQUENCE,
  staticProfile,
  STATIC_SECRET,
} from '../fakes/sample-profiles';

class FakeBrowserWindow extends EventEmitter {
  url = '';
  destroyed = false;
  readonly webContents = new EventEmitter();
  readonly isDestroyed = () => this.destroyed;
  readonly close = () => {
    this.destroyed = true;
    this.emit('closed');
  };
  readonly loadURL = async (url: string) => void (this.url = url);
}

function start(button = 1) {
  const asked: MessageBoxOptions[] = [];
  const opened: { options: BrowserWindowConstructorOptions; window: FakeBrowserWindow }[] = [];
  const reveal = new Reveal({
    ask: async (options) => {
      asked.push(options);
      return button;
    },
    open: (options) => {
      const window = new FakeBrowserWindow();
      opened.push({ options, window });
      return window as unknown as BrowserWindow;
    },
  });
  const show = async (profile: Profile, secret: ProfileSecret) => {
    const shown = await reveal.show(profile, async () => secret);
    return { shown, path: new URL(opened.at(-1)?.window.url ?? 'app://sallyport/').pathname };
  };
  return { reveal, asked, opened, show };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('revealing a secret', () => {
  it.each([0, -1, 2])('asks for no secret when the answer is %i', async (button) => {
    const { reveal, asked, opened } = start(button);
    let read = 0;
    const shown = await reveal.show(staticProfile(), async () => {
      read += 1;
      return STATIC_SECRET;
    });
    expect([shown, read, opened.length, asked.length]).toEqual([false, 0, 0, 1]);
  });

  it('asks so that Enter and Escape decline', async () => {
    const { asked, show } = start();
    await show(staticProfile(), STATIC_SECRET);
    expect(asked[0]).toMatchObject({
      defaultId: 0,
      cancelId: 0,
      buttons: ['Cancel', 'Show'],
      message: expect.stringContaining('web1'),
    });
  });

  it('opens a window without any way into main, and serves its page once', async () => {
    const { reveal, opened, show } = start();
    const { shown, path } = await show(staticProfile(), STATIC_SECRET);
    expect(shown).toBe(true);
    expect(path).toMatch(/^\/reveal-[0-9a-f]{32}\.html$/);
    const { webPreferences } = opened[0]!.options;
    expect(webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    expect(webPreferences?.preload).toBeUndefined();
    expect(reveal.pages('/reveal-0.html')).toBeNull();
    const page = reveal.pages(path);
    expect(page?.html).toContain(SEQUENCE);
    expect(page?.html).toContain(`<style nonce="${page?.nonce}">`);
    expect(page?.html).not.toMatch(/<script|\son\w+=/i);
    expect(reveal.pages(path)).toBeNull();
  });

  it('closes after a minute, and forgets a page that nobody fetched', async () => {
    const { reveal, opened, show } = start();
    const { path } = await show(staticProfile(), STATIC_SECRET);
    vi.advanceTimersByTime(59_999);
    expect(opened[0]?.window.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect([opened[0]?.window.destroyed, reveal.pages(path), vi.getTimerCount()]).toEqual([true, null, 0]);
  });

  it('closes on Esc, and on no other key', async () => {
    const { opened, show } = start();
    await show(staticProfile(), STATIC_SECRET);
    const press = (type: string, key: string) =>
      opened[0]?.window.webContents.emit('before-input-event', {}, { type, key });
    press('keyUp', 'Escape');
    press('keyDown', 'a');
    expect(opened[0]?.window.destroyed).toBe(false);
    press('keyDown', 'Escape');
    expect(opened[0]?.window.destroyed).toBe(true);
  });

  it('leaves no timer behind a window that was closed', async () => {
    const { opened, show } = start();
    await show(staticProfile(), STATIC_SECRET);
    opened[0]?.window.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says why when the secret cannot be read, and opens nothing', async () => {
    const { reveal, opened } = start();
    await expect(reveal.show(staticProfile(), () => Promise.reject(new Error('locked')))).rejects.toThrow(
      'locked',
    );
    expect(opened).toEqual([]);
  });

  it('shows a name as text, whatever it holds', async () => {
    const { reveal, show } = start();
    for (const name of ['<img src=x onerror=alert(1)>', '"&\'', '__NONCE__', '$&']) {
      const page = reveal.pages((await show(staticProfile({ name }), STATIC_SECRET)).path);
      expect(page?.html).not.toContain('<img');
      expect(page?.html).toContain(`<style nonce="${page?.nonce}">`);
      const text = page?.html.replaceAll(/&#(\d+);/g, (_all, code: string) =>
        String.fromCharCode(Number(code)),
      );
      expect(text).toContain(`<h1>${name}</h1>`);
    }
  });
});

describe('showing a key for somebody else', () => {
  it('opens a window of its own for ten minutes, with the code, the key and what to run on the server', async () => {
    const { reveal, asked, opened } = start();
    const key = personKey(
      rotatingProfile(),
      { user: 'bob', door: 'ssh', paper: false, replace: false },
      new Uint8Array(20).fill(7),
      0,
    );
    if (!key.ok) throw new Error(key.error.message);
    await reveal.showPerson({ key: key.value, words: addWords(key.value), page: '', script: '', notes: [] });
    const page = reveal.pages(new URL(opened[0]?.window.url ?? '').pathname);
    const html = page?.html ?? '';
    expect(scanDrawn(html)).toBe(key.value.uri);
    expect(html).toContain(`<pre id="secret">${key.value.secret}</pre>`);
    expect(html).toContain('sudo sallyportd user add bob <span>--door</span> ssh');
    expect(html).toContain('<title>A key for bob</title>');
    expect(html).not.toMatch(/<script|\son\w+=/i);
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(600_000);
    expect(opened[0]?.window.destroyed).toBe(true);
  });
});

describe('the lines for the server', () => {
  const stanza = async (profile: Profile, secret: ProfileSecret) => {
    const { reveal, show } = start();
    const html = reveal.pages((await show(profile, secret)).path)?.html ?? '';
    const [, text = ''] = /<pre id="stanza">([^]*?)<\/pre>/.exec(html) ?? [];
    return text.replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
  };

  it('are the key of a rotating profile', async () => {
    expect(await stanza(rotatingProfile({}, { period: 60 }), ROTATING_SECRET)).toBe(
      [
        '  [[door.key]]',
        '  user = "ops"',
        '  method = "rotating"',
        `  secret = "${SECRET}"`,
        '  period = "60s"',
        '  steps = 5',
        '  protocols = ["tcp","udp"]',
        '  range = "10000-49999"',
      ].join('\n'),
    );
  });

  it('are the key of a static one, with its flags', async () => {
    const method = { kind: 'static', tcpFlags: ['syn', 'fin'], hasClose: true } as const;
    expect(await stanza(staticProfile({ user: null, method }), STATIC_SECRET)).toBe(
      [
        '  [[door.key]]',
        '  user = "me"',
        '  method = "sequence"',
        `  sequence = "${SEQUENCE}"`,
        '  close_sequence = "9304:tcp,8205:udp,7106:tcp"',
        '  tcpflags = "syn,fin"',
      ].join('\n'),
    );
    expect(
      await stanza(staticProfile(), { ...STATIC_SECRET, closeSequence: null } as ProfileSecret),
    ).not.toMatch(/close_|tcpflags/);
  });
});

describe('a QR code', () => {
  it('asks first, is served once, says what it holds, and closes by itself', async () => {
    const declined = start(0);
    let made = 0;
    const uri = async () => `sallyport://profile/v1?made=${(made += 1)}`;
    expect(await declined.reveal.showQr(staticProfile(), uri)).toBe(false);
    expect([made, declined.opened.length]).toEqual([0, 0]);

    const { reveal, asked, opened } = start();
    expect(await reveal.showQr(staticProfile({ name: '<b>"web1"' }), uri)).toBe(true);
    expect(asked[0]?.message).toContain('QR code with the secret');
    const path = new URL(opened[0]!.window.url).pathname;
    const { html } = reveal.pages(path)!;
    expect(html).toContain('<svg');
    expect(html).toContain('It contains the key');
    expect(html).not.toContain('<b>');
    expect(reveal.pages(path)).toBeNull();
    vi.advanceTimersByTime(60_000);
    expect(opened[0]?.window.destroyed).toBe(true);
  });
});
