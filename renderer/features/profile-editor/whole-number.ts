/** What a person typed as a whole number; NaN for anything else, which no schema takes. */
export function wholeNumber(text: string): number {
  return /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN;
}
