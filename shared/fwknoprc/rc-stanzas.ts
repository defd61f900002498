/**
 * The stanzas of a `.fwknoprc` as fwknop 2.6.10 reads them (tried against it): a variable in capitals, perhaps with a
 * colon, blanks, and a value that ends at a blank, `;` or `#`. `[default]` stands in every other stanza.
 */

export interface RcStanza {
  readonly name: string;
  /** Of its heading. */
  readonly line: number;
  /** A variable's value: the stanza's own before that of `[default]`. */
  readonly value: (variable: string) => string | undefined;
}

const DEFAULT = 'default';

/** Every named stanza, and `[default]` itself where it names a server. */
export function readRcStanzas(text: string): readonly RcStanza[] {
  const stanzas: { name: string; line: number; own: Map<string, string> }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const words = raw.trim();
    if (words === '' || words.startsWith('#') || words.startsWith(';')) continue;
    const heading = /^\[([^\]]*)\]/.exec(words);
    if (heading !== null) {
      stanzas.push({ name: (heading[1] ?? '').trim(), line: index + 1, own: new Map() });
      continue;
    }
    const match = /^([^\s:]+):?\s+([^\s;#]+)/.exec(words);
    if (match !== null) stanzas.at(-1)?.own.set(match[1] ?? '', match[2] ?? '');
  }
  const shared = new Map(stanzas.filter(({ name }) => name === DEFAULT).flatMap(({ own }) => [...own]));
  return stanzas
    .filter(({ name, own }) => name !== DEFAULT || own.has('SPA_SERVER'))
    .map(({ name, line, own }) => ({
      name,
      line,
      value: (variable) => own.get(variable) ?? shared.get(variable),
    }));
}
