/**
 * What reading another program's file gives, before anything is saved: entries that can become profiles, and what was
 * skipped, each with its reason and its place. An entry may hold typed secrets, so it stays in main; a review of it does
 * not.
 */
import type { ProfileDraft } from '../profile/draft';
import { AFTER_TERMINAL } from '../profile/after';
import { UNSEEN } from '../profile/argv';
import { GAP_MS, OPEN_FOR } from '../profile/profile';
import { RKS1_DEFAULTS } from '../sequence/parameters';

export type ImportKind = 'ssh' | 'knockd' | 'fwknoprc' | 'json' | 'uri';

/** Where something stands. */
export interface Place {
  /** Null for text that came without a file. */
  readonly file: string | null;
  /** From 1; null where lines mean nothing. */
  readonly line: number | null;
}

/** What an entry lacks. Without a host it cannot be saved; without the other two it can, and says so. */
export type Missing = 'host' | 'knock' | 'secret';

export interface ImportEntry {
  /** `host` is empty where it is missing. A `keep` in it is a secret that is missing. */
  readonly draft: ProfileDraft;
  readonly favourite: boolean;
  readonly at: Place;
  readonly missing: readonly Missing[];
  /** What a person should know before saving it. */
  readonly notes: readonly string[];
}

export interface Skipped {
  readonly what: string;
  readonly why: string;
  readonly at: Place;
}

export interface ImportRead {
  readonly entries: readonly ImportEntry[];
  readonly skipped: readonly Skipped[];
  /** About the whole. */
  readonly notes: readonly string[];
}

/** More than this is nobody's list of servers. */
export const MOST_ENTRIES = 2000;
const LONGEST_NAME = 64;
const LONGEST_QUOTE = 160;

/** What every imported profile starts from. */
export const DRAFT_DEFAULTS = {
  port: 22,
  user: null,
  group: null,
  family: 'auto',
  openFor: OPEN_FOR.usual,
  gapMs: GAP_MS.usual,
  after: AFTER_TERMINAL,
} as const satisfies Partial<ProfileDraft>;

/** For a server whose knock is not known: a new secret, to be put on the server. */
export const UNKNOWN_KNOCK: ProfileDraft['method'] = {
  kind: 'rotating',
  parameters: RKS1_DEFAULTS,
  secret: { kind: 'generate' },
};

/** The nearest name that a profile may have. */
export function usableName(text: string): string {
  const clean = withoutUnseen(text).trim().replace(/^-+/, '').trim();
  // Not half of a pair.
  const cut = clean.slice(0, LONGEST_NAME).replace(/[\ud800-\udbff]$/, '');
  return cut.trim() || 'imported';
}

/** Foreign text as it may stand in a sentence: nothing unseen in it, and not too long. */
export function quoted(text: string): string {
  const clean = withoutUnseen(text);
  return clean.length > LONGEST_QUOTE ? `${clean.slice(0, LONGEST_QUOTE)}…` : clean;
}

function withoutUnseen(text: string): string {
  return text.replace(new RegExp(UNSEEN.source, 'gu'), ' ');
}
