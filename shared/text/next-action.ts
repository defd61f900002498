/**
 * What to do after a verdict: one sentence for the command line, and what to run on the server where only the server can
 * tell more. A verdict that needs nothing done has neither.
 */
import { assertNever } from '../contract/result';
import type { MethodView, PortState, Verdict } from '../contract/views';

export interface NextFacts {
  readonly verdict: Verdict;
  readonly method: MethodView['kind'];
  /** The protected port; null when there was none to try. */
  readonly port: number | null;
  readonly before: PortState | null;
  /** Whether this client's own earlier knock explains that the port was open. */
  readonly renewed: boolean;
  /** Whether a cause was confirmed. */
  readonly found: boolean;
}

/** The one next step, or null where there is nothing to do but to use the door. */
export function nextHint(facts: NextFacts): string | null {
  const { verdict, before, renewed, found } = facts;
  switch (verdict) {
    case 'opened':
    case 'closed':
    case 'error':
      return null;
    case 'reachable-not-proven':
      if (renewed) return null;
      return before === 'open'
        ? `Check the server’s gate: it is off, or an earlier knock still holds. On the server: ${gateCommand(facts)}`
        : 'Wait until the door has closed, then knock again.';
    case 'nothing-listening':
      return `Check what should listen on the server: ${listenerCommand(facts)}`;
    case 'no-effect':
      return found
        ? 'Set right what was found, then knock again.'
        : `Look at the causes from the top. What the server saw: ${gateCommand(facts)}`;
    case 'sent':
      return 'Give the port behind the door, and the knock is proven: --port 22';
    default:
      return assertNever(verdict);
  }
}

export interface ServerCheck {
  /** On a button. */
  readonly label: string;
  readonly words: string;
  readonly commands: readonly string[];
}

/** What to run on the server itself; null where the answer is not there. */
export function serverCheck({
  verdict,
  method,
  port,
}: Pick<NextFacts, 'verdict' | 'method' | 'port'>): ServerCheck | null {
  if (verdict === 'reachable-not-proven') {
    return {
      label: 'Check server gate',
      words: 'The gate may be off there, or an earlier grant may still run for this address.',
      commands: ['sudo sallyportd status', 'sudo nft list ruleset'],
    };
  }
  if (verdict === 'nothing-listening') {
    return {
      label: port === 22 ? 'Check sshd' : 'Check the service',
      words: `The door opened, and port ${port ?? 22} refuses: the service is down, or listens elsewhere.`,
      commands: [
        ...(port === 22 ? ['systemctl status ssh sshd'] : []),
        `sudo ss -ltnp 'sport = :${port ?? 22}'`,
      ],
    };
  }
  if (verdict === 'no-effect') {
    return {
      label: 'Check the server',
      words: 'Run these there while you knock again: they say which steps arrived.',
      commands: gateCommands(method),
    };
  }
  return null;
}

/** Several daemons take the same knock; those that are not there say so. */
function gateCommands(method: MethodView['kind']): readonly string[] {
  const ours = ['sudo sallyportd status', 'sudo journalctl -f -u sallyportd'];
  switch (method) {
    case 'rotating':
      return ours;
    case 'spa':
      return [...ours, 'sudo journalctl -f -u fwknop-server'];
    case 'static':
    case 'one-time':
      return [...ours, 'sudo journalctl -f -u knockd'];
    default:
      return assertNever(method);
  }
}

function gateCommand({ method }: NextFacts): string {
  return gateCommands(method)[0] ?? '';
}

function listenerCommand({ port }: NextFacts): string {
  return port === 22 ? 'systemctl status ssh' : `sudo ss -ltnp 'sport = :${port ?? 22}'`;
}
