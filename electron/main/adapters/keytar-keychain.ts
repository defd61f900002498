/**
 * The OS keychain through keytar: one item per profile, service `Sallyport`, account the profile's id. Calls are
 * time-boxed, because a keychain may put up a prompt that nobody answers, and each failure says which one it is. They go
 * one after the other: each holds one of Node's few worker threads until the keychain answers, and four that wait for a
 * prompt would leave none for files and names.
 */
import { existsSync } from 'node:fs';
import { ProblemError } from '../../../shared/contract/result';
import type { Keychain } from '../ports';

const SERVICE = 'Sallyport';
const TIMEOUT_MS = 60_000;
/** An item that holds nothing, to try the keychain with. */
const SENTINEL = 'keychain-check';

type Keytar = Pick<typeof import('keytar'), 'getPassword' | 'setPassword' | 'deletePassword'>;

export class KeytarKeychain implements Keychain {
  readonly #load: () => Promise<Keytar>;
  readonly #timeoutMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(load: () => Promise<Keytar> = loadKeytar, timeoutMs = TIMEOUT_MS) {
    this.#load = load;
    this.#timeoutMs = timeoutMs;
  }

  async get(account: string): Promise<string | null> {
    const value = await this.#call((keytar) => keytar.getPassword(SERVICE, account));
    if (value === null) await this.#refuseLocked();
    return value;
  }

  async set(account: string, value: string): Promise<void> {
    await this.#call((keytar) => keytar.setPassword(SERVICE, account, value));
  }

  async delete(account: string): Promise<void> {
    const deleted = await this.#call((keytar) => keytar.deletePassword(SERVICE, account));
    if (!deleted) await this.#refuseLocked();
  }

  async setAll(items: readonly (readonly [account: string, value: string])[]): Promise<void> {
    for (const [account, value] of items) await this.set(account, value);
  }

  async deleteAll(accounts: readonly string[]): Promise<void> {
    for (const account of accounts) await this.delete(account);
  }

  async check(): Promise<void> {
    const value = await this.#call((keytar) => keytar.getPassword(SERVICE, SENTINEL));
    if (value === null) await this.#call((keytar) => keytar.setPassword(SERVICE, SENTINEL, SENTINEL));
  }

  /** Whether every call has come back, after at most this many milliseconds. */
  async answered(withinMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), withinMs);
    });
    try {
      return await Promise.race([this.#last.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * libsecret answers "no such item" for a locked keyring, too, and only a write tells the two apart. (keytar's
   * findCredentials would not: it crashes the process on a locked keyring.)
   */
  async #refuseLocked(): Promise<void> {
    if (process.platform !== 'linux') return;
    await this.#call((keytar) => keytar.setPassword(SERVICE, SENTINEL, SENTINEL));
  }

  async #call<T>(work: (keytar: Keytar) => Promise<T>): Promise<T> {
    const keytar = await this.#load().catch((error: unknown) => {
      throw loadProblem(error);
    });
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(new Error(TIMED_OUT));
      }, this.#timeoutMs);
    });
    // Whoever asked was told that it failed, so it must not be done after all.
    const mine = this.#last.then(() => (isLate ? late : work(keytar)));
    this.#last = mine.catch(() => undefined);
    try {
      return await Promise.race([mine, late]);
    } catch (error) {
      throw callProblem(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

const TIMED_OUT = 'no answer in time';

/** Loaded when first needed: where libsecret is missing the app must still start and say so. */
async function loadKeytar(): Promise<Keytar> {
  const module = await import('keytar');
  return module.default ?? module;
}

function loadProblem(error: unknown): ProblemError {
  const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const linux = process.platform === 'linux';
  // keytar's loader hides why the native part did not load; on Linux it is nearly always the missing library.
  const library = linux && !hasLibsecret();
  return new ProblemError({
    code: 'keychain-missing',
    message: library
      ? 'The keychain library libsecret is not installed.'
      : 'The keychain library could not be loaded.',
    hint: library
      ? 'Install it (Debian, Ubuntu: sudo apt install libsecret-1-0; Fedora: sudo dnf install libsecret) and start Sallyport again.'
      : 'Install Sallyport again, or choose another store with SALLYPORT_KEYCHAIN=passphrase.',
    detail,
  });
}

function hasLibsecret(): boolean {
  const folders = ['/usr/lib', '/usr/lib64', '/lib', '/lib64', `/usr/lib/${machine()}`, `/lib/${machine()}`];
  return folders.some((folder) => existsSync(`${folder}/libsecret-1.so.0`));
}

function machine(): string {
  return process.arch === 'arm64'
    ? 'aarch64-linux-gnu'
    : process.arch === 'x64'
      ? 'x86_64-linux-gnu'
      : process.arch;
}

const NO_SERVICE = [
  /autolaunch D-Bus/i,
  /org\.freedesktop\.secrets was not provided/i,
  /Could not connect/i,
  /Failed to (?:connect|execute)/i,
  /No such file or directory/i,
];
/** libsecret keeps a session with the service for as long as the process lives, and cannot renew it. */
const RESTARTED = [/The name :\d+\.\d+ was not provided/, /session wrapping the secret does not exist/];
const LOCKED = [
  /Object does not exist at path/i,
  /locked/i,
  /dismissed/i,
  /Prompt/i,
  /interaction is not allowed/i,
];

function callProblem(detail: string): ProblemError {
  if (detail === TIMED_OUT) {
    return new ProblemError({
      code: 'keychain-locked',
      message: 'The keychain did not answer in time.',
      hint: 'It may be waiting for its password in another window: unlock it, then try again.',
    });
  }
  if (RESTARTED.some((pattern) => pattern.test(detail))) {
    return new ProblemError({
      code: 'keychain-failed',
      message: 'The keychain service was started anew, and this program is still tied to the old one.',
      hint: 'Quit Sallyport and start it again.',
      detail,
    });
  }
  if (NO_SERVICE.some((pattern) => pattern.test(detail))) {
    return new ProblemError({
      code: 'keychain-missing',
      message: 'No keychain service is running in this session.',
      hint: 'Start GNOME Keyring or KWallet in a desktop session, or choose another store with SALLYPORT_KEYCHAIN=passphrase or =session.',
      detail,
    });
  }
  if (LOCKED.some((pattern) => pattern.test(detail))) {
    return new ProblemError({
      code: 'keychain-locked',
      message: 'The keychain is locked.',
      hint: 'Unlock it (log in to the desktop, or use its own window), then try again.',
      detail,
    });
  }
  return new ProblemError({
    code: 'keychain-failed',
    message: 'The keychain refused.',
    hint: 'Open the system’s keychain program and check that it works, then try again.',
    detail,
  });
}
