import { PeriodRing } from '../../components/PeriodRing';
import { assertNever } from '../../../shared/contract/result';
import type { MethodView, ProfileView } from '../../../shared/contract/views';
import { linesLeftWords } from '../../../shared/text/lines-left';
import classes from './ProfileDetail.module.css';

const FAMILY_WORDS: Readonly<Record<ProfileView['family'], string>> = {
  auto: '',
  ipv4: 'IPv4 only',
  ipv6: 'IPv6 only',
  both: 'IPv6 and IPv4',
};

/** How this host is knocked on, in one line; for a rotating key with the time that its current code has left. */
export function MethodLine({ profile }: { readonly profile: ProfileView }) {
  const { method, openFor, family } = profile;
  const parts = methodParts(method);
  parts.push(`open for ${openFor} s`, FAMILY_WORDS[family]);
  return (
    <p className={classes.method}>
      {parts.filter((part) => part !== '').join(' · ')}
      {method.kind === 'rotating' && (
        <>
          {' · next code in '}
          <PeriodRing period={method.period} />
        </>
      )}
    </p>
  );
}

function methodParts(method: MethodView): string[] {
  switch (method.kind) {
    case 'rotating':
      return ['rotating', `${method.steps} steps`, method.protocols.join(', ')];
    case 'static':
      return ['static sequence', flagWords(method.tcpFlags), method.hasClose ? 'closes too' : ''];
    case 'one-time':
      return ['one-time list', linesLeftWords(method.left), flagWords(method.tcpFlags)];
    case 'spa':
      return [
        'SPA',
        `udp ${method.serverPort}`,
        method.morePorts === '' ? '' : `opens ${method.morePorts.replaceAll(',', ', ')} too`,
        method.timeout === null ? '' : `asks for ${method.timeout} s`,
      ];
    default:
      return assertNever(method);
  }
}

function flagWords(flags: readonly string[]): string {
  return flags.length === 1 && flags[0] === 'syn' ? '' : `TCP flags ${flags.join(' ')}`;
}
