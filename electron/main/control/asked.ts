/** From what the command line asks to what the services take: a method with its secret, a profile to be made. */
import type { ControlInput, ControlMethodParams } from '../../../shared/contract/control';
import type { MethodAdvice } from '../../../shared/contract/control-report';
import { assertNever } from '../../../shared/contract/result';
import type { ProfileDraft } from '../../../shared/profile/draft';
import type { TcpFlag } from '../../../shared/profile/profile';
import { parameterWarnings, strengthBits } from '../../../shared/sequence/parameters';
import { bitsWord, closeWarning, lintList, lintSequence } from '../../../shared/sequence/lint';
import { parseOneTimeList } from '../../../shared/sequence/one-time';
import { parseStaticSequence, type Step } from '../../../shared/sequence/step';
import { WEAK_BITS } from '../../../shared/sequence/strength';
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
export function methodAdvice(method: ControlMethodParams, port: number | null): MethodAdvice {
  switch (method.kind) {
    case 'static': {
      const open = parseStaticSequence(method.sequence);
      if (!open.ok) return {};
      const { bits, warnings } = lintSequence(open.steps, { port });
      return advice(bits, [
        ...weak('it', bits),
        ...warnings,
        ...closeWarnings(open.steps, method.closeSequence, port),
      ]);
    }
    case 'one-time': {
      const list = parseOneTimeList(method.list);
      if (!list.ok || list.lines.length === 0) return {};
      const { bits, warnings } = lintList(list.lines, { port });
      return advice(bits, [...weak('its weakest line', bits), ...warnings]);
    }
    case 'rotating':
      return advice(strengthBits(method), parameterWarnings(method));
    case 'spa':
      return {};
    default:
      return assertNever(method);
  }
}

function advice(bits: number, warnings: readonly string[]): MethodAdvice {
  return { strengthBits: Math.floor(bits), ...(warnings.length > 0 ? { warnings } : {}) };
}

function weak(what: string, bits: number): readonly string[] {
  if (bits >= WEAK_BITS) return [];
  return [`Guessing ${what} costs ${bitsWord(bits)}; ${WEAK_BITS} or more are recommended.`];
}

function closeWarnings(
  open: readonly Step[],
  sequence: string | null | undefined,
  port: number | null,
): readonly string[] {
  const close = sequence == null ? null : parseStaticSequence(sequence);
  if (close?.ok !== true) return [];
  const both = closeWarning(open, close.steps);
  const ofClose = lintSequence(close.steps, { port }).warnings;
  return [...(both === null ? [] : [both]), ...ofClose.map((warning) => `The close sequence: ${warning}`)];
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
