import { readFileSync } from 'node:fs';
import type { NativeImage, Size } from 'electron';
import { guardClass, guarded } from '../guard';

type Members = Pick<
  NativeImage,
  'isEmpty' | 'getSize' | 'setTemplateImage' | 'isTemplateImage' | 'toPNG' | 'toDataURL'
>;

/** A PNG, kept as its bytes. Nothing here draws it, but a missing or broken file is still told apart from a picture. */
class StandInNativeImage implements Members {
  readonly #png: Buffer;
  #template = false;

  constructor(png: Buffer) {
    this.#png = png;
  }

  isEmpty(): boolean {
    return this.#png.length === 0;
  }

  /** From the PNG's IHDR chunk (PNG specification, section 11.2.1). */
  getSize(): Size {
    if (this.isEmpty()) return { width: 0, height: 0 };
    return { width: this.#png.readUInt32BE(16), height: this.#png.readUInt32BE(20) };
  }

  setTemplateImage(option: boolean): void {
    this.#template = option;
  }

  isTemplateImage(): boolean {
    return this.#template;
  }

  toPNG(): Buffer {
    return Buffer.from(this.#png);
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.#png.toString('base64')}`;
  }

  addRepresentation(): void {
    // Further resolutions of the same picture: nothing here draws any.
  }

  resize(): StandInNativeImage {
    return this;
  }
}

guardClass('NativeImage', StandInNativeImage);

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function fromBytes(bytes: Buffer): StandInNativeImage {
  const isPng = bytes.length >= 24 && bytes.subarray(0, 8).equals(PNG_SIGNATURE);
  return new StandInNativeImage(isPng ? bytes : Buffer.alloc(0));
}

/** As in Electron, a file that cannot be read gives an empty image. */
function fromPath(path: string): StandInNativeImage {
  try {
    return fromBytes(readFileSync(path));
  } catch {
    return fromBytes(Buffer.alloc(0));
  }
}

export const nativeImage = guarded('nativeImage', {
  createEmpty: () => fromBytes(Buffer.alloc(0)),
  createFromPath: fromPath,
  createFromBuffer: (bytes: Buffer) => fromBytes(bytes),
  createFromDataURL: (url: string) => fromBytes(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
});
