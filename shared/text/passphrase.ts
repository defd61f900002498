/** What a new passphrase must be. One that opens a vault already is never measured by this. */

export const PASSPHRASE = { shortest: 8, longest: 1024 } as const;

/** Why a passphrase is not taken for a new vault, in words; null when it is. */
export function passphraseProblem(text: string): string | null {
  if (text.length < PASSPHRASE.shortest)
    return `A passphrase has at least ${PASSPHRASE.shortest} characters; some words in a row are good.`;
  if (text.length > PASSPHRASE.longest) return `A passphrase has at most ${PASSPHRASE.longest} characters.`;
  if (text.trim() === '') return 'A passphrase is more than spaces.';
  return /\p{Cc}/u.test(text) ? 'A passphrase is one line, without control characters.' : null;
}
