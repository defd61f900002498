/** Which program's file a text is, by what stands in it; the file's name decides nothing. */
import { linkOfPage } from '../people/page';
import { readConfigLine } from '../sshconfig/config-line';
import type { ImportKind } from './entry';

/** Null when it looks like none of them. */
export function recognise(text: string): ImportKind | null {
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (/^sallyport:/i.test(start) || linkOfPage(start) !== null) return 'uri';
  if (start.startsWith('{')) return 'json';
  const lines = start
    .split('\n', 4000)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const any = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  if (any(/^\[.+\]$/)) {
    if (any(/^(SPA_SERVER|KEY(_BASE64)?|ACCESS|ALLOW_IP)\b/)) return 'fwknoprc';
    if (any(/^(sequence|one_time_sequences|(start_)?command)\s*=/i)) return 'knockd';
  }
  const keywords = lines
    .map((line) => readConfigLine(line))
    .map((line) => line.kind === 'directive' && line.keyword);
  return keywords.includes('host') || keywords.includes('include') ? 'ssh' : null;
}

export const KIND_NAMES: Readonly<Record<ImportKind, string>> = {
  ssh: 'an ssh_config',
  knockd: 'a knockd.conf',
  fwknoprc: 'a .fwknoprc',
  json: 'an export of Sallyport',
  uri: 'a profile link',
};
