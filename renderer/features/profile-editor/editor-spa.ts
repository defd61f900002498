/** The editor's fields for fwknop's single packets, to and from the settings that they stand for. */
import { assertNever } from '../../../shared/contract/result';
import type { SpaSettings } from '../../../shared/profile/spa';
import type { EditorValues } from './editor-values';
import { wholeNumber } from './whole-number';

export function toSpaSettings({
  hmacDigest,
  serverPort,
  allow,
  allowAddress,
  timeout,
  username,
  echoUrl,
  nat,
  natHost,
  natPort,
  morePorts,
}: EditorValues): SpaSettings {
  return {
    hmacDigest,
    serverPort: wholeNumber(serverPort),
    allow: toAllow(allow, allowAddress.trim(), echoUrl.trim()),
    nat:
      nat === 'none'
        ? null
        : nat === 'nat'
          ? { kind: nat, host: natHost.trim(), port: wholeNumber(natPort) }
          : { kind: nat, port: wholeNumber(natPort) },
    morePorts: morePorts.replaceAll(/\s/g, '').toLowerCase(),
    timeout: timeout.trim() === '' ? null : wholeNumber(timeout),
    username: username.trim(),
  };
}

function toAllow(kind: SpaSettings['allow']['kind'], address: string, url: string): SpaSettings['allow'] {
  switch (kind) {
    case 'source':
      return { kind };
    case 'fixed':
      return { kind, address };
    case 'echo':
      return { kind, url };
    default:
      return assertNever(kind);
  }
}

export function spaTexts({ hmacDigest, serverPort, allow, nat, morePorts, timeout, username }: SpaSettings) {
  return {
    hmacDigest,
    serverPort: String(serverPort),
    allow: allow.kind,
    allowAddress: allow.kind === 'fixed' ? allow.address : '',
    echoUrl: allow.kind === 'echo' ? allow.url : '',
    nat: nat?.kind ?? ('none' as const),
    natHost: nat?.kind === 'nat' ? nat.host : '',
    natPort: nat === null ? '' : String(nat.port),
    morePorts,
    timeout: timeout === null ? '' : String(timeout),
    username,
  };
}
