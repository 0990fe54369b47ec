import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { projectRoot } from './stack-files';

export interface JestResults {
  readonly passed: number;
  readonly failed: number;
  /** One line for each failure: file, test, and message. */
  readonly failures: readonly string[];
  readonly files: readonly FileResult[];
}

/** Results of a file, its duration including its imports, and its longest test. */
export interface FileResult {
  readonly path: string;
  readonly passed: number;
  /** A file that cannot run is one failure. */
  readonly failed: number;
  readonly seconds: number;
  readonly longest?: { readonly name: string; readonly seconds: number };
  /** Full names of the tests that failed; empty for a file that cannot run. */
  readonly failedTests: readonly string[];
}

interface JestOutput {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    /** Milliseconds since 1970. */
    readonly startTime: number;
    readonly endTime: number;
    /** Why the file did not run; empty if it did. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      /** Milliseconds; null for a test that did not run. */
      readonly duration?: number | null;
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
    // A file that cannot run is one failure.
    failed: output.numFailedTests + output.numRuntimeErrorTestSuites,
    failures,
    files: output.testResults.map(fileResult),
  };
}

function fileResult(result: JestOutput['testResults'][number]): FileResult {
  const { name, message, startTime, endTime, assertionResults } = result;
  const names = (status: string): string[] =>
    assertionResults.filter((a) => a.status === status).map(({ fullName }) => fullName);
  const failedTests = names('failed');
  const [longest] = [...assertionResults].sort((a, b) => (b.duration ?? 0) - (a.duration ?? 0));
  return {
    path: relative(projectRoot, name),
    passed: names('passed').length,
    failed: assertionResults.length === 0 && message !== '' ? 1 : failedTests.length,
    seconds: (endTime - startTime) / 1000,
    longest: longest && { name: longest.fullName, seconds: (longest.duration ?? 0) / 1000 },
    failedTests,
  };
}

/** The slowest files, one line each. */
export function slowest(files: readonly FileResult[], count = 10): string {
  const sorted = [...files].sort((a, b) => b.seconds - a.seconds).slice(0, count);
  return sorted
    .map(({ path, seconds, longest }) => {
      const test = longest && `, longest: ${longest.name} ${longest.seconds.toFixed(1)} s`;
      return `  ${seconds.toFixed(1).padStart(5)} s ${path}${test ?? ''}\n`;
    })
    .join('');
}

/** The failures, for the end of the output, where they are visible in a truncated log. */
export const listed = (failures: readonly string[], label = 'failed'): string =>
  failures.map((failure) => `${label}: ${failure}\n`).join('');

/** The message on one line, without colours and code frames. For a comparison, only the diff. */
function brief(message: string): string {
  // eslint-disable-next-line no-control-regex -- colours are control characters
  const plain = message.replace(/\u001b\[[0-9;]*m/g, '');
  const said = plain.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  const differences = said.filter((line) => /^\s*[-+] /.test(line) && !heading.test(line));
  const shown =
    differences.length === 0
      ? said.slice(0, 4)
      : [...said.slice(0, 1).filter((line) => !comparison.test(line)), ...differences];
  return shown.join(' ').replace(/\s+/g, ' ').trim().slice(0, 300);
}

/** What Jest prints above the differences. */
const heading = /^\s*(- Expected|\+ Received) +[-+] \d+/;
const comparison = /^Error: expect\(/;
