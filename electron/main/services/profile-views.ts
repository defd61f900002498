/** Profiles as the renderer and the command line may know them: nothing of a secret but how long it lasts. */
import { assertNever } from '../../../shared/contract/result';
import type { MethodView, ProfileView } from '../../../shared/contract/views';
import type { Method, Profile } from '../../../shared/profile/profile';
import { strengthBits } from '../../../shared/sequence/parameters';
import type { UsedLines } from './used-lines';

export function profileView(profile: Profile, lists: UsedLines): ProfileView {
  const { id, name, host, port, user, group, favourite, family, openFor, gapMs, after } = profile;
  const method = methodView(profile.method, lists);
  return { id, name, host, port, user, group, favourite, family, openFor, gapMs, after, method };
}

function methodView(method: Method, lists: UsedLines): MethodView {
  switch (method.kind) {
    case 'static':
      return { kind: 'static', tcpFlags: method.tcpFlags, hasClose: method.hasClose };
    case 'one-time':
      return { kind: 'one-time', tcpFlags: method.tcpFlags, left: linesLeft(method, lists) };
    case 'rotating':
      return {
        kind: 'rotating',
        ...method.parameters,
        bits: strengthBits(method.parameters),
        rekeying: method.rekeying === true,
      };
    case 'spa':
      return { kind: 'spa', ...method.settings };
    default:
      return assertNever(method);
  }
}

/** How many lines of a one-time list are not used yet. */
export function linesLeft({ list, lines }: Extract<Method, { kind: 'one-time' }>, lists: UsedLines): number {
  return Math.max(0, lines - lists.used(list));
}
