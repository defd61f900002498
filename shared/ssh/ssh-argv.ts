/**
 * The argument list that ssh is started with. Host, user and port are checked again here, whatever was checked when they
 * were saved; nothing of it passes through a shell, and `--` ends the options (ssh(1), ssh_config(5)).
 */
import { hostProblem, isIpv4, isIpv6, portProblem, userProblem } from '../profile/address';
import { fail, ok, type Result } from '../contract/result';
import { EDIT_PROFILE } from '../text/edit-hints';

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  /** The pinned address, so that ssh meets the door that was opened; null leaves the lookup to ssh. */
  readonly address: string | null;
}

/** `ssh -p 22 -l ops -o HostName=203.0.113.7 -o HostKeyAlias=web1.example.org -- web1.example.org`. */
export function sshArgv(target: SshTarget): Result<readonly string[]> {
  const { host, port, user, address } = target;
  const problem = hostProblem(host) ?? portProblem(port) ?? (user === null ? null : userProblem(user));
  if (problem !== null) return fail('bad-input', `ssh is not started: ${problem}`, { hint: EDIT_PROFILE });
  if (address !== null && !isIpv4(address) && !isIpv6(address)) {
    return fail('internal', 'ssh is not started: the pinned address is not an address.');
  }
  const argv = ['ssh', '-p', String(port)];
  if (user !== null) argv.push('-l', user);
  if (address !== null && address !== host) {
    // known_hosts lists a host on another port than 22 in brackets; an alias is looked up as it stands.
    const alias = port === 22 ? host : `[${host}]:${port}`;
    argv.push('-o', `HostName=${address.replaceAll('%', '%%')}`, '-o', `HostKeyAlias=${alias}`);
  }
  argv.push('--', host);
  return ok(argv);
}

/** The same as one line for a person to paste. Every argument is of safe characters or quoted for a POSIX shell. */
export function sshCommandLine(argv: readonly string[]): string {
  return argv
    .map((word) =>
      /^[A-Za-z0-9_@%+=:,./[\]-]+$/.test(word) && !/[[\]]/.test(word)
        ? word
        : `'${word.replaceAll("'", `'\\''`)}'`,
    )
    .join(' ');
}
