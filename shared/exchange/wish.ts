/** What a person chose of an import's review, as the window and the command line send it. */
import { z } from 'zod';
import { hostProblem } from '../profile/address';
import { checked } from '../profile/checked';
import { nameProblem } from '../profile/profile';
import { sequenceProblem } from '../profile/secret';
import { PASSPHRASE } from '../text/passphrase';
import { MOST_ENTRIES } from './entry';

export const importKindSchema = z.enum(
  ['ssh', 'knockd', 'fwknoprc', 'json', 'uri'],
  'Imports are of the kinds ssh, knockd, fwknoprc, json and uri.',
);

export const importWishSchema = z.object({
  /** Of the review. */
  id: z.string().max(64),
  chosen: z
    .array(
      z.object({
        key: z.int().min(0),
        name: checked(nameProblem).optional(),
        /** For an entry that lacks its host. */
        host: checked(hostProblem).optional(),
      }),
    )
    .max(MOST_ENTRIES),
  /** A fixed sequence for the entries whose knock is not known; without one they get a new rotating secret. */
  sequence: checked(sequenceProblem).optional(),
});

export type ImportWish = Readonly<z.infer<typeof importWishSchema>>;

/** A passphrase on its way to main. */
export const passphraseSchema = z
  .string()
  .min(1, 'Enter the passphrase.')
  .max(PASSPHRASE.longest, `A passphrase has at most ${PASSPHRASE.longest} characters.`);
