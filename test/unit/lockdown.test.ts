import { EventEmitter } from 'node:events';
import type { App, Session } from 'electron';
import { describe, expect, it } from 'vitest';
import { lockDownApp, lockDownSession } from '../../electron/main/lockdown';

function session() {
  type Answer = (value: unknown) => void;
  const set = {
    request: (_contents: unknown, _permission: string, _answer: Answer): void => undefined,
    check: (): boolean => true,
    before: (_details: { url: string }, _answer: Answer): void => undefined,
  };
  lockDownSession({
    setPermissionRequestHandler: (handler: typeof set.request) => void (set.request = handler),
    setPermissionCheckHandler: (handler: typeof set.check) => void (set.check = handler),
    webRequest: { onBeforeRequest: (handler: typeof set.before) => void (set.before = handler) },
  } as unknown as Session);
  const asked = (ask: (answer: Answer) => void): unknown => {
    let value: unknown = 'no answer';
    ask((answer) => (value = answer));
    return value;
  };
  return {
    permission: (name: string) => [asked((answer) => set.request(null, name, answer)), set.check()],
    cancelled: (url: string) =>
      (asked((answer) => set.before({ url }, answer)) as { cancel: boolean }).cancel,
  };
}

describe('the session', () => {
  it.each(['media', 'notifications', 'clipboard-read', 'geolocation', 'openExternal'])(
    'grants no %s',
    (name) => expect(session().permission(name)).toEqual([false, false]),
  );

  it.each(['app://sallyport/index.html', 'app://sallyport/assets/a.js', 'devtools://devtools/x.js'])(
    'loads %s',
    (url) => expect(session().cancelled(url)).toBe(false),
  );

  it.each([
    'https://example.org/',
    'http://sallyport/',
    'ws://127.0.0.1:1/',
    'file:///etc/passwd',
    'data:text/html,x',
    'blob:app://sallyport/x',
    'application://sallyport/index.html',
    'app://other/index.html',
    'app://sallyport.evil/index.html',
    'app://sallyport@evil/index.html',
    'no url',
    '',
  ])('does not load %s', (url) => expect(session().cancelled(url)).toBe(true));
});

describe('every page', () => {
  it('is sandboxed, goes nowhere and opens nothing', () => {
    const app = Object.assign(new EventEmitter(), {
      sandboxed: 0,
      enableSandbox: () => (app.sandboxed += 1),
      switches: [] as unknown[],
      commandLine: { appendSwitch: (...words: string[]) => void app.switches.push(words) },
    });
    lockDownApp(app as unknown as App);
    expect(app.sandboxed).toBe(1);
    expect(app.switches).toEqual([['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp']]);
    let open: (details: { url: string }) => unknown = () => undefined;
    const contents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: typeof open) => (open = handler),
    });
    app.emit('web-contents-created', {}, contents);
    for (const name of ['will-navigate', 'will-frame-navigate']) {
      let prevented = false;
      contents.emit(name, { preventDefault: () => (prevented = true), url: 'app://sallyport/index.html' });
      expect([name, prevented]).toEqual([name, true]);
    }
    expect(open({ url: 'https://example.org' })).toEqual({ action: 'deny' });
  });
});
