/**
 * What the stand-in does not implement must fail loudly: a missing member would otherwise read as `undefined`, and the
 * app would take a path it never takes on real Electron. The guard sits at the end of the prototype chain, so it also
 * survives bundler interop helpers that copy own properties onto a new object with the same prototype.
 */

/** Probed by the language, bundlers and loggers on any object; never Electron members. */
const PROBED: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'default',
  '__esModule',
  'inspect',
  'nodeType',
  '$$typeof',
  'asymmetricMatch',
  'domain',
]);

/** A prototype that throws `stand-in: <name>.<member> is not supported` on reading a member nobody defined. */
function guardPrototype(name: string, base: object = Object.prototype): object {
  return new Proxy(base, {
    get(target, property, receiver): unknown {
      if (typeof property === 'symbol' || property in target || PROBED.has(property)) {
        return Reflect.get(target, property, receiver);
      }
      throw unsupported(`${name}.${property}`);
    },
  });
}

/** Puts the guard behind a plain object; gives back the same object, typed as before. */
export function guarded<T extends object>(name: string, members: T): T {
  Object.setPrototypeOf(members, guardPrototype(name));
  return members;
}

/** Puts the guard behind a class, for its instances and its static members. What it inherits stays reachable. */
export function guardClass(name: string, constructor: { readonly prototype: object }): void {
  for (const object of [constructor.prototype, constructor]) {
    Object.setPrototypeOf(object, guardPrototype(name, Object.getPrototypeOf(object) as object));
  }
}

/** The one error for everything that is missing here. */
export function unsupported(what: string): Error {
  return new Error(
    `stand-in: ${what} is not supported. It works on real Electron only, or has to be added to electron/stand-in.`,
  );
}
