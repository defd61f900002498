/** How a person gets a file onto the server: a command to paste, with the profile's own host, user and port. */
import type { ServerSetup } from './server-setup';

const SSH_PORT = 22;

/** `scp` of a file in the current folder into the person's home. */
export function uploadCommand({ profile }: ServerSetup, file: string): string {
  const { after, host, port, user } = profile;
  // The protected port is sshd's where a terminal follows the knock.
  const option = after.kind !== 'terminal' || port === SSH_PORT ? '' : `-P ${port} `;
  const there = host.includes(':') ? `[${host}]` : host;
  return `scp ${option}${file} ${user === null ? there : `${user}@${there}`}:`;
}
