/** Saving profiles with their secrets: all of them, both halves, or nothing. */
import type { Profile } from '../../../shared/profile/profile';
import type { ProfileSecret } from '../../../shared/profile/secret';
import type { ProfileStore } from './profile-store';
import type { SecretStore } from './secret-store';

export interface BothStores {
  readonly profiles: ProfileStore;
  readonly secrets: SecretStore;
}

export interface Saved {
  readonly profile: Profile;
  /** Null where it stays as it is. */
  readonly secret: ProfileSecret | null;
  /** What is stored now; null when there is none. */
  readonly before: ProfileSecret | null;
}

/**
 * Secrets go first: a secret without a profile is invisible and is taken back when the profile cannot be saved; a profile
 * without its secret would be a lie in the list.
 */
export function saveAll({ profiles, secrets }: BothStores, all: readonly Saved[]): Promise<void> {
  return secrets.steady(async () => {
    const stored: Saved[] = [];
    try {
      for (const one of all) {
        if (one.secret === null) continue;
        stored.push(one);
        await secrets.set(one.profile.id, one.secret);
      }
      await profiles.putAll(all.map(({ profile }) => profile));
    } catch (error) {
      for (const { profile, before } of stored) await takeBack(secrets, profile.id, before);
      throw error;
    }
  });
}

async function takeBack(secrets: SecretStore, id: string, before: ProfileSecret | null): Promise<void> {
  await (before === null ? secrets.delete(id) : secrets.set(id, before)).catch(() => undefined);
}
