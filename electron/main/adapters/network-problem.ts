/** The words for what the kernel's network says no with. */
import { ProblemError } from '../../../shared/contract/result';
import { isLinkLocal } from '../../../shared/profile/address';

const NO_ROUTE = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'ENETDOWN',
  'EINVAL',
  'EAFNOSUPPORT',
]);
const FORBIDDEN = new Set(['EPERM', 'EACCES']);

export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

/** @param what what was being sent, without any port: a step may be secret. */
export function networkProblem(error: unknown, what: string, address: string): ProblemError {
  const code = errorCode(error);
  if (NO_ROUTE.has(code)) {
    return new ProblemError({
      code: 'no-route',
      message: `${what} could not leave: this computer has no way to ${address}.`,
      hint:
        isLinkLocal(address) && !address.includes('%')
          ? `A link-local address needs its interface: ${address}%eth0, for example.`
          : 'Check the network, the VPN and the address family of the profile.',
      detail: code,
    });
  }
  if (FORBIDDEN.has(code)) {
    return new ProblemError({
      code: 'network',
      message: `${what} could not leave: a firewall or policy on this computer forbids it.`,
      hint: 'Allow outgoing connections for Sallyport in the local firewall.',
      detail: code,
    });
  }
  if (code === 'EADDRINUSE') {
    return new ProblemError({
      code: 'network',
      message: `${what} could not leave: another program has its source port.`,
      hint: 'Choose another source port in the step, or leave it out.',
      detail: code,
    });
  }
  return new ProblemError({
    code: 'network',
    message: `${what} could not be sent to ${address}.`,
    hint: 'Try again; the code below tells what the system said.',
    detail: code,
  });
}
