import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../electron/stand-in/command-line';
import { guardClass, guarded } from '../../electron/stand-in/guard';
import { assertJson } from '../../electron/stand-in/json-value';
import { toAppUrl, toBrowserUrl } from '../../electron/stand-in/origin-map';
import { allowOwnConnections, withFirstScript } from '../../electron/stand-in/serve/content-policy';
import { Gatekeeper } from '../../electron/stand-in/serve/gatekeeper';

describe('origin map', () => {
  const schemes = new Set(['app']);

  test.each([
    ['app://sallyport/index.html', 'https://sallyport.app.stand-in.invalid/index.html'],
    ['app://sallyport/a/b?c=d#e', 'https://sallyport.app.stand-in.invalid/a/b?c=d#e'],
  ])('%s and back', (app, browser) => {
    expect(toBrowserUrl(app, schemes)).toBe(browser);
    expect(toAppUrl(browser)).toBe(app);
  });

  test('an address without a path gets one', () => {
    expect(toBrowserUrl('app://sallyport', schemes)).toBe('https://sallyport.app.stand-in.invalid/');
    expect(toBrowserUrl('app://sallyport?x', schemes)).toBe('https://sallyport.app.stand-in.invalid/?x');
  });

  test.each([
    'https://evil.example/',
    'data:text/html,x',
    'about:blank',
    'other://host/',
    'file:///etc/passwd',
  ])('%s is left alone', (url) => {
    expect(toBrowserUrl(url, schemes)).toBe(url);
    expect(toAppUrl(url)).toBe(url);
  });

  test.each([
    'https://sallyport.app.stand-in.invalid.evil.example/',
    'https://evil.example/sallyport.app.stand-in.invalid/',
    'https://evil.example#.app.stand-in.invalid',
    'https://stand-in.invalid/',
    'http://sallyport.app.stand-in.invalid/',
  ])('%s does not pass for the app', (url) => {
    expect(toAppUrl(url)).toBe(url);
  });
});

describe('content policy', () => {
  test.each([
    ["default-src 'none'; connect-src 'none'", "default-src 'none'; connect-src 'self'"],
    ["connect-src 'none' ; img-src *;", "connect-src 'self'; img-src *"],
    ["default-src 'none'", "default-src 'none'; connect-src 'self'"],
    ["connect-src 'self' data:", "connect-src 'self' data:"],
    ["CONNECT-SRC 'NONE'", "connect-src 'self'"],
  ])('%s', (before, after) => {
    expect(allowOwnConnections(before)).toBe(after);
  });

  test('the script comes before everything, wherever the document begins', () => {
    expect(withFirstScript('<!doctype html><html><head lang="x"><title>', '/p')).toBe(
      '<!doctype html><html><head lang="x"><script src="/p"></script><title>',
    );
    expect(withFirstScript('<!DOCTYPE html><p>', '/p')).toBe('<!DOCTYPE html><script src="/p"></script><p>');
    expect(withFirstScript('<header>', '/p')).toBe('<script src="/p"></script><header>');
  });
});

describe('gatekeeper', () => {
  const visit = (keeper: Gatekeeper, url: string, headers: Record<string, string>, method = 'GET') =>
    keeper.admit({ method, url, headers: { host: '127.0.0.1:8080', ...headers } });

  const keeperOf8080 = () => {
    let count = 0;
    return new Gatekeeper(8080, () => `secret-${++count}`);
  };

  test('the token gives a cookie for the folder, once', () => {
    const keeper = keeperOf8080();
    expect(keeper.address).toBe('http://127.0.0.1:8080/?token=secret-1');
    expect(visit(keeper, '/?token=secret-2', {})).toMatchObject({ kind: 'refused', status: 401 });
    expect(visit(keeper, '/?token=secret-1', {})).toEqual({
      kind: 'welcome',
      cookie: 'stand-in-8080=secret-2; HttpOnly; SameSite=Strict; Path=/secret-3/',
    });
    expect(visit(keeper, '/?token=secret-1', {})).toMatchObject({ kind: 'refused', status: 401 });
    expect(keeper.address).toBe('http://127.0.0.1:8080/secret-3/');
  });

  test('the cookie lets into the folder, and a posted request needs its origin', () => {
    const keeper = keeperOf8080();
    const cookie = 'other=1; stand-in-8080=secret-2';
    expect(visit(keeper, '/secret-3/', { cookie })).toEqual({ kind: 'admitted', inside: '/' });
    expect(visit(keeper, '/secret-3/a?b', { cookie })).toEqual({ kind: 'admitted', inside: '/a?b' });
    for (const url of ['/', '/secret-3', '/secret-2/', '/secret-3x/', 'http://127.0.0.1:8080/secret-3/'])
      expect(visit(keeper, url, { cookie })).toMatchObject({ status: 401 });
    expect(visit(keeper, '/secret-3/', { cookie: 'stand-in-8080=secret-' })).toMatchObject({ status: 401 });
    expect(visit(keeper, '/secret-3/', { cookie }, 'POST')).toMatchObject({ status: 403 });
    const own = { cookie, origin: 'http://127.0.0.1:8080' };
    expect(visit(keeper, '/secret-3/', own, 'POST')).toMatchObject({ kind: 'admitted' });
    expect(visit(keeper, '/secret-3/', { cookie, host: 'localhost:8080' })).toMatchObject({ status: 421 });
    const sibling = { cookie, 'sec-fetch-site': 'same-site' };
    expect(visit(keeper, '/secret-3/', sibling)).toMatchObject({ status: 403 });
  });
});

describe('command line', () => {
  test.each([
    [[], true, { mode: 'window', appRoot: null, appArguments: [] }],
    [[], false, { mode: 'serve', appRoot: null, appArguments: [] }],
    [
      ['--headless', '/app', '--', '--hidden', 'x'],
      true,
      { mode: 'headless', appRoot: '/app', appArguments: ['--hidden', 'x'] },
    ],
    [['/app', '--serve'], true, { mode: 'serve', appRoot: '/app', appArguments: [] }],
  ])('%j', (args, hasDisplay, expected) => {
    expect(parseCommandLine(args, hasDisplay)).toEqual(expected);
  });

  test('what it does not know is refused with the usage', () => {
    expect(() => parseCommandLine(['a', 'b'], true)).toThrow('one appRoot, not 2\nusage:');
  });
});

describe('guard', () => {
  test('survives the copy that bundlers make of a module', () => {
    const module = guarded('electron', { app: 1 });
    const copy = Object.create(Object.getPrototypeOf(module) as object) as { app: number; dock: unknown };
    Object.defineProperty(copy, 'app', { get: () => module.app });
    expect(copy.app).toBe(1);
    expect(() => copy.dock).toThrow('stand-in: electron.dock is not supported');
  });

  test('lets promises, loggers and symbols look', async () => {
    const object = guarded('app', { name: 'x' });
    expect(await Promise.resolve(object)).toBe(object);
    expect(JSON.stringify(object)).toBe('{"name":"x"}');
    expect(Object.prototype.toString.call(object)).toBe('[object Object]');
  });

  test('covers instances, statics and what is inherited stays', () => {
    class Base {
      inherited(): number {
        return 1;
      }
    }
    class Window extends Base {
      own(): number {
        return super.inherited() + 1;
      }
    }
    guardClass('Window', Window);
    const window = new Window();
    expect([window.own(), window.inherited()]).toEqual([2, 1]);
    expect(() => (window as unknown as { capture: unknown }).capture).toThrow(
      'stand-in: Window.capture is not supported',
    );
    expect(() => (Window as unknown as { all: unknown }).all).toThrow(
      'stand-in: Window.all is not supported',
    );
  });
});

describe('what crosses the IPC', () => {
  test.each([null, true, 1.5, 'x', [1, [2]], { a: { b: undefined } }, undefined, Object.create(null)])(
    '%j may',
    (value) => {
      expect(() => assertJson(value, 'it')).not.toThrow();
    },
  );

  test.each([
    [{ list: [new Map()] }, 'it.list[0] is an instance of Map'],
    [new Date(0), 'it is an instance of Date'],
    [() => 1, 'it is a function'],
    [Number.NaN, 'it is NaN'],
    [1n, 'it is a bigint'],
    [new Uint8Array(1), 'it is an instance of Uint8Array'],
  ])('%o may not', (value, message) => {
    expect(() => assertJson(value, 'it')).toThrow(message);
  });
});
