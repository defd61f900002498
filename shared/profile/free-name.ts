/** A name for another profile where the wanted one is taken. */

/** The name itself, or with the first free number behind it. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  // Not half of a pair.
  const base = name
    .slice(0, 56)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
  let number = 2;
  while (taken.has(`${base} ${number}`)) number += 1;
  return `${base} ${number}`;
}
