/**
 * What is run on the server for its people: `sallyportd user …`. Every word is made of characters that no shell takes for
 * anything else, and none of them is a secret: that goes in by standard input.
 */
import { formatRange } from '../sequence/parameters';
import type { PersonKey } from './person-key';

/** Ends the secret in {@link addScript}; no base32 has a dash in it. */
const END = 'END-OF-KEY';

export function addWords({ wish: { user, door, replace }, parameters }: PersonKey): readonly string[] {
  const { period, steps, protocols, range } = parameters;
  const rotation = ['--period', `${period}s`, '--steps', String(steps)];
  const ports = ['--protocols', protocols.join(','), '--range', formatRange(range)];
  return ['user', 'add', user, '--door', door, ...rotation, ...ports, ...(replace ? ['--replace'] : [])];
}

/** @param door null for all doors. */
export function revokeWords(user: string, door: string | null, force: boolean): readonly string[] {
  return ['user', 'revoke', user, ...(door === null ? [] : ['--door', door]), ...(force ? ['--force'] : [])];
}

export const LIST_WORDS = ['user', 'list'] as const;

/** As a person types it there. */
export function commandLine(words: readonly string[]): string {
  return ['sudo', 'sallyportd', ...words].join(' ');
}

/** A script to copy to the server and run there as root, which puts the key in its place. It holds the secret. */
export function addScript(key: PersonKey): string {
  const { wish, profile, secret, made } = key;
  return `#!/bin/sh
# Gives ${wish.user} a key of its own to the door ${wish.door} of ${profile.host}. Made by Sallyport, ${made}.
# It holds that key: whoever reads this can open the door. Run it on the server as root, then delete it everywhere.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
exec sallyportd ${addWords(key).join(' ')} <<'${END}'
${secret}
${END}
`;
}
