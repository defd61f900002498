/** What the formats that bring sallyportd cannot serve. */
import type { ServerSetup } from '../server-setup';

/** Words on what sallyportd does not do for this profile, or null. */
export function ownDaemonProblem({ profile: { method } }: ServerSetup): string | null {
  return method.kind === 'spa' && method.settings.nat !== null
    ? 'The packet asks for NAT, which sallyportd does not do. Choose the fwknop configuration, or take NAT out of the profile.'
    : null;
}
