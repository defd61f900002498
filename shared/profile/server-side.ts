/** A profile's secret as the server's own config file has it. Pure; what comes out is secret. */
import { assertNever } from '../contract/result';
import type { Profile } from './profile';
import type { ProfileSecret } from './secret';
import { askedPorts, SPA_DEFAULTS } from './spa';
import { formatAccessPorts } from '../spa/access-ports';
import { formatRange, RKS1_DEFAULTS } from '../sequence/parameters';
import { formatBareSteps, parseStaticSequence } from '../sequence/step';

export interface ServerSide {
  /** What the value is, for a heading. */
  readonly what: string;
  readonly value: string;
  /** The file on the server, and what it should hold. */
  readonly file: string;
  readonly text: string;
}

const TOML = '/etc/sallyport/sallyportd.toml';

export function serverSide({ user, port, method }: Profile, secret: ProfileSecret): ServerSide {
  const head = ['  [[door.key]]', `  user = ${JSON.stringify(user ?? 'me')}`];
  switch (secret.kind) {
    case 'rotating': {
      const { period, steps, protocols, range } =
        method.kind === 'rotating' ? method.parameters : RKS1_DEFAULTS;
      const lines = [
        '  method = "rotating"',
        `  secret = "${secret.secret}"`,
        `  period = "${period}s"`,
        `  steps = ${steps}`,
        `  protocols = ${JSON.stringify(protocols)}`,
        `  range = "${formatRange(range)}"`,
      ];
      return {
        what: 'Secret, base32',
        value: secret.secret,
        file: TOML,
        text: [...head, ...lines].join('\n'),
      };
    }
    case 'static': {
      const lines = ['  method = "sequence"', `  sequence = ${JSON.stringify(bare(secret.sequence))}`];
      if (secret.closeSequence !== null)
        lines.push(`  close_sequence = ${JSON.stringify(bare(secret.closeSequence))}`);
      const flags = method.kind === 'static' ? method.tcpFlags.join(',') : 'syn';
      if (flags !== 'syn') lines.push(`  tcpflags = "${flags}"`);
      return {
        what: 'Knock sequence',
        value: secret.sequence,
        file: TOML,
        text: [...head, ...lines].join('\n'),
      };
    }
    case 'one-time': {
      const lines = ['  method = "one-time"', '  sequences_file = "one-time.txt"'];
      const flags = method.kind === 'one-time' ? method.tcpFlags.join(',') : 'syn';
      if (flags !== 'syn') lines.push(`  tcpflags = "${flags}"`);
      return {
        what: 'One-time sequences, as they are in the server’s one-time.txt',
        value: secret.list,
        file: TOML,
        text: [...head, ...lines].join('\n'),
      };
    }
    case 'spa': {
      const settings = method.kind === 'spa' ? method.settings : SPA_DEFAULTS;
      const { hmacDigest, nat } = settings;
      const lines = [
        'SOURCE            ANY',
        `OPEN_PORTS        ${formatAccessPorts(askedPorts(port, settings))}`,
        `KEY_BASE64        ${secret.key}`,
        `HMAC_KEY_BASE64   ${secret.hmacKey}`,
        `HMAC_DIGEST_TYPE  ${hmacDigest.toUpperCase()}`,
      ];
      if (nat !== null) {
        const key = nat.kind === 'nat' ? 'ENABLE_IPT_FORWARDING' : 'ENABLE_IPT_LOCAL_NAT';
        lines.push(`# In fwknopd.conf: ${key} Y;`);
      }
      return {
        what: 'Key, base64',
        value: secret.key,
        file: '/etc/fwknop/access.conf',
        text: lines.join('\n'),
      };
    }
    default:
      return assertNever(secret);
  }
}

/** What a stored sequence is to the server. */
function bare(sequence: string): string {
  const parsed = parseStaticSequence(sequence);
  return parsed.ok ? formatBareSteps(parsed.steps) : sequence;
}
