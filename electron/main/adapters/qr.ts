/** QR codes as SVG of main's own making: one path, so that a page without scripts can show it. */
import qrcode from 'qrcode-generator';
import type { DrawCode } from '../ports';

/** What scanners want around a code, in its own squares (ISO/IEC 18004). */
const QUIET = 4;

/** The squares of a code, true for dark; as many rows as columns. @param text ASCII. */
export function qrSquares(text: string): readonly (readonly boolean[])[] {
  // 0: the smallest size that holds it. M survives 15 % of damage, or of glare on a screen.
  const code = qrcode(0, 'M');
  code.addData(text, 'Byte');
  code.make();
  const side = Array.from({ length: code.getModuleCount() }, (_, at) => at);
  return side.map((row) => side.map((column) => code.isDark(row, column)));
}

/** Always dark on white, whatever the theme: many scanners read nothing else. */
export const qrSvg: DrawCode = (text) => {
  const squares = qrSquares(text);
  const size = squares.length + 2 * QUIET;
  const path = squares.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code of the profile" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path.join('')}"/></svg>`;
};
