import { createRequire } from 'node:module';
import type * as pulumi from '@pulumi/pulumi';
// eslint-disable-next-line @typescript-eslint/no-require-imports -- `import *` makes a copy
import log = require('@pulumi/pulumi/log');
// eslint-disable-next-line @typescript-eslint/no-require-imports -- `import *` makes a copy
import debuggable = require('@pulumi/pulumi/runtime/debuggable');
import { loadWhenUsed } from './load-when-used';

/**
 * Avoids unnecessary start-up work, which is almost half of the program's CPU time (`make bench`
 * measures both). index.ts imports this first. Without it the program is only slower.
 */

/** Part of the SDK, but missing in its type declarations. */
const sdk = debuggable as unknown as {
  readonly debugPromiseLeaks: boolean;
  debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
};

const { debuggablePromise } = sdk;

/**
 * The SDK formats a stack trace for each of its promises (14,000 in the stack `dev`), and source
 * maps make that slow. It prints them only with PULUMI_DEBUG_PROMISE_LEAKS, for promises that
 * never settle. Without that variable, these traces are left empty, and the SDK's debug messages
 * are not sent. Errors keep their traces.
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

  // Four messages for each resource, each sent after the reply to the last one. The engine discards
  // them unless it runs with `--debug`, which the program cannot know.
  (log as { debug: typeof log.debug }).debug = () => Promise.resolve();
}

/**
 * Resolves when the requests for the resources so far have left this process. The engine and its
 * plugins then work on them while the program computes the next ones. Without a pause, all requests
 * would leave at the end of the program.
 */
export function requestsSent(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Resolves when the engine knows a resource, and the requests for its children have left. The first
 * of them starts the provider, which takes about as long as the program needs for the rest.
 */
export async function registered(resource: pulumi.Resource): Promise<void> {
  await new Promise((resolve) => resource.urn.apply(resolve));
  await requestsSent();
}

/** Modules that libraries load at start-up for features that this program does not use. */
const seldomUsed: readonly [library: string, module: string][] = [
  // npm's dependency resolver, for serialised functions.
  ['@pulumi/pulumi', '@npmcli/arborist'],
  ['@pulumi/pulumi', '@pulumi/pulumi/automation'],
  // Translations of messages.
  ['zod', 'zod/v4/locales'],
  // Newer dashboard formats.
  ['@grafana/grafana-foundation-sdk/dashboard', '@grafana/grafana-foundation-sdk/dashboardv2'],
  ['@grafana/grafana-foundation-sdk/dashboard', '@grafana/grafana-foundation-sdk/dashboardv2beta1'],
];
for (const [library, module] of seldomUsed) {
  loadWhenUsed(createRequire(require.resolve(library)).resolve(module));
}
