/**
 * One line of an ssh_config as OpenSSH takes it apart (ssh_config(5), misc.c's argv_split): a keyword in any case, blanks
 * or one `=`, then arguments with single or double quotes. A `#` where an argument would begin ends the line.
 */

export type ConfigLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'directive'; readonly keyword: string; readonly args: readonly string[] }
  | { readonly kind: 'bad'; readonly why: string };

/** @param text without its line break. The keyword comes back in lower case. */
export function readConfigLine(text: string): ConfigLine {
  const line = text.trim();
  if (line === '' || line.startsWith('#')) return { kind: 'blank' };
  const head = /^("[^"]*"|[^\s=]+)(?:\s*=\s*|\s+|$)/.exec(line);
  if (head === null) return { kind: 'bad', why: 'it does not begin with a keyword' };
  const args = splitArguments(line.slice(head[0].length));
  if (args === null) return { kind: 'bad', why: 'a quote is not closed' };
  const keyword = (head[1] ?? '').replaceAll('"', '').toLowerCase();
  return { kind: 'directive', keyword, args };
}

function splitArguments(text: string): readonly string[] | null {
  const args: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text[at])) {
      at += 1;
    } else if (text[at] === '#') {
      return args;
    } else {
      const word = readWord(text, at);
      if (word === null) return null;
      args.push(word.value);
      at = word.end;
    }
  }
  return args;
}

/** A backslash escapes a quote or a backslash, and outside of quotes a space. */
function readWord(text: string, from: number): { readonly value: string; readonly end: number } | null {
  let value = '';
  let quote: string | null = null;
  let at = from;
  for (; at < text.length; at += 1) {
    const char = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (char === '\\' && (`"'\\`.includes(next) || (quote === null && next === ' ')) && next !== '') {
      value += next;
      at += 1;
    } else if (quote === null && (char === '"' || char === "'")) {
      quote = char;
    } else if (char === quote) {
      quote = null;
    } else if (quote === null && isBlank(char)) {
      break;
    } else {
      value += char;
    }
  }
  return quote === null ? { value, end: at } : null;
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}
