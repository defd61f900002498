/** How long a one-time list lasts, in words. */
export function linesLeftWords(left: number): string {
  if (left === 0) return 'every line is used';
  return left === 1 ? '1 line left' : `${left} lines left`;
}
