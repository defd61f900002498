/** From what the command line asks to what the services take: a method with its secret, a profile to be made. */
import type { ControlInput, ControlMethodParams } from '../../../shared/contract/control';
import { assertNever } from '../../../shared/contract/result';
import type { ProfileDraft } from '../../../shared/profile/draft';
import type { TcpFlag } from '../../../shared/profile/profile';
import type { KnockMethod } from '../services/knock-plan';

export function knockMethodOf(method: ControlMethodParams, tcpFlags: readonly TcpFlag[]): KnockMethod {
  switch (method.kind) {
    case 'static': {
      const { sequence, closeSequence } = method;
      return { kind: 'static', sequence, closeSequence: closeSequence ?? sequence, tcpFlags };
    }
    case 'rotating': {
      const { secret, period, steps, protocols, range } = method;
      return { kind: 'rotating', secret, parameters: { period, steps, protocols, range } };
    }
    case 'spa':
      return method;
    default:
      return assertNever(method);
  }
}

export function draftOf({ profile }: ControlInput<'add'>): ProfileDraft {
  const { name, host, port, user, group, family, openFor, gapMs, tcpFlags, method } = profile;
  const fields = { name, host, port, user: user ?? null, group: group ?? null, family, openFor, gapMs };
  return { ...fields, method: draftMethodOf(method, tcpFlags) };
}

function draftMethodOf(method: ControlMethodParams, tcpFlags: TcpFlag[]): ProfileDraft['method'] {
  switch (method.kind) {
    case 'static': {
      const { sequence, closeSequence } = method;
      return {
        kind: 'static',
        tcpFlags,
        sequence: typed(sequence),
        closeSequence: closeSequence == null ? { kind: 'none' } : typed(closeSequence),
      };
    }
    case 'rotating': {
      const { secret, period, steps, protocols, range } = method;
      return { kind: 'rotating', parameters: { period, steps, protocols, range }, secret: typed(secret) };
    }
    case 'spa': {
      const { settings, key, hmacKey } = method;
      return { kind: 'spa', settings, key: typed(key), hmacKey: typed(hmacKey) };
    }
    default:
      return assertNever(method);
  }
}

function typed(value: string): { readonly kind: 'typed'; readonly value: string } {
  return { kind: 'typed', value };
}
