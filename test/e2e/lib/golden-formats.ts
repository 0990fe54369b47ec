/**
 * More lines for the golden table: times and levels as frameworks write them. `#x` becomes the mark
 * of the line.
 */

/** Values of the field `time`, and whether the line's own time is stored. */
export function timeValues(now: Date): readonly (readonly [string, unknown, boolean])[] {
  const iso = now.toISOString();
  const local = (minutes: number): string =>
    new Date(now.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  return [
    ['an offset of half an hour', `${local(330)}+05:30`, true],
    ['a negative offset without a colon', `${local(-480)}-0800`, true],
    ['an offset of hours only', `${local(120)}+02`, true],
    ['nanoseconds in a text', iso.replace('Z', '456789Z'), true],
    ['as Go prints a time', `${iso.slice(0, 10)} ${iso.slice(11, -1)} +0000 UTC`, true],
    ['a space before the zone', `${iso.slice(0, 10)} ${iso.slice(11, -1)} UTC`, true],
    ['seconds with seven digits', `${(now.getTime() / 1000).toFixed(3)}4567`, true],
    ['eleven minutes ago', `${local(-11)}Z`, false],
    ['in two minutes', `${local(2)}Z`, false],
    ["Go's zero time", '0001-01-01T00:00:00Z', false],
    ['the year 9999', '9999-12-31T23:59:59Z', false],
    ['digits of a date', iso.replace(/[^0-9]/g, '').slice(0, 14), false],
    ['a negative number', -now.getTime(), false],
    ['true', true, false],
    ['an object', { $date: iso }, false],
    ['an empty text', '', false],
    ['as JavaScript prints a date', now.toString(), false],
    ['as HTTP headers', now.toUTCString(), false],
  ];
}

/** Lines of text and their levels. The agents drop debug lines, which the unit tests cover. */
export const textLevels: readonly (readonly [string, string])[] = [
  // Java.
  ['2026-11-26T03:00:00.000+01:00 WARN  [io.quarkus] (main) #x', 'warn'],
  ['2026-11-26 03:00:00,123 ERROR [org.jboss.as] (Controller Boot Thread) #x', 'error'],
  ['2026-11-26 03:00:00.123 ERROR 7 --- [nio-8080-exec-1] c.a.Foo : #x', 'error'],
  ['[2026-11-26T03:00:00,123][WARN ][o.e.n.Node] [es01] #x', 'warn'],
  // Python.
  ['[2026-11-26 03:00:00,123: ERROR/MainProcess] #x', 'error'],
  ['[2026-11-26 03:00:00,123: WARNING/ForkPoolWorker-1] #x', 'warn'],
  ['CRITICAL:django:#x', 'error'],
  ['2026-11-26 03:00:00.123 | SUCCESS  | app.mail:send:88 - #x', 'info'],
  ['pydantic_core._pydantic_core.ValidationError: #x', 'error'],
  // Apache, PHP, Heroku.
  ['[Thu Nov 26 03:00:00.123456 2026] [core:error] [pid 7] #x', 'error'],
  ['[Thu Nov 26 03:00:00.123456 2026] [mpm_event:notice] [pid 7] #x', 'info'],
  ['[26-Nov-2026 03:00:00] WARNING: [pool www] #x', 'warn'],
  ['PHP Fatal error:  #x', 'error'],
  ['PHP Warning:  #x in /app/x.php on line 7', 'warn'],
  ['PHP Notice:  #x', 'info'],
  ['2026-11-26T03:00:00.000Z app[web.1]: error: #x', 'error'],
  // Go.
  ['ERRO[0012] #x', 'error'],
  ['WARN[0000] #x', 'warn'],
  ['FATA[0001] #x', 'error'],
  ['3:00AM ERR #x error=y', 'error'],
  ['\u001b[90m3:00AM\u001b[0m \u001b[31mERR\u001b[0m #x', 'error'],
  ['2026-11-26T03:00:00.000Z\tERROR\tmain.go:12\t#x', 'error'],
  ['1795662000.123\tinfo\tcaddy\t#x', 'info'],
  ['E0000 00:00:1795662000.123456 7 x.cc:12] #x', 'error'],
  // Rust and Node.
  ['[2026-11-26T03:00:00Z WARN  actix] #x', 'warn'],
  ['[10:00:00.000] \u001b[31mERROR\u001b[39m (7): #x', 'error'],
  ['[Error: #x]', 'error'],
  ['AggregateError [ECONNREFUSED]: #x', 'error'],
  ['[UnhandledPromiseRejection: #x]', 'error'],
  ['fatal: not a git repository #x', 'error'],
  ['[ioredis] Unhandled error event: Error: #x', 'error'],
  ['[worker:3] TypeError: #x', 'error'],
  ['prisma:error #x', 'error'],
  ['prisma:warn #x', 'warn'],
  ["{ message: '#x', level: 'warn' }", 'warn'],
  [
    '\u001b[33m[Nest] 1  - \u001b[39m11/29/2026, 8:11:30 PM \u001b[33m   WARN\u001b[39m \u001b[33m[Quota] \u001b[39m#x',
    'warn',
  ],
  ['2026/11/29 20:11:32 http: panic serving 10.0.0.5:50412: #x', 'error'],
  ['nginx: [emerg] #x in /etc/nginx/conf.d/default.conf:3', 'error'],
  ['✖  error     #x', 'error'],
  // structlog, and log15 of Ethereum nodes.
  [
    '\u001b[2m2026-11-26T03:00:00Z\u001b[0m [\u001b[31m\u001b[1merror    \u001b[0m] \u001b[1m#x\u001b[0m',
    'error',
  ],
  ['t=2026-11-26T03:00:00+0000 lvl=eror msg="#x"', 'error'],
  // Not a level.
  ["{ message: '#x', levels: 'warn' }", 'unknown'],
  ['payout failed: Error: #x', 'unknown'],
  ['[Errors: #x]', 'unknown'],
  ['Nov 26 03:00:00 web kernel: #x', 'unknown'],
  ['0 errors, 2 warnings #x', 'unknown'],
  ['Level set to ERROR #x', 'unknown'],
  ['x: error happened #x', 'unknown'],
  ['[a:error happened] #x', 'unknown'],
  ['app:errors #x', 'unknown'],
  ['[a] Errors: #x', 'unknown'],
];
