/** Drafts, profiles and secrets that many tests start from. The secrets are easy to find in whatever should not hold them. */
import type { Services } from '../../electron/main/compose';
import type { ProfileDraft } from '../../shared/profile/draft';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { RKS1_DEFAULTS, type Rks1Parameters } from '../../shared/sequence/parameters';

export const SEQUENCE = '7101:tcp,8202:udp,9303:tcp';
export const CLOSE_SEQUENCE = '9304:tcp,8205:udp,7106:tcp';
/** 32 bytes. */
export const SECRET = 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3A';

export const STATIC_SECRET: ProfileSecret = {
  kind: 'static',
  sequence: SEQUENCE,
  closeSequence: CLOSE_SEQUENCE,
};
export const ROTATING_SECRET: ProfileSecret = { kind: 'rotating', secret: SECRET };

const FIELDS = {
  name: 'web1',
  host: 'web1.example.org',
  port: 22,
  user: 'ops',
  group: null,
  family: 'auto',
  openFor: 30,
  gapMs: 150,
  after: { kind: 'terminal' },
} as const;

export function staticDraft(more: Partial<ProfileDraft> = {}): ProfileDraft {
  return {
    ...FIELDS,
    method: {
      kind: 'static',
      tcpFlags: ['syn'],
      sequence: { kind: 'typed', value: SEQUENCE },
      closeSequence: { kind: 'typed', value: CLOSE_SEQUENCE },
    },
    ...more,
  };
}

export function rotatingDraft(
  more: Partial<ProfileDraft> = {},
  parameters: Partial<Rks1Parameters> = {},
): ProfileDraft {
  return {
    ...FIELDS,
    method: {
      kind: 'rotating',
      parameters: { ...RKS1_DEFAULTS, ...parameters },
      secret: { kind: 'typed', value: SECRET },
    },
    ...more,
  };
}

/** The first line is marked as used. */
export const LIST = '#101:tcp,8102:tcp\n7201:tcp,8202:udp\n7301:tcp,8302:udp\n7401:tcp,8402:udp';

export function oneTimeDraft(list: string = LIST, more: Partial<ProfileDraft> = {}): ProfileDraft {
  const method = { kind: 'one-time', tcpFlags: ['syn'], list: { kind: 'typed', value: list } } as const;
  return { ...FIELDS, name: 'pads', method, ...more };
}

const HEAD = { favourite: false, createdAt: 0, updatedAt: 0 } as const;

export function staticProfile(more: Partial<Profile> = {}): Profile {
  const id = '00000000-0000-4000-8000-000000000001';
  return { id, ...FIELDS, ...HEAD, method: { kind: 'static', tcpFlags: ['syn'], hasClose: true }, ...more };
}

export function rotatingProfile(
  more: Partial<Profile> = {},
  parameters: Partial<Rks1Parameters> = {},
): Profile {
  const id = '00000000-0000-4000-8000-000000000002';
  const method = { kind: 'rotating', parameters: { ...RKS1_DEFAULTS, ...parameters } } as const;
  return { id, ...FIELDS, name: 'web2', ...HEAD, method, ...more };
}

/** Both on disk and in the keychain. */
export async function addBoth(services: Pick<Services, 'profiles' | 'secrets'>): Promise<void> {
  await services.profiles.put(staticProfile());
  await services.secrets.set(staticProfile().id, STATIC_SECRET);
  await services.profiles.put(rotatingProfile());
  await services.secrets.set(rotatingProfile().id, ROTATING_SECRET);
}
