import { describe, expect, it } from 'vitest';
import { linesThatMatch, trackedFiles } from './tracked-files';

const source = trackedFiles('.ts', '.tsx').filter((path) => /^(shared|electron|renderer)\//.test(path));
const outside = (...allowed: readonly string[]): readonly string[] =>
  source.filter((path) => !allowed.some((prefix) => path.startsWith(prefix)));

/** A line that is not a comment. */
const code = (pattern: string): RegExp => new RegExp(`^(?!\\s*(/?\\*|//)).*${pattern}`);

describe('only one place', () => {
  it.each([
    ['reads what the preload put on the window', 'window\\.sallyport|window\\[', ['renderer/bridge.ts']],
    ['starts processes', 'node:child_process', ['electron/main/adapters/', 'electron/stand-in/']],
    [
      'opens sockets',
      'node:(net|dgram|tls|http|https|http2)',
      [
        'electron/main/adapters/echo-services.ts',
        'electron/main/adapters/node-sockets.ts',
        'electron/main/adapters/routes.ts',
        'electron/main/adapters/time-servers.ts',
        'electron/main/control/',
        'electron/stand-in/',
      ],
    ],
    [
      'talks to the keychain',
      "from 'keytar'|import\\('keytar'\\)",
      ['electron/main/adapters/keytar-keychain.ts'],
    ],
    ['knows the log library', "from 'electron-log", ['electron/main/adapters/log.ts']],
    [
      'sends to the renderer',
      '\\.webContents\\.send\\(|contents\\(\\)\\?\\.send\\(',
      ['electron/main/index.ts', 'electron/stand-in/'],
    ],
    ['answers the renderer', 'ipcMain\\.(handle|on)\\(', ['electron/main/ipc/', 'electron/stand-in/']],
    ['opens links outside', 'shell\\.openExternal', ['electron/main/lockdown.ts', 'electron/stand-in/']],
  ])('%s', (_what, pattern, places) => {
    expect(linesThatMatch(outside(...places), code(pattern))).toEqual([]);
  });
});

describe('nowhere', () => {
  it.each([
    ['code is loaded by a computed name', '\\b(import|require)\\((?![\'"])', ['electron/stand-in/']],
    [
      'text becomes code',
      '\\beval\\(|new Function\\(|dangerouslySetInnerHTML|\\.innerHTML\\b',
      ['electron/stand-in/'],
    ],
    ['a shell parses a command', 'shell: true|\\bexec(Sync)?\\(\\s*[`\'"]', []],
    [
      'a web page gets Node',
      'nodeIntegration: true|contextIsolation: false|sandbox: false|webSecurity: false',
      [],
    ],
    ['randomness is guessable', 'Math\\.random\\(', []],
  ])('%s', (_what, pattern, places) => {
    expect(linesThatMatch(outside(...places), code(pattern))).toEqual([]);
  });
});
