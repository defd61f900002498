/** What an export of profiles gives. */
export interface Exported {
  /** The file's; its secrets are sealed in it, or not in it. */
  readonly text: string;
  readonly profiles: number;
  /** The names of those that have no stored secret to seal. */
  readonly withoutSecret: readonly string[];
}
