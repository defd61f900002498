/** The PNG among what was pasted, which a screenshot is: its bytes as base64. Null where there is none. */
export function pastedPicture(files: Iterable<File>): Promise<string> | null {
  const picture = Array.from(files).find(({ type }) => type === 'image/png');
  return picture === undefined
    ? null
    : picture.arrayBuffer().then((buffer) => base64(new Uint8Array(buffer)));
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
