/**
 * `unit` runs in seconds without Docker; `e2e` runs the real engine on the real daemon (make e2e).
 * Types are checked beside the tests by `tsc --noEmit` (make test): swc only strips them.
 */
const transform = {
  '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
};

/** See test/lib/not-loaded.ts. */
const moduleNameMapper = {
  '^@npmcli/arborist$|/typescript-shim$': '<rootDir>/test/lib/not-loaded.ts',
};

// The SDK keeps state in globals on purpose.
const testEnvironmentOptions = { globalsCleanup: 'off' };
const project = (name, options = {}) => ({
  ...options,
  displayName: name,
  // The tests import them. Jest would create them for each module of each test file.
  injectGlobals: false,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  transform,
  testEnvironmentOptions,
});

module.exports = {
  projects: [project('unit', { moduleNameMapper }), project('e2e')],
  // A unit test takes milliseconds. One that runs a whole program or compiles the policies takes
  // seconds, and many times as long on a busy machine.
  testTimeout: 60_000,
};
