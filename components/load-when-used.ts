import Module from 'node:module';

/**
 * Puts off loading a module that a library requires at its start and uses seldom: its place in Node's cache of modules
 * is taken by a proxy, which loads the module when one of its exports is read. Does nothing when it is loaded already.
 *
 * The library has to require it as a whole (`const m = require(…)`, as compiled TypeScript does) for that to help;
 * where it takes an export at once, the module is loaded at once.
 *
 * @param path what `require.resolve` says of the module
 */
export function loadWhenUsed(path: string): void {
  if (require.cache[path] !== undefined) return;
  const standIn = new Module(path);
  const load = (): object => {
    if (require.cache[path] === standIn) Reflect.deleteProperty(require.cache, path);
    return standIn.require(path) as object;
  };
  standIn.exports = new Proxy(() => undefined, {
    // TypeScript's helpers copy all exports of what is not marked so.
    get: (_, name) => name === '__esModule' || (Reflect.get(load(), name) as unknown),
    apply: (_, self, args) => Reflect.apply(load() as () => unknown, self, args) as unknown,
  });
  require.cache[path] = standIn;
}
