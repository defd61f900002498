/** What crosses the IPC here. Electron clones more (Map, Date, …); the app's contract carries JSON values only. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Throws where a value would silently change on the way: `Map`, `Date`, class instances, functions, `bigint`, NaN.
 * `undefined` is fine: as a member it is left out, elsewhere it becomes null, as `JSON.stringify` does.
 */
export function assertJson(value: unknown, where: string): void {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => assertJson(item, `${where}[${index}]`));
    return;
  }
  if (typeof value === 'object') {
    const prototype: unknown = Object.getPrototypeOf(value);
    // Objects from another realm (a vm, a page) have a prototype of their own that is still a bare Object.prototype.
    if (prototype === null || Object.getPrototypeOf(prototype) === null) {
      for (const [key, item] of Object.entries(value)) assertJson(item, `${where}.${key}`);
      return;
    }
  }
  throw new TypeError(
    `An object could not be cloned: ${where} is ${describe(value)}; the stand-in carries JSON values only`,
  );
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an instance of ${value.constructor.name}`;
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
