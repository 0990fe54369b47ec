/**
 * Replaces modules that the SDK loads at start-up and no unit test uses (jest.config.js):
 * TypeScript and npm's resolver, for serialised functions. Otherwise each test file would load
 * them. A test that uses one gets an error.
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
