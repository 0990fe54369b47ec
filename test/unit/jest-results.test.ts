import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { jestResults, listed, slowest } from '../../scripts/jest-results';
import { projectRoot } from '../../scripts/stack-files';

/** As Jest reports `expect(['a', 'c']).toEqual(['a', 'b'])`. */
const comparison = `Error: expect(received).toEqual(expected) // deep equality

- Expected  - 1
+ Received  + 1

  Array [
    "a",
-   "b",
+   "c",
  ]
    at Object.<anonymous> (a.test.ts:1:1)`;

it('lists failed tests and files in one line each, and the slowest files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-unit-'));
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
  const test = (status: string, fullName: string, failureMessages: string[] = []) => ({
    status,
    fullName,
    failureMessages,
    duration: status === 'failed' ? 700 : null,
  });
  const output = {
    numPassedTests: 1,
    numFailedTests: 2,
    numRuntimeErrorTestSuites: 1,
    testResults: [
      {
        name: join(projectRoot, 'test/a.test.ts'),
        startTime: 1_000,
        endTime: 2_500,
        message: '',
        assertionResults: [
          test('passed', 'is well'),
          test('failed', 'is told', [
            `Error: ${red('expected')} 1\n\n    got 2\n    at a (a.test.ts:1:1)`,
          ]),
          test('failed', 'is equal', [comparison]),
        ],
      },
      {
        name: join(projectRoot, 'test/b.test.ts'),
        startTime: 1_000,
        endTime: 12_000,
        message: 'Cannot find c\n',
        assertionResults: [],
      },
    ],
  };
  try {
    const file = join(folder, 'results.json');
    writeFileSync(file, JSON.stringify(output));
    const { failures, files, ...counts } = jestResults(file);
    expect(counts).toEqual({ passed: 1, failed: 3 });
    expect(files.map(({ passed, failed }) => [passed, failed])).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(files.map(({ failedTests }) => failedTests)).toEqual([['is told', 'is equal'], []]);
    expect(listed(failures)).toBe(
      [
        'failed: test/a.test.ts › is told: Error: expected 1 got 2\n',
        'failed: test/a.test.ts › is equal: - "b", + "c",\n',
        'failed: test/b.test.ts: Cannot find c\n',
      ].join(''),
    );
    expect(slowest(files)).toBe(
      '   11.0 s test/b.test.ts\n    1.5 s test/a.test.ts, longest: is told 0.7 s\n',
    );
    expect(slowest(files, 1)).toBe('   11.0 s test/b.test.ts\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
