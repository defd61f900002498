/**
 * An ssh_config as a list of directives with their places. `Include` is a directive like the others here; whoever can
 * open files puts what it names in its place.
 */
import type { Place } from '../exchange/entry';
import { readConfigLine } from './config-line';

export type SshItem =
  | {
      readonly kind: 'directive';
      readonly at: Place;
      /** Lower case. */
      readonly keyword: string;
      readonly args: readonly string[];
    }
  | { readonly kind: 'bad'; readonly at: Place; readonly why: string }
  | { readonly kind: 'included'; readonly at: Place; readonly files: readonly (readonly SshItem[])[] };

export function readSshItems(text: string, file: string | null): readonly SshItem[] {
  return text.split(/\r?\n/).flatMap((raw, index): readonly SshItem[] => {
    const at = { file, line: index + 1 };
    const line = readConfigLine(raw);
    if (line.kind === 'blank') return [];
    return [{ ...line, at }];
  });
}
