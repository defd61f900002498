/** Writes the little TOML (toml.io 1.0) that a config of the daemon is made of. */

export type TomlValue = string | number | boolean | readonly string[];

/** A basic string: quotes, backslashes and control characters are escaped, so that no text can end it. */
export function tomlString(text: string): string {
  const escaped = text.replace(
    // oxlint-disable-next-line no-control-regex -- they are what must be escaped
    /["\\\u0000-\u001f\u007f]/g,
    (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

/** `key = value` lines; what is undefined is left out. */
export function tomlLines(table: Readonly<Record<string, TomlValue | undefined>>, indent = ''): string[] {
  return Object.entries(table).flatMap(([key, value]) =>
    value === undefined ? [] : [`${indent}${key} = ${tomlValue(value)}`],
  );
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

function tomlValue(value: TomlValue): string {
  if (typeof value === 'string') return tomlString(value);
  if (typeof value === 'object') return `[${value.map(tomlString).join(', ')}]`;
  return String(value);
}
