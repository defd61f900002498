/** The vault's passphrase from a file that only its user may read. */
import { constants, open } from 'node:fs/promises';
import { ProblemError } from '../../../shared/contract/result';
import { errorCode } from './network-problem';
import { readAtMost } from './read-at-most';

/** Bytes. */
const LONGEST = 4096;

/** The first line of the file that `SALLYPORT_PASSPHRASE_FILE` names. */
export async function passphraseFromFile(path: string | undefined): Promise<string> {
  if (path === undefined || path === '') {
    throw locked(
      'The vault is locked.',
      'Unlock it in the settings, or with: sallyport secrets unlock. Or name a file that holds its passphrase in SALLYPORT_PASSPHRASE_FILE.',
    );
  }
  // Without O_NONBLOCK a pipe that nobody writes to would be waited for without end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw locked(
      `The passphrase file ${path} cannot be read.`,
      'Check the path and its permissions.',
      errorCode(error),
    );
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw locked(`${path} is not a file.`, 'Name the file that holds the passphrase.');
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      throw locked(
        `The passphrase file ${path} can be read by others.`,
        `Make it yours alone: chmod 600 ${path}`,
      );
    }
    const bytes = await readAtMost(file, LONGEST);
    if (bytes === null) throw locked(`The passphrase file ${path} is too large.`, 'It holds one line.');
    const line =
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
    if (line === '')
      throw locked(`The passphrase file ${path} is empty.`, 'Write the passphrase on its first line.');
    return line;
  } finally {
    await file.close();
  }
}

function locked(message: string, hint: string, detail?: string): ProblemError {
  return new ProblemError({
    code: 'keychain-locked',
    message,
    hint,
    ...(detail === undefined ? {} : { detail }),
  });
}
