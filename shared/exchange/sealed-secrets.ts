/** The secrets of an export: all of them sealed as one under a passphrase, and opened again. */
import { bytesToUtf8, utf8ToBytes } from '@noble/ciphers/utils.js';
import { z } from 'zod';
import { fail, unwrap } from '../contract/result';
import { passphraseProblem } from '../text/passphrase';
import { boundTo, LONGEST_SECRETS, type SealedSecrets } from './profiles-json';
import { profileSecretSchema, type ProfileSecret } from '../profile/secret';
import { deriveKey, newKdf, NONCE_BYTES, SALT_BYTES, seal, unseal } from '../seal/passphrase-seal';

export async function sealSecrets(
  profiles: readonly unknown[],
  secrets: readonly (ProfileSecret | null)[],
  passphrase: string,
  random: (bytes: number) => Uint8Array,
): Promise<SealedSecrets> {
  const problem = passphraseProblem(passphrase);
  if (problem !== null) return unwrap(fail('bad-input', problem));
  const plain = utf8ToBytes(JSON.stringify(secrets));
  if (plain.length > LONGEST_SECRETS) {
    const hint = 'Export fewer profiles at a time; one-time lists are the longest.';
    return unwrap(fail('too-large', 'The secrets are too long for one file.', { hint }));
  }
  const kdf = newKdf(random(SALT_BYTES));
  const key = await deriveKey(passphrase, kdf);
  return { kdf, sealed: seal(key, boundWith(boundTo(profiles), kdf), random(NONCE_BYTES), plain) };
}

/** One for each profile of the file, null for one that had none; one that is not as it should be counts as none. */
export async function openSecrets(
  { kdf, sealed }: SealedSecrets,
  bound: string,
  passphrase: string,
): Promise<readonly (ProfileSecret | null)[]> {
  const plain = unseal(await deriveKey(passphrase, kdf), boundWith(bound, kdf), sealed);
  if (plain === null) {
    return unwrap(
      fail('bad-input', 'The passphrase does not open these secrets.', {
        hint: 'Check the passphrase. A file that was changed after it was exported does not open either.',
      }),
    );
  }
  const list = z
    .array(z.unknown())
    .catch([])
    .parse(JSON.parse(bytesToUtf8(plain)));
  return list.map((value) => profileSecretSchema.safeParse(value).data ?? null);
}

/** What is bound, and the parameters of the key with it. */
function boundWith(bound: string, kdf: SealedSecrets['kdf']): string {
  return JSON.stringify([bound, kdf.name, kdf.log2N, kdf.r, kdf.p, kdf.salt]);
}
