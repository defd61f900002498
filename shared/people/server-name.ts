/** Names of people and doors on a server. */

/** Whom a key on paper is for, unless told. */
export const RECOVERY = 'recovery';

/** Words on what is wrong with the name of a user or a door, as the daemon takes it, or null. */
export function serverNameProblem(name: string): string | null {
  return /^[A-Za-z0-9][A-Za-z0-9._@-]{0,47}$/.test(name)
    ? null
    : 'A name on the server has 1 to 48 letters, digits and . _ @ -, and begins with a letter or digit.';
}
