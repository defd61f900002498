/** Where secrets live and which native sockets are there, in the few words that fit a footer or one line of output. */
import { assertNever } from '../contract/result';
import type { NativeHealth, SecretsHealth, SecretsMoved, StoreKind } from '../contract/views';

export function storeName(store: StoreKind): string {
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

/** How a move ended, for a person who waited for it. */
export function movedWords({ to, moved, without }: SecretsMoved): string {
  const amount = moved === 1 ? '1 secret is' : `${moved} secrets are`;
  const missing = without.length === 0 ? '' : ` There was nothing to move for ${without.join(', ')}.`;
  return `${amount} in ${storeName(to)} now.${missing}`;
}

export function secretsWords({ store, state }: SecretsHealth): string {
  if (store === 'session') return 'This run only';
  const name = store === 'os' ? 'Keychain' : 'Vault';
  if (state === 'missing') return `No ${name.toLowerCase()}`;
  if (state === 'waiting') return `${name} silent`;
  return state === 'locked' ? `${name} locked` : name;
}

export function nativeWords({ icmp, rawTcp }: NativeHealth): string {
  if (icmp && rawTcp) return 'Native sockets';
  if (icmp) return 'No raw TCP';
  if (rawTcp) return 'No ICMP';
  return 'No native sockets';
}
