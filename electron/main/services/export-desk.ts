/**
 * Exporting profiles: as one file, whose secrets are left out or sealed under a passphrase, or one of them as a link,
 * which holds its secret in plain and is for the eyes and the camera of the person who asked.
 */
import { fail, unwrap } from '../../../shared/contract/result';
import type { Exported } from '../../../shared/exchange/exported';
import { publicProfiles, writeProfilesJson } from '../../../shared/exchange/profiles-json';
import { writeProfileUri } from '../../../shared/exchange/profile-uri';
import { sealSecrets } from '../../../shared/exchange/sealed-secrets';
import type { Profile } from '../../../shared/profile/profile';
import type { ProfileSecret } from '../../../shared/profile/secret';
import { markUsed } from '../../../shared/sequence/one-time';
import type { Randomness } from '../ports';
import type { SecretStore } from './secret-store';
import type { UsedLines } from './used-lines';

export class ExportDesk {
  readonly #secrets: SecretStore;
  readonly #lines: Pick<UsedLines, 'used'>;
  readonly #random: Randomness;

  constructor(secrets: SecretStore, lines: Pick<UsedLines, 'used'>, random: Randomness) {
    this.#secrets = secrets;
    this.#lines = lines;
    this.#random = random;
  }

  /** @param passphrase null leaves the secrets out. */
  async file(profiles: readonly Profile[], passphrase: string | null): Promise<Exported> {
    if (profiles.length === 0) unwrap(fail('bad-input', 'There is no profile to export.'));
    const shown = publicProfiles(profiles);
    if (passphrase === null) {
      return { text: writeProfilesJson(shown, null), profiles: profiles.length, withoutSecret: [] };
    }
    const secrets: (ProfileSecret | null)[] = [];
    for (const profile of profiles) secrets.push(await this.#secretOf(profile));
    const sealed = await sealSecrets(shown, secrets, passphrase, (count) => this.#random.bytes(count));
    const withoutSecret = profiles.filter((_, at) => secrets[at] === null).map(({ name }) => name);
    return { text: writeProfilesJson(shown, sealed), profiles: profiles.length, withoutSecret };
  }

  /** The link with the secret in it. */
  async uri(profile: Profile): Promise<string> {
    const uri = writeProfileUri(profile, await this.#secrets.get(profile.id));
    return (
      uri ??
      unwrap(
        fail('too-large', `"${profile.name}" is too long for a link.`, {
          hint: 'Export it as a file, with its secret under a passphrase.',
        }),
      )
    );
  }

  /** Of a one-time list, the lines that are used here are marked, so that the copy goes on where this one is. */
  async #secretOf({ id, method }: Profile): Promise<ProfileSecret | null> {
    const secret = await this.#secrets.find(id);
    if (secret?.kind !== 'one-time' || method.kind !== 'one-time') return secret;
    return { ...secret, list: markUsed(secret.list, this.#lines.used(method.list)) };
  }
}
