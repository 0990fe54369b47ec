import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import { levelPattern } from '../../../components/logs/levels-config';
import { postgresSeverities } from '../../../components/logs/postgres-config';
import { redisLine } from '../../../components/logs/sources';
import { textLevels } from '../../e2e/lib/golden-formats';
import { groups, levelOfSeverity, levelOfText, levelOfWord } from '../../lib/lines';

describe('the level of a word', () => {
  it.each([
    ['error', 'error'],
    ['ERROR', 'error'],
    ['  Warn ', 'warn'],
    ['\u001b[31merror\u001b[39m', 'error'],
    ['\u001b[1;33m[WARNING]\u001b[0m', 'warn'],
    ['Information', 'info'],
    ['[ERROR]', 'error'],
    ['emerg', 'error'],
    ['WRN', 'warn'],
    ['dbug', 'debug'],
    ['DEBUG3', 'debug'],
    ['DeprecationWarning', 'warn'],
    ['errorless', 'unknown'],
    ['loud', 'unknown'],
    ['', 'unknown'],
  ])('%j', (word, level) => expect(levelOfWord(word)).toBe(level));

  it.each([
    // pino, and numbers between its levels
    ...([
      ['10', 'debug'],
      ['20', 'debug'],
      ['29', 'debug'],
      ['30', 'info'],
      ['35', 'info'],
      ['40', 'warn'],
      ['45', 'warn'],
      ['50', 'error'],
      ['60', 'error'],
      ['75', 'error'],
    ] as const),
    // syslog, Monolog, log4j, slog
    ...([
      ['3', 'error'],
      ['4', 'warn'],
      ['6', 'info'],
      ['7', 'debug'],
      ['200', 'info'],
      ['400', 'error'],
      ['30000', 'warn'],
      ['-4', 'debug'],
      ['123456', 'unknown'],
    ] as const),
  ])('%s', (number, level) => expect(levelOfWord(number)).toBe(level));

  it.each(Object.entries(postgresSeverities))(
    'PostgreSQL: %s in every language',
    (level, words) => {
      for (const word of words) {
        expect([word, levelOfSeverity(word)]).toEqual([word, level]);
        expect([word, levelOfSeverity(word.toUpperCase())]).toEqual([word, level]);
      }
    },
  );
});

it('is small enough for the fast regexp algorithm of Go', () => {
  expect(RE2JS.compile(levelPattern).programSize()).toBeLessThan(500);
});

describe('the level of a line of text', () => {
  it.each([
    ['E1101 12:00:00.123456       1 server.go:12] no', 'error'],
    ['W1101 12:00:00.123456   12345 server.go:12] no', 'warn'],
    ['[ERROR] no', 'error'],
    ['\u001b[31m[ERROR]\u001b[0m no', 'error'],
    ['[2024-11-01T12:00:00Z ERROR crate] no', 'error'],
    ['2024-11-01 12:00:00,123 - my.logger - WARNING - no', 'warn'],
    ['2024-11-01 12:00:00,123 INFO: no action. I am (pg-0)', 'info'],
    ['E, [2024-11-01T12:00:00.123456 #1] ERROR -- : no', 'error'],
    ['Nov  1 12:00:00 ERROR no', 'error'],
    ['2024/11/01 12:00:00 [warn] 7#7: no', 'warn'],
    ['warning: no', 'warn'],
    ['npm warn no', 'warn'],
    ['crit: Name[0]', 'error'],
    ['TypeError: no', 'error'],
    ['java.lang.IllegalStateException: no', 'error'],
    ['node:internal/process/promises:394\n      x\n      ^\n', 'error'],
    ['Traceback (most recent call last):\n  File "x"', 'error'],
    ['  + Exception Group Traceback (most recent call last):\n  | x', 'error'],
    ['1 | load();\n2 | throw x;\n    ^\nerror: no', 'error'],
    ['payout failed: AggregateError: no\n    at x (y.js:1:1)', 'error'],
    ['12:00:00 WARN payout failed: Error: no\n    at x (y.js:1:1)', 'warn'],
    ["{\n  id: 7,\n  level: 'warn'\n}", 'warn'],
    ['*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***', 'error'],
    ["thread 'main' panicked at src/main.rs:1:1:", 'error'],
    ['time="x" level=warning msg="a \\" level=error"', 'warn'],
    ['msg="set level=debug" level=error', 'error'],
    ['level=info level=warn', 'warn'],
    ['size=5" level=warn', 'warn'],
    ['caller=x severity=error', 'error'],
    ['DEBU[0001] no', 'debug'],
    ['time=2026-11-26T03:00:00.000Z level=DEBUG-4 msg=no', 'debug'],
    ['[Nest] 7  - 26/11/2026, 03:00:00   DEBUG [App] no', 'debug'],
    ['redis 09:12:33.48 INFO  ==> ** Starting **', 'info'],
    ['[2026-03-11 10:00:02] production.WARNING: no {"depth":9}', 'warn'],
    ['[2026-03-11T10:00:00.123456+00:00] app.NOTICE: no {"user":4} []', 'info'],
    ['10:00:00.410 request_id=F9x2abc [debug] no', 'debug'],
    ['[ws] › ✖  error     Error: no', 'error'],
    ['[ws] › ⚠  warning   no', 'warn'],
    [' ⨯ TypeError: no', 'error'],
    [
      '\u001b[38;5;6mredis \u001b[38;5;5m09:12:33.48 \u001b[0m\u001b[38;5;3mWARN \u001b[0m ==> no',
      'warn',
    ],
    ...textLevels.filter(([, level]) => level !== 'unknown'),
  ])('%s', (text, level) => expect(levelOfText(text)).toBe(level));

  it.each([
    'the user wrote ERROR',
    'GET /level=error',
    'errors: 0 of 5',
    'an error: none',
    'Information about the weather',
    'mark-900001- not JSON',
    '',
  ])('is unknown: %s', (text) => expect(levelOfText(text)).toBe('unknown'));
});

it('is mapped from the marks of Redis', () => {
  expect(groups(redisLine, '1:M 01 Nov 2024 12:00:00.123 # WARNING')).toEqual({
    ...{ ts: '01 Nov 2024 12:00:00.123', mark: '#' },
  });
  // KeyDB writes the thread as well.
  expect(groups(redisLine, '1:21:M 01 Nov 2024 12:00:00.123 # WARNING')?.['mark']).toBe('#');
});
