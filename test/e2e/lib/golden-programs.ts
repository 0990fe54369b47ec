import { clock, day, type GoldenTable, json } from './golden-table';

/** Entries of programs that span several lines, such as exceptions. */
export function programEntries({ add, iso }: GoldenTable): void {
  const uncaught = (mark: string): readonly string[] => [
    'node:internal/process/promises:394',
    '      triggerUncaughtException(err, true /* fromPromise */);',
    '      ^',
    '',
    `TypeError: Cannot read properties of undefined (reading '${mark}')`,
    '    at handler (/app/src/routes.js:12:7) {',
    "  code: 'X'",
    '}',
    '',
    'Node.js v24.21.0',
  ];
  add(
    'heads: an exception that nobody caught',
    'crash-api-server-1',
    [
      json({ level: 'info', msg: '#a' }),
      ...uncaught('#b'),
      json({ level: 'info', msg: '#c' }),
      '/app/src/x.js:3',
      "    throw new Error('x');",
      '    ^',
      '',
      'Error: #d',
      '    at x (/app/src/x.js:3:11)',
      '',
      'Node.js v24.21.0',
    ],
    { mark: '#a', level: 'info', parseError: 'none' },
    { mark: '#b', level: 'error', count: 10 },
    { mark: '#c', level: 'info', parseError: 'none' },
    { mark: '#d', level: 'error', count: 8 },
  );
  add(
    'heads: what is logged as text, with its stack',
    'text-worker-1',
    ['server starts #a', 'Error: #b', '    at x (/app/x.js:1:1)', '  [cause]: y', '}', 'next #c'],
    { mark: '#a', level: 'unknown' },
    { mark: '#b', level: 'error', count: 4 },
    { mark: '#c', level: 'unknown' },
  );
  add(
    'heads: Python and Java',
    'shop-report-1',
    [
      'Traceback (most recent call last):',
      '  File "/app/x.py", line 1, in <module>',
      'ValueError: #a',
      `${day(iso)} ${clock(iso)} INFO next #b`,
      'Exception in thread "main" java.lang.IllegalStateException: #c',
      '\tat com.example.Main.main(Main.java:1)',
      'Caused by: java.io.IOException: no',
      '\t... 3 more',
      'next #d',
    ],
    { mark: '#a', level: 'error', count: 3 },
    { mark: '#b', level: 'info' },
    { mark: '#c', level: 'error', count: 4 },
    { mark: '#d', level: 'unknown' },
  );
  add(
    'heads: .NET, and pino-pretty',
    'shop-web-1',
    [
      'fail: App[0]',
      '      #a',
      'info: App[0]',
      '      #b',
      '[03:00:00.000] ERROR (7): #c',
      '    err: {',
      '    }',
      '[03:00:01.000] INFO (7): #d',
    ],
    { mark: '#a', level: 'error', count: 2 },
    { mark: '#b', level: 'info', count: 2 },
    { mark: '#c', level: 'error', count: 3 },
    { mark: '#d', level: 'info' },
  );
  add(
    'heads: JSON over several lines',
    'pretty-worker-1',
    ['{', '  "level": "warn",', '  "msg": "#a"', '}', json({ level: 'info', msg: '#b' })],
    { mark: '#a', level: 'warn', parseError: 'none', count: 4 },
    { mark: '#b', level: 'info', parseError: 'none' },
  );
}
