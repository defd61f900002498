/** From what the command line asks to what the services take: a method with its secret, a profile to be made. */
import type { ControlInput, ControlMethodParams } from '../../../shared/contract/control';
import { assertNever } from '../../../shared/contract/result';
import type { ProfileDraft } from '../../../shared/profile/draft';
import type { TcpFlag } from '../../../shared/profile/profile';
import { parameterWarnings } from '../../../shared/sequence/parameters';
import { closeWarning, lintList, lintSequence } from '../../../shared/sequence/lint';
import { parseOneTimeList } from '../../../shared/sequence/one-time';
import { parseStaticSequence } from '../../../shared/sequence/step';
import type { KnockMethod } from '../services/knock-plan';

export function knockMethodOf(method: ControlMethodParams, tcpFlags: readonly TcpFlag[]): KnockMethod {
  switch (method.kind) {
    case 'static': {
      const { sequence, closeSequence } = method;
      return { kind: 'static', sequence, closeSequence: closeSequence ?? sequence, tcpFlags };
    }
    case 'one-time':
      return { kind: 'one-time', list: method.list, tcpFlags };
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
  const { name, host, port, user, group, family, openFor, gapMs, after, tcpFlags, method } = profile;
  const fields = {
    name,
    host,
    port,
    user: user ?? null,
    group: group ?? null,
    family,
    openFor,
    gapMs,
    after,
  };
  return { ...fields, method: draftMethodOf(method, tcpFlags) };
}

/** What the person who typed a method should know of it. No word of it tells a port. */
export function methodWarnings(method: ControlMethodParams, port: number | null): readonly string[] {
  if (method.kind === 'rotating') return parameterWarnings(method);
  if (method.kind === 'one-time') {
    const list = parseOneTimeList(method.list);
    return list.ok ? lintList(list.lines, { port }).warnings : [];
  }
  if (method.kind !== 'static') return [];
  const open = parseStaticSequence(method.sequence);
  if (!open.ok) return [];
  const warnings = [...lintSequence(open.steps, { port }).warnings];
  const close = method.closeSequence == null ? null : parseStaticSequence(method.closeSequence);
  if (close?.ok !== true) return warnings;
  const both = closeWarning(open.steps, close.steps);
  if (both !== null) warnings.push(both);
  const ofClose = lintSequence(close.steps, { port }).warnings;
  return [...warnings, ...ofClose.map((warning) => `The close sequence: ${warning}`)];
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
    case 'one-time':
      return { kind: 'one-time', tcpFlags, list: typed(method.list) };
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
