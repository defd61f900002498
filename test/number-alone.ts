/** Finds a number that stands alone: ids, times and sealed values are full of digits that have any number in their middle. */
export function alone(...numbers: readonly (number | string)[]): RegExp {
  // Hexadecimal digits only, so that the n of an escaped line break is none.
  return new RegExp(`(?<![0-9a-fA-F])(?:${numbers.join('|')})(?![0-9a-fA-F])`);
}
