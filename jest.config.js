/**
 * `unit` runs in seconds without Docker; `e2e` runs the real engine on the real daemon (make e2e).
 * Types are checked beside the tests by `tsc --noEmit` (make test): swc only strips them.
 */
const transform = {
  '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
};

module.exports = {
  projects: [
    { displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'], transform },
    { displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'], transform },
  ],
};
