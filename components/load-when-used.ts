import Module from 'node:module';

/**
 * Delays loading a module that a library requires at start-up but rarely uses. Puts a proxy into
 * Node's module cache that loads the module when an export is read. Does nothing if it is loaded.
 *
 * This only helps if the library requires the whole module (`const m = require(…)`, as compiled
 * TypeScript does). If it reads an export at once, the module is loaded at once.
 *
 * @param path result of `require.resolve` for the module
 */
export function loadWhenUsed(path: string): void {
  if (require.cache[path] !== undefined) return;
  const standIn = new Module(path);
  const load = (): object => {
    if (require.cache[path] === standIn) Reflect.deleteProperty(require.cache, path);
    return standIn.require(path) as object;
  };
  standIn.exports = new Proxy(() => undefined, {
    // Without this mark, TypeScript's helpers copy all exports.
    get: (_, name) => name === '__esModule' || (Reflect.get(load(), name) as unknown),
    apply: (_, self, args) => Reflect.apply(load() as () => unknown, self, args) as unknown,
  });
  require.cache[path] = standIn;
}
