/** Host patterns as in ssh_config(5), PATTERNS: `*` and `?`, and `!` for what shall not match. */

export function isPattern(text: string): boolean {
  return /[*?!]/.test(text);
}

/** Whether a Host line with these patterns is about `name`: any of them matches, and no negated one does. */
export function hostMatches(name: string, patterns: readonly string[]): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!'));
  if (negated.some((pattern) => matches(name, pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(name, pattern));
}

/** A file's name against one part of a pattern of glob(7): `*`, `?`, `[a-z]` and `[!a-z]`. */
export function globMatches(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const tokens = [...pattern.matchAll(/\[(!?)([^\]]+)\]|[\s\S]/g)].map(([whole, not, set]): Token => {
    if (set === undefined) return tokenOf(whole);
    return (char) => isIn(char, set) !== (not === '!');
  });
  return fits(name, tokens);
}

/** Any run of characters, or what one character must be. */
type Token = '*' | ((char: string) => boolean);

function matches(name: string, pattern: string): boolean {
  return isPattern(pattern) ? fits(name, Array.from(pattern).map(tokenOf)) : name === pattern;
}

function tokenOf(char: string): Token {
  if (char === '*') return '*';
  return char === '?' ? () => true : (one) => one === char;
}

function isIn(char: string, set: string): boolean {
  return [...set.matchAll(/([\s\S])-([\s\S])|[\s\S]/g)].some(([one, low, high]) =>
    low === undefined || high === undefined ? one === char : low <= char && char <= high,
  );
}

/** Without a regular expression: a hostile pattern could make one run for hours. */
function fits(name: string, tokens: readonly Token[]): boolean {
  const chars = Array.from(name);
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (at < chars.length) {
    const token = tokens[place];
    if (token === '*') {
      star = place;
      resume = at;
      place += 1;
    } else if (token !== undefined && token(chars[at] ?? '')) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      place = star + 1;
    } else {
      return false;
    }
  }
  return tokens.slice(place).every((token) => token === '*');
}
