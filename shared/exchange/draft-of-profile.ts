/** A profile and its secret as a draft, which is how everything is saved. Without the secret the draft keeps none. */
import { assertNever } from '../contract/result';
import { AFTER_TERMINAL } from '../profile/after';
import type { ProfileDraft } from '../profile/draft';
import type { Method, Profile } from '../profile/profile';
import type { ProfileSecret } from '../profile/secret';
import type { SpaSettings } from '../profile/spa';

/** What travels of a profile: not its id, and not when it was made. */
export type PublicProfile = Omit<Profile, 'id' | 'createdAt' | 'updatedAt'>;

export function draftOfProfile(profile: PublicProfile, secret: ProfileSecret | null): ProfileDraft {
  const { name, host, port, user, group, family, openFor, gapMs, method } = profile;
  // What a file of unknown origin would start or open after a knock, a person sets again.
  const after = profile.after.kind === 'nothing' ? profile.after : AFTER_TERMINAL;
  const fields = { name, host, port, user, group, family, openFor, gapMs, after };
  return { ...fields, method: draftMethod(method, secret) };
}

const KEEP = { kind: 'keep' } as const;

function draftMethod(method: Method, secret: ProfileSecret | null): ProfileDraft['method'] {
  switch (method.kind) {
    case 'static': {
      const known = secret?.kind === 'static' ? secret : null;
      const close = known === null ? KEEP : typedOrNone(known.closeSequence);
      return {
        kind: 'static',
        tcpFlags: method.tcpFlags,
        sequence: known === null ? KEEP : typed(known.sequence),
        closeSequence: method.hasClose ? close : { kind: 'none' },
      };
    }
    case 'one-time': {
      const list = secret?.kind === 'one-time' ? typed(secret.list) : KEEP;
      return { kind: 'one-time', tcpFlags: method.tcpFlags, list };
    }
    case 'rotating': {
      const known = secret?.kind === 'rotating' ? typed(secret.secret) : KEEP;
      return { kind: 'rotating', parameters: method.parameters, secret: known };
    }
    case 'spa': {
      const known = secret?.kind === 'spa' ? secret : null;
      return {
        kind: 'spa',
        settings: withoutEcho(method.settings),
        key: known === null ? KEEP : typed(known.key),
        hmacKey: known === null ? KEEP : typed(known.hmacKey),
      };
    }
    default:
      return assertNever(method);
  }
}

function typed(value: string): { readonly kind: 'typed'; readonly value: string } {
  return { kind: 'typed', value };
}

function typedOrNone(value: string | null): { kind: 'typed'; value: string } | { kind: 'none' } {
  return value === null ? { kind: 'none' } : { kind: 'typed', value };
}

/** A service that is asked for one's address is a person's own choice, and no file's. */
function withoutEcho(settings: SpaSettings): SpaSettings {
  return settings.allow.kind === 'echo' ? { ...settings, allow: { kind: 'source' } } : settings;
}
