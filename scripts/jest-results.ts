import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { projectRoot } from './stack-files';

export interface JestResults {
  readonly passed: number;
  readonly failed: number;
  /** One line a failure: file, test, and how it failed. */
  readonly failures: readonly string[];
}

interface JestOutput {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    /** Why the file itself did not run; empty when it did. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Reads what `jest --json --outputFile` wrote: https://jestjs.io/docs/cli#--json */
export function jestResults(file: string): JestResults {
  const output = JSON.parse(readFileSync(file, 'utf8')) as JestOutput;
  const failures = output.testResults.flatMap(({ name, message, assertionResults }) => {
    const path = relative(projectRoot, name);
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    if (assertionResults.length === 0 && message !== '') return [`${path}: ${brief(message)}`];
    return failed.map(
      ({ fullName, failureMessages }) =>
        `${path} › ${fullName}: ${brief(failureMessages.join('\n'))}`,
    );
  });
  return {
    passed: output.numPassedTests,
    // A file that cannot be run is one failure.
    failed: output.numFailedTests + output.numRuntimeErrorTestSuites,
    failures,
  };
}

/** The failures, to stand at the very end, where they are seen in a log of which only the end is shown. */
export const listed = (failures: readonly string[]): string =>
  failures.map((failure) => `failed: ${failure}\n`).join('');

/** What a message says, without colours and frames, on one line. */
function brief(message: string): string {
  // eslint-disable-next-line no-control-regex -- colours are control characters
  const plain = message.replace(/\u001b\[[0-9;]*m/g, '');
  const said = plain.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  return said.slice(0, 4).join(' ').replace(/\s+/g, ' ').trim().slice(0, 300);
}
