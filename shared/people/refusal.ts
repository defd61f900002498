/** Whether others can have keys of their own at the door of a profile, by how it knocks. */
import { assertNever, fail, type Result } from '../contract/result';
import type { Method } from '../profile/profile';

export interface Knocks {
  readonly name: string;
  readonly kind: Method['kind'];
  /** Whether the packet asks for NAT. */
  readonly nat: boolean;
}

/** Why not, with the nearest thing that can be done; null where they can. */
export function personRefusal({ name, kind, nat }: Knocks): Extract<Result<never>, { ok: false }> | null {
  switch (kind) {
    case 'rotating':
      return null;
    case 'spa':
      if (!nat) return null;
      return fail(
        'bad-input',
        `"${name}" asks for NAT, which is fwknopd’s: it has no keys of sallyportd’s kind.`,
        {
          hint: 'Give the person a stanza of their own in access.conf, with keys from: fwknop --key-gen --use-hmac.',
        },
      );
    case 'static':
      return fail(
        'bad-input',
        `"${name}" knocks with a fixed sequence: it is the same for all who have it, and cannot be taken back from one.`,
        {
          hint: 'Where sallyportd runs, make a rotating profile for this host (Set up my server) and add people to that; behind knockd, give each person a section with a sequence of their own.',
        },
      );
    case 'one-time':
      return fail(
        'bad-input',
        `"${name}" has a one-time list: two who share one use each other’s lines, and get out of step.`,
        {
          hint: 'Make a list of their own for the other person, as a key of its own on the server; or use a rotating profile, to which people can be added.',
        },
      );
    default:
      return assertNever(kind);
  }
}
