/** Where secrets live and which native sockets are there, in the few words that fit a footer or one line of output. */
import { assertNever } from '../contract/result';
import type { NativeHealth, SecretsHealth } from '../contract/views';

export function storeName(store: SecretsHealth['store']): string {
  switch (store) {
    case 'os':
      return 'the system keychain';
    case 'passphrase':
      return 'the passphrase vault';
    case 'session':
      return 'memory, for this run only';
    default:
      return assertNever(store);
  }
}

export function secretsWords({ store, state }: SecretsHealth): string {
  const name = store === 'os' ? 'Keychain' : store === 'passphrase' ? 'Vault' : 'This run only';
  if (state === 'ok') return name;
  return `${name} ${state}`;
}

export function nativeWords({ icmp, rawTcp }: NativeHealth): string {
  if (icmp && rawTcp) return 'Native sockets';
  if (icmp) return 'No raw TCP';
  if (rawTcp) return 'No ICMP';
  return 'No native sockets';
}
