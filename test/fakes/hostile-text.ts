/** Text as a hostile file would have it: what the formats use, what shows as something else, and broken Unicode. */
import fc from 'fast-check';

const CHARS = [
  ...Array.from('aZ09-_.,:;=#%&?!*/\\\'"`$(){}[]<>|~@+ \t\n\r\0'),
  '\u202e',
  '\u2028',
  '\u0085',
  '\ufeff',
  '\ud83d',
  '\udd11',
  'é',
  '東',
];

export function hostileText(maxLength = 30): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...CHARS), maxLength });
}
