import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../shared/contract/ipc';
import { findTerminals, terminalArgv, type Desk } from '../../shared/terminal/choice';
import type { TerminalChoice } from '../../shared/terminal/setting';
import { knownTerminals, type TerminalOs } from '../../shared/terminal/terminals';

const COMMAND = ['/opt/sallyport/sallyport', 'connect', '--ticket', '0123456789abcdef0123456789abcdef'];

/** A desktop that has these programs; names are found in /usr/bin, paths where they are. */
function desk(os: TerminalOs, there: readonly string[], wish?: string): Desk {
  const find = (program: string) =>
    there.includes(program) ? (program.startsWith('/') ? program : `/usr/bin/${program}`) : null;
  return { os, find, wish };
}

function argv(choice: TerminalChoice, where: Desk): readonly string[] {
  const result = terminalArgv(choice, where, COMMAND);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const AUTO: TerminalChoice = { kind: 'auto' };

describe('each known terminal', () => {
  it.each([
    ['xdg-terminal-exec', []],
    ['x-terminal-emulator', ['-e']],
    ['gnome-terminal', ['--']],
    ['ptyxis', ['--new-window', '--']],
    ['kgx', ['--']],
    ['konsole', ['-e']],
    ['xfce4-terminal', ['-x']],
    ['mate-terminal', ['-x']],
    ['tilix', ['-e']],
    ['ghostty', ['-e']],
    ['kitty', []],
    ['alacritty', ['-e']],
    ['wezterm', ['start', '--']],
    ['foot', []],
    ['xterm', ['-e']],
  ])('on Linux %s is given the command after %j', (id, before) => {
    const where = desk('linux', [id]);
    const expected = [`/usr/bin/${id}`, ...before, ...COMMAND];
    expect(argv(AUTO, where)).toEqual(expected);
    expect(argv({ kind: 'known', id }, where)).toEqual(expected);
  });

  it.each([
    ['wt.exe', ['-w', '0', 'new-tab']],
    ['wezterm-gui.exe', ['start', '--']],
    ['alacritty.exe', ['-e']],
    ['conhost.exe', []],
  ])('on Windows %s is given the command after %j', (program, before) => {
    expect(argv(AUTO, desk('windows', [program]))).toEqual([`/usr/bin/${program}`, ...before, ...COMMAND]);
  });

  it('keeps a semicolon in our own path from splitting the command of Windows Terminal', () => {
    const result = terminalArgv(AUTO, desk('windows', ['wt.exe']), ['C:\\a;b\\sallyport.exe', 'connect']);
    expect(result.ok ? result.value.slice(-2) : null).toEqual(['C:\\a\\;b\\sallyport.exe', 'connect']);
  });

  it('on macOS gets the words as arguments of a script that quotes them, or of its own program', () => {
    const at = (app: string) => `/Applications/${app}`;
    const terminal = argv(
      AUTO,
      desk('mac', ['/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal']),
    );
    const iterm = argv(AUTO, desk('mac', [at('iTerm.app/Contents/MacOS/iTerm2')]));
    for (const script of [terminal, iterm]) {
      expect([script[0], ...script.slice(-5)]).toEqual(['/usr/bin/osascript', '--', ...COMMAND]);
      expect(script.slice(1, -5).join('\n')).not.toContain('sallyport');
      expect(script).toContain('set line to line & quoted form of word_ & " "');
    }
    expect(argv(AUTO, desk('mac', [at('Ghostty.app/Contents/MacOS/ghostty')]))).toEqual([
      ...['/usr/bin/open', '-n', '-a', at('Ghostty.app'), '--args', '-e'],
      ...COMMAND,
    ]);
    const kitty = at('kitty.app/Contents/MacOS/kitty');
    expect(argv(AUTO, desk('mac', [kitty]))).toEqual([kitty, ...COMMAND]);
  });

  it.each(['linux', 'mac', 'windows'] as const)('on %s has an id of its own that the settings take', (os) => {
    const ids = knownTerminals(os).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(settingsSchema.safeParse({ theme: 'dark', terminal: { kind: 'known', id } }).success).toBe(true);
    }
  });
});

describe('the one that is found', () => {
  const both = ['xterm', 'xdg-terminal-exec', 'kitty'];

  it('is the desktop’s default first, and all that are there can be chosen', () => {
    expect(findTerminals(desk('linux', both)).map(({ id, path }) => [id, path])).toEqual([
      ['xdg-terminal-exec', '/usr/bin/xdg-terminal-exec'],
      ['kitty', '/usr/bin/kitty'],
      ['xterm', '/usr/bin/xterm'],
    ]);
    expect(findTerminals(desk('linux', []))).toEqual([]);
  });

  it.each([
    ['kitty', 'kitty'],
    ['/usr/bin/xterm', 'xterm'],
    ['myterm', 'xdg-terminal-exec'],
    ['foot', 'xdg-terminal-exec'],
    ['xterm -fa Mono', 'xdg-terminal-exec'],
    ['', 'xdg-terminal-exec'],
  ])('with TERMINAL=%j is %s', (wish, id) => {
    expect(findTerminals(desk('linux', both, wish))[0]?.id).toBe(id);
  });

  it('is missed in words, with what was looked for', () => {
    expect(terminalArgv(AUTO, desk('linux', []), COMMAND)).toMatchObject({
      ok: false,
      error: { code: 'no-terminal', detail: expect.stringContaining('xterm') },
    });
    expect(terminalArgv({ kind: 'known', id: 'kitty' }, desk('linux', ['xterm']), COMMAND)).toMatchObject({
      error: { code: 'no-terminal', message: 'The terminal "kitty" of your settings was not found.' },
    });
  });
});

describe('a command of the person’s own', () => {
  const where = desk('linux', ['tmux']);

  it.each([
    [
      ['tmux', 'new-window'],
      ['new-window', ...COMMAND],
    ],
    [
      ['tmux', '-L', 'a b', '{command}', ';', 'kill-pane'],
      ['-L', 'a b', ...COMMAND, ';', 'kill-pane'],
    ],
  ])('takes ours at its place: %j', (own, args) => {
    expect(argv({ kind: 'custom', argv: own }, where)).toEqual(['/usr/bin/tmux', ...args]);
  });

  it.each([
    [['tmux', 'x{command}'], 'by itself'],
    [['tmux', '{command}', '{command}'], 'stand once'],
    [['{command}'], 'without placeholders'],
    [['-x'], 'begin with a dash'],
    [['tmux', ''], 'not empty'],
  ])('is refused when it is %j: %s', (own, words) => {
    const parsed = settingsSchema.safeParse({ theme: 'dark', terminal: { kind: 'custom', argv: own } });
    expect(parsed.error?.issues.map(({ message }) => message).join('\n')).toContain(words);
  });
});
