/** The control socket's messages about where secrets live, and about a new secret for a profile (control.ts has the rest). */
import { z } from 'zod';
import { checked } from '../profile/checked';
import { secretProblem } from '../profile/secret';
import { PASSPHRASE } from '../text/passphrase';
import type { SecretsHealth, SecretsMoved, StoreKind } from './views';

const store = z.enum(['os', 'passphrase', 'session'], 'Secrets are kept in os, passphrase or session.');
const passphrase = z
  .string()
  .min(1, 'A passphrase is not empty.')
  .max(PASSPHRASE.longest, `A passphrase has at most ${PASSPHRASE.longest} characters.`);
const name = z.string().min(1).max(64);

export const secretParams = {
  secrets: z.unknown(),
  moveSecrets: z.object({ to: store, from: store.optional(), passphrase: passphrase.optional() }),
  vault: z.discriminatedUnion('do', [
    z.object({ do: z.literal('unlock'), passphrase }),
    z.object({ do: z.literal('lock') }),
    z.object({ do: z.literal('change'), passphrase, next: passphrase }),
  ]),
  rekey: z.discriminatedUnion('do', [
    z.object({ do: z.literal('prepare'), name, secret: checked(secretProblem) }),
    z.object({ do: z.literal('use'), name }),
    z.object({ do: z.literal('discard'), name }),
  ]),
} as const;

export interface SecretAnswers {
  readonly secrets: SecretsHealth & {
    readonly profiles: number;
    /** A move that was interrupted and could not be put in order yet. */
    readonly moving: { readonly from: StoreKind; readonly to: StoreKind } | null;
  };
  readonly moveSecrets: SecretsMoved;
  readonly vault: Pick<SecretsHealth, 'vault'>;
}
