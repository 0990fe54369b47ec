import { describe, expect, it } from '@jest/globals';
import {
  postgresCsv,
  postgresLine,
  postgresTime,
  prefixPattern,
} from '../../../components/logs/postgres-config';
import { prefixLetters, withoutPrefix } from '../../../components/logs/settings-checks';
import { specSources } from '../../../components/logs/sources';
import { entries, groups } from '../../lib/lines';

const postgres = { format: 'postgres' } as const;
const text = { format: 'text' } as const;
const time = '2024-11-01 12:00:00.123 UTC';

describe('PostgreSQL', () => {
  it('keeps a traceback of Patroni with its exception', () => {
    const lines = ['Traceback (most recent call last):', '  File "x"', "KeyError: 'a'"];
    const next = '2024-11-01 12:00:00,123 INFO: no action';
    expect(entries(postgres, [...lines, next])).toEqual([lines.join('\n'), next]);
  });

  it.each([
    ['the default', `${time} [77] `],
    ['RDS', '2024-11-01 12:00:00 UTC:10.0.0.5(50412):app@audifi:[77]:'],
    ['Supabase', `10.0.0.5 ${time} [77] app@audifi `],
    ['Azure', '2024-11-01 12:00:00 UTC-6543210f.4d-'],
    ['pgBadger, with blanks', `${time} [77]: user=app,db=x,app=My night jobs,client=::1 `],
    ['pgBouncer and Crunchy', `[77]: [3-1] user=app,db=x ${time} `],
    ['none', ''],
  ])('starts an entry with a severity: %s', (_, prefix) => {
    const lines = [
      `${prefix}ERROR:  a`,
      `${prefix}DETAIL:  b`,
      `${prefix}STATEMENT:  select 'LOG:  x'`,
      '\tfrom tracks',
      `${prefix}LOG:  c`,
    ];
    expect(entries(postgres, lines)).toEqual([lines.slice(0, 4).join('\n'), lines[4]]);
    expect(groups(postgresLine(), lines[0] ?? '')?.['level']).toBe('ERROR');
  });

  it.each([
    ['FEHLER', 'ANWEISUNG: '],
    ['ERREUR', 'INSTRUCTION : '],
    ['ОШИБКА', 'ОПЕРАТОР: '],
    ['错误', '语句: '],
    ['ERROR', 'ステートメント: '],
    ['エラー', undefined],
  ])('in another language: %s', (severity, statement) => {
    const lines = [`${time} [1] LOG:  a`, `${time} [1] ${severity}:  b`];
    const more = statement === undefined ? [] : [`${time} [1] ${statement} select 1`];
    expect(entries(postgres, [...lines, ...more])).toEqual([
      lines[0],
      [lines[1], ...more].join('\n'),
    ]);
  });

  it('never joins lines that start with a time or are not indented', () => {
    const lines = [
      `${time} [77] LOG:  a`,
      '2024-11-01 12:00:00,123 INFO: no action. I am (pg-0), the leader',
      `${time} [77] QUATSCH:  b`,
      'PostgreSQL init process complete; ready for start up.',
      `${time},"app","x",77,"::1:5",6.4d,1,"SELECT",${time},3/4,0,ERROR,42P01,"c",,,`,
    ];
    expect(entries(postgres, lines)).toEqual(lines);
  });

  it.each([undefined, '%h %m [%p] %q%u@%d '])('an empty host is no indent: prefix %s', (prefix) => {
    const lines = [
      `10.0.0.5 ${time} [77] app@audifi ERROR:  a`,
      `10.0.0.5 ${time} [77] app@audifi STATEMENT:  select`,
      '\t2024-11-01 LOG:  1',
      ` ${time} [61] LOG:  checkpoint starting: time`,
    ];
    expect(entries({ ...postgres, prefix }, lines)).toEqual([
      lines.slice(0, 3).join('\n'),
      lines[3],
    ]);
    expect(groups(postgresLine(prefix), lines[3] ?? '')?.['level']).toBe('LOG');
  });

  it('finds the severity of csvlog in the twelfth column', () => {
    const line = `${time},"a ""b"", c","x",77,"::1:5",6.4d,1,"SELECT",${time},3/4,0,FATAL,42P01,"LOG",,,`;
    expect(groups(postgresCsv, line)).toEqual({ level: 'FATAL' });
  });

  it.each([
    [`${time} [7] LOG:  x`, time],
    [`10.0.0.5 ${time} [7] LOG:  x`, time],
    ['2024-11-01 12:00:00 CET [7] LOG:  x', '2024-11-01 12:00:00'],
    ['2024-11-01 12:00:00.1 +03 [7] LOG:  x', '2024-11-01 12:00:00.1 +03'],
  ])('recognises a time with an unambiguous zone: %s', (line, found) => {
    expect(groups(postgresTime, line)).toEqual({ ts: found });
  });

  it('can have a prefix in the settings', () => {
    const prefix = '%m [%-6p] %q%u@%d/%a %% ';
    const lines = [
      `${time} [77    ] app@x/My jobs % ERROR:  a`,
      'a line that nobody indented',
      `${time} [77    ] app@x/My jobs % HINT:  b`,
      `${time} [1     ] LOG:  c`,
      `${time} of another program`,
    ];
    const found = entries({ ...postgres, prefix }, lines);
    expect(found).toEqual([lines.slice(0, 3).join('\n'), lines[3], lines[4]]);
    expect(prefixPattern('%t:%r:%u@%d:[%p]:')).toBe(
      '\\S+ \\S+ \\S+?:\\S*?:\\S*?@\\S*?:\\[[0-9]+\\]:',
    );
  });
});

it('validates the prefix', () => {
  // `%q` has no value of its own.
  const known = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter(
    (letter) => letter === 'q' || prefixPattern(`%${letter}`) !== '',
  );
  expect([...prefixLetters].sort()).toEqual(known.sort());
  const others = specSources.filter(({ format }) => format !== 'postgres').map(({ job }) => job);
  expect(withoutPrefix).toEqual(others);
});

describe('text', () => {
  const node = [
    'node:internal/process/promises:394',
    '      triggerUncaughtException(err, true /* fromPromise */);',
    '      ^',
    '',
    "TypeError: Cannot read properties of undefined (reading 'id')",
    '    at handler (/app/src/routes.js:12:7) {',
    "  code: 'X'",
    '}',
    '',
    'Node.js v24.21.0',
  ];

  it.each([
    [
      'an error event that nobody handles',
      ['Error: connect ECONNREFUSED', '    at x (a.js:1:1)'],
      [
        "Emitted 'error' event on Client instance at:",
        '    at y (b.js:1:1) {',
        '  errno: -111',
        '}',
      ],
    ],
    [
      'a missing module',
      ["Error: Cannot find module 'sharp'"],
      ['Require stack:', '- /app/dist/images.js', '- /app/dist/main.mjs', '    at z (c.js:1:1)'],
    ],
  ])('keeps %s in one entry', (_, before, after) => {
    const crash = [
      'node:events:502',
      '  throw er;',
      '  ^',
      '',
      ...before,
      ...after,
      '',
      'Node.js v20.20.2',
    ];
    const found = entries(text, ['ready', ...crash, '- a list']);
    expect(found[0]).toBe('ready');
    expect(found[1]?.split('\n').filter((line) => line !== '')).toEqual(
      crash.filter((line) => line !== ''),
    );
    expect(found.slice(2)).toEqual(['- a list']);
  });

  it('keeps an uncaught exception of Node in one separate entry', () => {
    const lines = ['before', ...node, 'after', ...node];
    expect(entries(text, lines)).toEqual(['before', node.join('\n'), 'after', node.join('\n')]);
  });

  it('keeps an exception with its stack trace', () => {
    const lines = ['Error: a', '    at x (y.js:1:1)', 'Error: b', '    at x (y.js:1:1)'];
    expect(entries(text, lines)).toHaveLength(2);
    const java = ['x.FooException: a', '\tat b', 'Caused by: y', '\t... 3 more', 'next'];
    const go = [
      'panic: x',
      '[signal SIGSEGV: segmentation violation]',
      '',
      'goroutine 1 [running]:',
    ];
    expect(entries(text, [...go, 'next'])).toEqual([go.join('\n'), 'next']);
    expect(entries(text, java)).toEqual([java.slice(0, 4).join('\n'), 'next']);
    const php = ['PHP Fatal error:  x', 'Stack trace:', '#0 /b.php(1): f()', '#1 {main}', 'next'];
    expect(entries(text, php)).toEqual([php.slice(0, 4).join('\n'), 'next']);
    const prisma = [
      ...['PrismaClientUnknownRequestError: ', 'Invalid `prisma.user.create()` invocation in'],
      ...['/app/src/user.ts:12:5', '', '→ 12 await prisma.user.create(', 'Unique constraint'],
    ];
    expect(entries(text, [...prisma, 'next'])).toEqual([prisma.join('\n'), 'next']);
    const python = ['Traceback (most recent call last):', '  File "x"', 'ValueError: a', 'next'];
    expect(entries(text, python)).toEqual([python.slice(0, 3).join('\n'), 'next']);
  });

  it.each([
    'The above exception was the direct cause of the following exception:',
    'During handling of the above exception, another exception occurred:',
  ])('keeps the exceptions of Python in one entry: %s', (words) => {
    const first = ['Traceback (most recent call last):', '  File "x"', 'ValueError: a'];
    const lines = [...first, '', words, '', ...first];
    expect(entries(text, ['before', ...lines, 'next'])).toEqual([
      ...['before', lines.join('\n'), 'next'],
    ]);
  });

  it.each<[string, readonly string[]]>([
    [
      'source of Node that is not indented',
      [
        '/app/main.js:2',
        "throw 'x'",
        '^',
        'x',
        '(Use `node --trace-uncaught ...`)',
        '',
        'Node.js v24.1.0',
      ],
    ],
    [
      'source of Bun',
      ['1 | load();', '2 | throw x;', '    ^', 'error: x', '', 'Bun v1.2.4 (Linux)'],
    ],
    [
      'the reason of Prisma',
      ['prisma:error ', 'Invalid `prisma.a.b()` invocation:', '', '', "Can't"],
    ],
    ['a failed migration', ['Error: P3009', '', 'migrate found', 'The `20261101_a` migration x']],
    [
      'what esbuild found',
      ['TransformError: Transform failed with 1 error:', '/a.ts:3:1: ERROR: x'],
    ],
    [
      'an exception of a thread',
      [
        'Exception in thread Thread-1:',
        'Traceback (most recent call last):',
        '  File "x"',
        'ValueError: x',
      ],
    ],
    [
      'an exception group of Python',
      ['  + Exception Group Traceback (most recent call last):', '  | x'],
    ],
    [
      'calls in a stack trace of zap',
      ['12:00:00 ERROR x', 'github.com/a/b.(*C).D', '\t/b.go:1', 'main.main', '\t/c.go:2'],
    ],
    [
      'the native stack of Node',
      ['FATAL ERROR: x', '----- Native stack trace -----', '', ' 1: 0xb7 a', '10: 0x19 b'],
    ],
    ['a cause of Rust', ['Error: x', '', 'Caused by:', '    0: y']],
    ['a message of Next.js', [' ⚠ x', '   y']],
  ])('keeps %s in one entry of its own', (_, lines) => {
    expect(entries(text, ['before', ...lines, 'next'])).toEqual([
      ...['before', lines.join('\n'), 'next'],
    ]);
  });

  it('ends the message of psql at its marker, because nothing has to follow', () => {
    const message = ['LINE 1: SELEC 1;', '        ^'];
    expect(entries(text, [...message, 'next'])).toEqual([message.join('\n'), 'next']);
  });

  it.each(['main.go changed', 'example.com', 'a/b.c is missing', '3 | of 4'])(
    'does not join what only looks like a part: %s',
    (line) => expect(entries(text, ['a', line])).toEqual(['a', line]),
  );

  it('keeps a panic of Rust with its message', () => {
    const panic = ["thread 'main' (7) panicked at src/a.rs:1:2:", 'called `unwrap()`'];
    const rest = ['stack backtrace:', '   0: x', 'note: Some details are omitted, x'];
    expect(entries(text, [...panic, ...rest, 'next'])).toEqual([
      [...panic, ...rest].join('\n'),
      'next',
    ]);
  });

  it.each([
    '2024-11-01T12:00:00Z a',
    '  2024-11-01 12:00:00 a',
    '[2024-11-01 12:00:00 +0000] a',
    '2024/11/01 12:00:00 [error] a',
    '12:00:00.123 [main] a',
    'Nov  1 12:00:00 host a',
    '01/Nov/2024:12:00:00 a',
    '01.11.2024 12:00:00 a',
    '1730462405.123 [0 10.0.0.5:5000] a',
    '\u001b[2m2024-11-01T12:00:00Z\u001b[0m a',
    'E1101 12:00:00.123456 1 x.go:1] a',
  ])('starts an entry with a time: %s', (line) => {
    expect(entries(text, ['a', line])).toHaveLength(2);
  });

  it('never joins lines of Redis', () => {
    expect(entries({ format: 'redis' }, ['1:M a', '   logo', ''])).toHaveLength(3);
  });
});
