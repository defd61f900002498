/**
 * How the terminals of macOS are asked for a window that runs a command. The words of the command travel as arguments of
 * the script and are quoted there (`quoted form of`); they never become part of the script's text.
 */

const SCRIPTS = {
  Terminal: ['tell application "Terminal"', 'activate', 'do script line', 'end tell'],
  iTerm: [
    'tell application "iTerm"',
    'activate',
    'set fresh to (create window with default profile)',
    'tell current session of fresh to write text line',
    'end tell',
  ],
} as const;

const QUOTED = [
  'set line to ""',
  'repeat with word_ in argv',
  'set line to line & quoted form of word_ & " "',
  'end repeat',
];

/** osascript(1); macOS asks the person once whether Sallyport may control the terminal. */
export function overAppleScript(app: keyof typeof SCRIPTS) {
  const script = ['on run argv', ...QUOTED, ...SCRIPTS[app], 'end run'];
  const lines = script.flatMap((line) => ['-e', line]);
  return (_path: string, command: readonly string[]): readonly string[] => [
    '/usr/bin/osascript',
    ...lines,
    '--',
    ...command,
  ];
}

/** open(1), for an app whose program does not make windows when it is started directly. */
export function overOpen(path: string, command: readonly string[]): readonly string[] {
  const app = path.slice(0, path.indexOf('.app/') + '.app'.length);
  return ['/usr/bin/open', '-n', '-a', app, '--args', '-e', ...command];
}
