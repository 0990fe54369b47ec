import { createRequire } from 'node:module';
// eslint-disable-next-line @typescript-eslint/no-require-imports -- `import *` is a copy with some compilers
import debuggable = require('@pulumi/pulumi/runtime/debuggable');
import { loadWhenUsed } from './load-when-used';

/**
 * Spares the program work that takes almost half of its processor time and that nobody asked for (`make bench` measures
 * it with and without). index.ts imports it first. Nothing depends on it: without it all is the same, and slower.
 */

/** Part of the SDK, though left out of its type declarations. */
const sdk = debuggable as unknown as {
  readonly debugPromiseLeaks: boolean;
  debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
};

const { debuggablePromise } = sdk;

/**
 * The SDK formats a stack trace for each of its promises, 14,000 in the stack `dev`, and source maps make that slow.
 * They are printed with PULUMI_DEBUG_PROMISE_LEAKS, for promises that never end. Without that variable they are left
 * empty here. Errors keep their traces.
 */
if (!sdk.debugPromiseLeaks) {
  sdk.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/** What libraries load at their start for features that this program does not use. */
const seldomUsed: readonly [library: string, module: string][] = [
  // npm's dependency resolver, for functions that are serialised into the state.
  ['@pulumi/pulumi', '@npmcli/arborist'],
  ['@pulumi/pulumi', '@pulumi/pulumi/automation'],
  // Messages in other languages.
  ['zod', 'zod/v4/locales'],
  // The next formats of dashboards.
  ['@grafana/grafana-foundation-sdk/dashboard', '@grafana/grafana-foundation-sdk/dashboardv2'],
  ['@grafana/grafana-foundation-sdk/dashboard', '@grafana/grafana-foundation-sdk/dashboardv2beta1'],
];
for (const [library, module] of seldomUsed) {
  loadWhenUsed(createRequire(require.resolve(library)).resolve(module));
}
