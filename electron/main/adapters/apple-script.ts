/**
 * osascript(1), which ends when the terminal has been told, or when it may not be: the first time macOS asks the person,
 * which takes as long as they take. So it is watched to its end, and its words are kept.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ProblemError } from '../../../shared/contract/result';
import { howEnded, spawnApart, type Env } from './programs';

/** What is kept of its words. */
const MOST_WORDS = 4096;
/** `errAEEventNotPermitted`: the person, or whoever manages the Mac, has said no. */
const NOT_PERMITTED = '(-1743)';

export function isAppleScript(program: string): boolean {
  return basename(program) === 'osascript';
}

/** @throws ProblemError when the terminal could not be told to open a window. */
export async function runAppleScript(path: string, args: readonly string[], env: Env): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-osascript-'));
  const words = join(folder, 'words.txt');
  try {
    const file = openSync(words, 'wx', 0o600);
    const failure = await endOf(path, args, env, file).finally(() => closeSync(file));
    if (failure !== null) throw problem(failure, readFileSync(words, 'utf8').slice(-MOST_WORDS).trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How it failed, or null. */
function endOf(path: string, args: readonly string[], env: Env, errors: number): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawnApart(path, args, env, errors);
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(code === 0 ? null : howEnded(code, signal)));
  });
}

function problem(failure: string, words: string): ProblemError {
  const denied = words.includes(NOT_PERMITTED);
  return new ProblemError({
    code: 'no-terminal',
    message: denied
      ? 'macOS does not let Sallyport open a window in the terminal.'
      : 'The terminal could not be told to open a window.',
    hint: denied
      ? 'Allow it in System Settings → Privacy & Security → Automation, or choose another terminal in the settings.'
      : 'Choose another terminal in the settings and test it there.',
    detail: words === '' ? failure : words,
  });
}
