/**
 * The terminals that are known, in the order in which one is chosen, and the argument list that makes each run a command.
 * The command is always ours (`sallyport connect --ticket …`): nothing of a profile passes through any of these, so how a
 * terminal splits or unquotes its arguments does not matter for safety. Order: freedesktop's proposals first, then what
 * desktops bring, then what people install.
 */
import { overAppleScript, overOpen } from './mac';

export type TerminalOs = 'linux' | 'mac' | 'windows';

export interface TerminalKind {
  /** What the settings keep. */
  readonly id: string;
  readonly name: string;
  /** Names to look for in PATH, absolute paths, or paths below the home folder (`~/`). The first one found is started. */
  readonly programs: readonly string[];
  readonly argv: (path: string, command: readonly string[]) => readonly string[];
}

type Argv = TerminalKind['argv'];

/** The command as separate arguments after these. */
function after(...before: readonly string[]): Argv {
  return (path, command) => [path, ...before, ...command];
}

function kind(id: string, name: string, argv: Argv, ...programs: readonly string[]): TerminalKind {
  return { id, name, argv, programs: programs.length === 0 ? [id] : programs };
}

const LINUX: readonly TerminalKind[] = [
  kind('xdg-terminal-exec', 'The desktop’s default (xdg-terminal-exec)', after()),
  kind('x-terminal-emulator', 'The system’s default (x-terminal-emulator)', after('-e')),
  kind('gnome-terminal', 'GNOME Terminal', after('--')),
  kind('ptyxis', 'Ptyxis', after('--new-window', '--')),
  kind('kgx', 'GNOME Console', after('--')),
  kind('konsole', 'Konsole', after('-e')),
  kind('xfce4-terminal', 'Xfce Terminal', after('-x')),
  kind('mate-terminal', 'MATE Terminal', after('-x')),
  kind('qterminal', 'QTerminal', after('-e')),
  kind('lxterminal', 'LXTerminal', after('-e')),
  kind('deepin-terminal', 'Deepin Terminal', after('-e')),
  kind('io.elementary.terminal', 'elementary Terminal', after('-x')),
  kind('cosmic-term', 'COSMIC Terminal', after('--')),
  kind('ghostty', 'Ghostty', after('-e')),
  kind('kitty', 'kitty', after()),
  kind('wezterm', 'WezTerm', after('start', '--')),
  kind('alacritty', 'Alacritty', after('-e')),
  kind('foot', 'foot', after()),
  kind('rio', 'Rio', after('-e')),
  kind('tilix', 'Tilix', after('-e')),
  kind('terminator', 'Terminator', after('-x')),
  kind('st', 'st', after('-e')),
  kind('urxvt', 'urxvt', after('-e')),
  kind('xterm', 'xterm', after('-e')),
];

const MAC: readonly TerminalKind[] = [
  kind(
    'terminal',
    'Terminal',
    overAppleScript('Terminal'),
    '/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal',
  ),
  kind('iterm2', 'iTerm2', overAppleScript('iTerm'), ...bundle('iTerm', 'iTerm2')),
  kind('ghostty', 'Ghostty', overOpen, ...bundle('Ghostty', 'ghostty')),
  kind('kitty', 'kitty', after(), ...bundle('kitty', 'kitty')),
  kind('wezterm', 'WezTerm', after('start', '--'), ...bundle('WezTerm', 'wezterm')),
  kind('alacritty', 'Alacritty', after('-e'), ...bundle('Alacritty', 'alacritty')),
];

const WINDOWS: readonly TerminalKind[] = [
  // A semicolon ends a command of wt even inside quotes, and the path of our program may have one.
  kind(
    'windows-terminal',
    'Windows Terminal',
    (path, command) => [path, '-w', '0', 'new-tab', ...command.map((word) => word.replaceAll(';', '\\;'))],
    'wt.exe',
  ),
  kind('wezterm', 'WezTerm', after('start', '--'), 'wezterm-gui.exe'),
  kind('alacritty', 'Alacritty', after('-e'), 'alacritty.exe'),
  kind('console', 'Windows Console', after(), 'conhost.exe'),
];

const KNOWN: Readonly<Record<TerminalOs, readonly TerminalKind[]>> = {
  linux: LINUX,
  mac: MAC,
  windows: WINDOWS,
};

export function knownTerminals(os: TerminalOs): readonly TerminalKind[] {
  return KNOWN[os];
}

function bundle(app: string, program: string): readonly string[] {
  return ['/Applications', '~/Applications'].map(
    (folder) => `${folder}/${app}.app/Contents/MacOS/${program}`,
  );
}
