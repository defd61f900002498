/** What exports end with, in the scenes that ask for one. */
import type { Problem } from '../../../shared/contract/result';
import type { ExportView } from '../../../shared/contract/views';

export const EXPORTED: ExportView = {
  kind: 'saved',
  path: '/home/ada/Documents/servers/of-the-whole-team/sallyport-a-name-that-somebody-typed-20261121.sh',
  size: 5_947_614,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  holdsSecrets: true,
  nextSteps: [
    'scp sallyport-a-name-that-somebody-typed-20261121.sh ops@web1.example.org:',
    'sudo sh sallyport-a-name-that-somebody-typed-20261121.sh',
    'Knock from a new connection, log in, and there: sudo sallyport-setup --confirm',
  ],
};

export const NO_DAEMON: Problem = {
  code: 'storage',
  message: 'The server’s daemon for arm64 is not here.',
  hint: 'Build it: npm run build:helpers. Or install Sallyport again.',
  detail: 'ENOENT: no such file or directory',
};
