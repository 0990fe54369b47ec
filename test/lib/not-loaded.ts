/**
 * In place of modules that the SDK loads at its start and no unit test uses (jest.config.js): TypeScript and npm's
 * resolver, to serialise functions. Each test file would load them again. A test that does use one says so.
 */
const notLoaded: object = new Proxy(
  {},
  {
    get(_, name) {
      if (name === '__esModule') return false;
      throw new Error(`not loaded in unit tests (jest.config.js): ${String(name)}`);
    },
  },
);

export = notLoaded;
