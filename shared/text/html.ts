/** Text for a page of our own making: nothing of it becomes markup, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Takes that back. */
export function unescapeHtml(text: string): string {
  return text.replace(/&#(38|60|62|34|39);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
