/** The text of the QR code in a picture: a screenshot, or what another program has drawn. */
import jsQR from 'jsqr';
import { ProblemError } from '../../../shared/contract/result';
import { readPng } from './png';

/** @param png whatever {@link isPng} takes for one. @param name what a person knows the picture by. */
export function readQrPicture(png: Uint8Array, name: string): string {
  const pixels = readPng(png);
  if (typeof pixels === 'string')
    throw badInput(
      `${name} cannot be read: ${pixels}.`,
      'Save the picture as a plain PNG, or paste the link.',
    );
  const code = jsQR(pixels.rgba, pixels.width, pixels.height);
  if (code === null || code.data === '')
    throw badInput(`No QR code was found in ${name}.`, 'Cut the picture so that the code fills most of it.');
  return code.data;
}

function badInput(message: string, hint: string): ProblemError {
  return new ProblemError({ code: 'bad-input', message, hint });
}
