/** What is found and what fails around terminals and ssh, for tests and pictures. */
import type { Problem } from '../../../shared/contract/result';
import type { SshConfigView } from '../../../shared/ssh/config-plan';
import type { FoundTerminal } from '../../../shared/terminal/choice';

export const TERMINALS: readonly FoundTerminal[] = [
  { id: 'gnome-terminal', name: 'GNOME Terminal', path: '/usr/bin/gnome-terminal' },
  { id: 'kitty', name: 'kitty', path: '/usr/bin/kitty' },
];

export const NO_TERMINAL: Problem = {
  code: 'no-terminal',
  message: 'No terminal was found to start ssh in.',
  hint: 'Copy the ssh command and run it yourself; or install a terminal, or name yours in the settings.',
  detail: 'looked for xdg-terminal-exec, x-terminal-emulator, xterm',
};

export const NOT_RUN: Problem = {
  code: 'no-terminal',
  message: 'The terminal /usr/bin/kitty did not run the command.',
  hint: 'Look at what it said in the details, or choose another one.',
  detail: 'it ended with exit code 1\ncannot open display',
};

export const NOT_IN_SSH: SshConfigView = {
  state: 'absent',
  hosts: ['web1', 'db2', 'web3'],
  skipped: [],
  notes: [],
};
