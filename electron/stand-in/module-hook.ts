import Module from 'node:module';

type Load = (this: unknown, request: string, parent: unknown, isMain: boolean) => unknown;

const NAMES: ReadonlySet<string> = new Set(['electron', 'electron/main', 'electron/common']);

/** From now on `require('electron')` yields `electron`; everything else loads as before. */
export function provideElectron(electron: object): void {
  // Node's own loader entry for require, used by every tool that replaces a module; not part of @types/node.
  const loader = Module as unknown as { _load: Load };
  const load = loader._load;
  loader._load = function (request, parent, isMain) {
    return NAMES.has(request) ? electron : load.call(this, request, parent, isMain);
  };
}
