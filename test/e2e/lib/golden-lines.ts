import { textLevels, timeValues } from './golden-formats';

/**
 * The golden table of log lines: what programs write, and the expected entry with either agent.
 * Each text has a unique mark.
 */
export interface Golden {
  readonly container: string;
  /** Lines of the program, without line feeds. */
  readonly lines: readonly string[];
  readonly want: readonly Want[];
  readonly why: string;
}

export interface Want {
  /** Occurs in the stored entry only. */
  readonly mark: string;
  readonly level: string;
  readonly job?: string;
  /** @default not checked; `none`: there is none */
  readonly parseError?: string;
  /** Number of lines in the entry. @default 1 */
  readonly count?: number;
  /** Whether the line's own time is stored instead of the engine's. @default false */
  readonly ownTime?: boolean;
}

const day = (iso: string): string => iso.slice(0, 10);
const clock = (iso: string): string => iso.slice(11, 23);

/** @param now less than ten minutes ago, with milliseconds that the engine's times do not have */
export function goldenLines(now: Date): readonly Golden[] {
  const iso = now.toISOString();
  const at = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString();
  const pg = `${day(iso)} ${clock(iso)} UTC`;
  const cet = `${day(at(1))} ${clock(at(1))} CET`;
  const seconds = Math.floor(now.getTime() / 1000);
  let count = 0;
  const marks = new Map<string, string>();
  /** `#name` in a text becomes a mark. */
  const marked = (text: string): string =>
    text.replace(/#([a-z]\w*)/g, (_, name: string) => {
      const known = marks.get(name) ?? `golden-${String((count += 1)).padStart(3, '0')}-`;
      marks.set(name, known);
      return known;
    });
  const table: Golden[] = [];
  const add = (why: string, container: string, lines: readonly string[], ...want: Want[]): void => {
    marks.clear();
    const written = lines.map(marked);
    table.push({
      why,
      container,
      lines: written,
      want: want.map((one) => ({ ...one, mark: marked(one.mark) })),
    });
  };
  const json = (fields: object): string => JSON.stringify(fields);
  const api = 'audifi-e2e-api-server';

  // Times.
  const times: readonly (readonly [string, unknown, boolean])[] = [
    ['milliseconds', now.getTime(), true],
    ['milliseconds with a fraction', now.getTime() + 0.25, true],
    ['seconds with a fraction', now.getTime() / 1000, true],
    ['microseconds', now.getTime() * 1000, true],
    ['nanoseconds', now.getTime() * 1_000_000, true],
    ['milliseconds in a text', String(now.getTime()), true],
    ['RFC 3339', iso, true],
    ['an offset', iso.replace('Z', '+00:00'), true],
    ['an offset without a colon', `${iso.slice(0, -1)}+0000`, true],
    ['no zone', iso.slice(0, -1), true],
    ['a comma, as Python writes it', `${day(iso)} ${clock(iso).replace('.', ',')}`, true],
    ['a day ago', at(-24), false],
    ['tomorrow', at(24), false],
    ['another zone, and no word of it', at(2).slice(0, -1), false],
    ['the year 57000', now.getTime() * 1_000_000_000, false],
    ['1970', 17, false],
    ['a word', 'yesterday', false],
    ['nothing', null, false],
    ...timeValues(now),
  ];
  for (const [why, time, ownTime] of times) {
    const line = json({ level: 'warn', time, msg: '#x' });
    add(`time: ${why}`, api, [line], { mark: '#x', level: 'warn', parseError: 'none', ownTime });
  }
  add('time: seconds', api, [json({ level: 30, time: seconds, msg: '#x' })], {
    ...{ mark: '#x', level: 'info', parseError: 'none' },
  });
  for (const unit of [1e3, 1, 1e-3, 1e-6]) {
    add(
      'time: Caddy in any unit',
      'milli-caddy-1',
      [json({ level: 'info', ts: now.getTime() / unit, msg: '#x' })],
      { mark: '#x', level: 'info', job: 'caddy', ownTime: true },
    );
  }
  const [, month, date] = now.toUTCString().slice(0, 16).split(' ').reverse();
  const redisTime = (shown: string): string =>
    `${date} ${month} ${shown.slice(0, 4)} ${clock(shown)}`;
  add('time: Redis in UTC', 'audifi-e2e-redis', [`1:M ${redisTime(iso)} * #x`], {
    ...{ mark: '#x', level: 'info', job: 'redis', parseError: 'none', ownTime: true },
  });
  add('time: Redis in another zone', 'audifi-e2e-redis', [`1:M ${redisTime(at(3))} # #x`], {
    ...{ mark: '#x', level: 'warn', job: 'redis', parseError: 'none' },
  });

  // Levels in JSON.
  const levels: readonly (readonly [object, string])[] = [
    [{ level: '\u001b[31merror\u001b[39m' }, 'error'],
    [{ level: '  WARN ' }, 'warn'],
    [{ level: 'ERROR' }, 'error'],
    [{ level: 'Information' }, 'info'],
    [{ level: 35 }, 'info'],
    [{ level: 45 }, 'warn'],
    [{ level: 55 }, 'error'],
    [{ level: '50' }, 'error'],
    [{ level: 3 }, 'error'],
    [{ level: 6 }, 'info'],
    [{ level: 400, level_name: 'ERROR' }, 'error'],
    [{ level: 40_000 }, 'error'],
    [{ severity: 'ERROR' }, 'error'],
    [{ severity: 'CRITICAL' }, 'error'],
    [{ lvl: 'eror', severity: 'warning' }, 'warn'],
    [{ lvl: 'crit' }, 'error'],
    [{ 'log.level': 'warn' }, 'warn'],
    [{ log: { level: 'error' } }, 'error'],
    [{ levelname: 'WARNING' }, 'warn'],
    [{ '@l': 'Fatal' }, 'error'],
    [{ '@level': 'info' }, 'info'],
    [{ level: '', severity: 'error' }, 'error'],
    [{ level: null, lvl: 'info' }, 'info'],
    [{ level: 'loud' }, 'unknown'],
    [{ level: '[ERROR]' }, 'error'],
  ];
  for (const [fields, level] of levels) {
    for (const container of [api, 'coredns']) {
      add(`level: ${json(fields)}`, container, [json({ ...fields, msg: '#x' })], {
        ...{ mark: '#x', level, parseError: 'none' },
      });
    }
  }
  add('level: none', api, [json({ msg: '#x' })], {
    ...{ mark: '#x', level: 'unknown', parseError: 'level' },
  });

  // Levels in text.
  const texts: readonly (readonly [string, string])[] = [
    ['E1101 12:00:00.123456       1 server.go:12] #x', 'error'],
    ['I1101 12:00:00.123456       1 server.go:12] #x', 'info'],
    ['[ERROR] #x', 'error'],
    ['[warn] #x', 'warn'],
    ['[E] #x', 'error'],
    ['<3>#x', 'error'],
    ['<6>#x', 'info'],
    ['Nov 26 12:00:00 web-1 app[12]: error: #x', 'error'],
    ['12:00:00 PM - error: #x', 'error'],
    ['2024-11-01T12:00:00Z error #x', 'error'],
    ['[worker] warning: #x', 'warn'],
    ['error - #x', 'error'],
    ['[Nest] 1  - 11/01/2024, 12:00:00 PM   ERROR [App] #x', 'error'],
    ['2024-11-01 12:00:00 1 [Note] mysqld: #x', 'info'],
    ['\u001b[33mWARN\u001b[0m #x', 'warn'],
    ['2024/11/01 12:00:00 [error] 7#7: *1 #x', 'error'],
    ['2024-11-01 12:00:00,123 - my.logger - ERROR - #x', 'error'],
    ['2024-11-01 12:00:00.123 | WARNING  | app:run:12 - #x', 'warn'],
    ['2024-11-01T12:00:00.123Z  INFO crate::module: #x', 'info'],
    ['12:00:00.123 [main] ERROR com.example.Foo - #x', 'error'],
    ['[2024-11-01 12:00:00 +0000] [7] [INFO] #x', 'info'],
    ['ERROR:root:#x', 'error'],
    ['INFO:     Started #x', 'info'],
    ['error: #x', 'error'],
    ['fail: Microsoft.Hosting[0] #x', 'error'],
    ['npm ERR! #x', 'error'],
    ['(node:1) DeprecationWarning: #x', 'warn'],
    ['ts=2024-11-01T12:00:00Z level=warn msg="#x"', 'warn'],
    ['msg="set level=debug #x" level=error', 'error'],
    ['level=info msg="#x failed with level=error"', 'info'],
    ['level=info level=error msg=#x', 'error'],
    ['time="x" lvl=eror level=WARN #x', 'warn'],
    ['Error: connect ECONNREFUSED #x', 'error'],
    ['panic: runtime error: #x', 'error'],
    ['listening on 8080 #x', 'unknown'],
    ['the user wrote ERROR #x', 'unknown'],
    ['no errors found in 12 files #x', 'unknown'],
    ['12 errors: #x', 'unknown'],
    ['(I think) #x', 'unknown'],
    ['GET /error?level #x', 'unknown'],
    ...textLevels,
  ];
  for (const [text, level] of texts) {
    for (const container of ['coredns', api]) {
      add(`level: ${text}`, container, [text], {
        ...{ mark: '#x', level, parseError: container === api ? 'json' : 'none' },
      });
    }
  }

  // Requests of Caddy.
  for (const [status, level] of [
    [200, 'info'],
    [404, 'info'],
    [502, 'error'],
  ] as const) {
    const line = { level: 'info', ts: now.getTime() / 1000, logger: 'http.log.access.log0' };
    add(
      `Caddy: ${status}`,
      'audifi_caddy_1',
      [json({ ...line, msg: 'handled request', request: { uri: '/#x' }, status })],
      { mark: '#x', level, job: 'caddy', parseError: 'none', ownTime: true },
    );
  }

  // Starts of entries.
  const postgres = 'audifi-e2e-postgres';
  add(
    'heads: a message of several lines, and what belongs to it',
    postgres,
    [
      `${pg} [77] ERROR:  #a failed`,
      `${pg} [77] DETAIL:  more`,
      `${pg} [77] STATEMENT:  select *`,
      '\tfrom tracks',
      `${pg} [78] LOG:  #b next`,
      '',
      `${pg} [78] LOG:  #c next`,
    ],
    { mark: '#a', level: 'error', job: 'postgres', parseError: 'none', count: 4, ownTime: true },
    { mark: '#b', level: 'info', job: 'postgres', parseError: 'none', ownTime: true },
    { mark: '#c', level: 'info', job: 'postgres', parseError: 'none', ownTime: true },
  );
  add(
    'heads: PostgreSQL in German',
    'german-postgres-1',
    [
      `${cet} [1] LOG:  #a Datenbanksystem ist bereit`,
      `${cet} [77] FEHLER:  #b Relation »x« existiert nicht`,
      `${cet} [77] ANWEISUNG:  select * from x`,
      `${cet} [77] WARNUNG:  #c`,
    ],
    { mark: '#a', level: 'info', parseError: 'none' },
    { mark: '#b', level: 'error', parseError: 'none', count: 2 },
    { mark: '#c', level: 'warn', parseError: 'none' },
  );
  add(
    'heads: PostgreSQL in Russian, French and Chinese',
    'other-postgres-1',
    [
      `${pg} [1] ОШИБКА:  #a`,
      `${pg} [1] ОПЕРАТОР:  select 1`,
      `${pg} [1] ERREUR:  #b`,
      `${pg} [1] INSTRUCTION :  select 1`,
      `${pg} [1] 错误:  #c`,
      `${pg} [1] 语句:  select 1`,
      `${pg} [1] LOG:  #d`,
    ],
    ...['#a', '#b', '#c'].map((mark) => ({
      ...{ mark, level: 'error', parseError: 'none', count: 2, ownTime: true },
    })),
    { mark: '#d', level: 'info', parseError: 'none', ownTime: true },
  );
  add(
    'heads: the prefix of RDS',
    'rds-postgres-1',
    [
      `${day(iso)} ${clock(iso).slice(0, 8)} UTC:10.0.0.5(50412):app@audifi:[77]:ERROR:  #a`,
      `${day(iso)} ${clock(iso).slice(0, 8)} UTC:10.0.0.5(50412):app@audifi:[77]:STATEMENT:  select 1`,
      `${day(iso)} ${clock(iso).slice(0, 8)} UTC:10.0.0.5(50412):app@audifi:[78]:FATAL:  #b`,
    ],
    { mark: '#a', level: 'error', parseError: 'none', count: 2 },
    { mark: '#b', level: 'error', parseError: 'none' },
  );
  add(
    'heads: prefixes of Supabase, Azure and pgBadger, and none',
    'prefix-postgres-1',
    [
      `10.0.0.5 ${pg} [77] app@audifi ERROR:  #a`,
      `10.0.0.5 ${pg} [77] app@audifi STATEMENT:  select 1`,
      `${day(iso)} ${clock(iso).slice(0, 8)} UTC-6543210f.4d-WARNING:  #b`,
      `${pg} [77]: user=app,db=audifi,app=My reports at night,client=10.0.0.5 ERROR:  #c`,
      `${pg} [77]: user=app,db=audifi,app=My reports at night,client=10.0.0.5 HINT:  none`,
      'LOG:  #d',
    ],
    { mark: '#a', level: 'error', parseError: 'none', count: 2, ownTime: true },
    { mark: '#b', level: 'warn', parseError: 'none' },
    { mark: '#c', level: 'error', parseError: 'none', count: 2, ownTime: true },
    { mark: '#d', level: 'info', parseError: 'none' },
  );
  add(
    'heads: csvlog and jsonlog',
    'csv-postgres-1',
    [
      `${pg},"app","audifi",77,"10.0.0.5:50412",654.4d,1,"SELECT",${pg},3/4,0,ERROR,42P01,"#a",,,,,,"select 1",15,,"psql","client backend",,0`,
      `${pg},,,1,,654.1,2,,${pg},,0,LOG,00000,"#b",,,,,,,,,"","postmaster",,0`,
      json({ timestamp: pg, pid: 77, error_severity: 'FATAL', message: '#c' }),
    ],
    { mark: '#a', level: 'error', parseError: 'none', ownTime: true },
    { mark: '#b', level: 'info', parseError: 'none', ownTime: true },
    { mark: '#c', level: 'error', parseError: 'none', ownTime: true },
  );
  add(
    'heads: Patroni between',
    'patroni-postgres-1',
    [
      `${pg} [77] LOG:  #a`,
      `${day(iso)} ${clock(iso).replace('.', ',')} INFO: no action. #b`,
      `${day(iso)} ${clock(iso).replace('.', ',')} ERROR: #c`,
      `${pg} [77] LOG:  #d`,
    ],
    { mark: '#a', level: 'info', ownTime: true },
    { mark: '#b', level: 'info', parseError: 'none' },
    { mark: '#c', level: 'error', parseError: 'none' },
    { mark: '#d', level: 'info', ownTime: true },
  );
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

  // Pieces.
  const long = (bytes: number, mark: string): string =>
    json({ level: 'error', timestamp: iso, message: `${mark} ${'x'.repeat(bytes)}`, end: true });
  for (const bytes of [16_300, 40_000, 120_000]) {
    add('pieces of a long line', 'long-api-server-1', [long(bytes, '#x')], {
      ...{ mark: '#x', level: 'error', parseError: 'none', ownTime: true },
    });
  }
  add(
    'pieces of a long message',
    postgres,
    [`${pg} [77] ERROR:  #x ${'y'.repeat(20_000)}`, `${pg} [77] STATEMENT:  ${'z'.repeat(40_000)}`],
    { mark: '#x', level: 'error', parseError: 'none', count: 2, ownTime: true },
  );
  add(
    'letters of several bytes',
    'wide-api-server-1',
    [json({ level: 'warn', message: `#x ${'ä'.repeat(10_000)}` })],
    { mark: '#x', level: 'warn', parseError: 'none' },
  );

  // Names.
  const names: readonly (readonly [string, string])[] = [
    ['audifi-e2e-worker', 'worker'],
    ['audifi_api-server_1', 'api-server'],
    ['audifi-api-server-12', 'api-server'],
    ['audifi_api-server.1.k3x9z7w5q1a8', 'api-server'],
    ['audifi_caddy.z0x4k8m2n6p1q5r9s3t7v1w5y.x2c6v0b4n8m2', 'caddy'],
    ['audifi-worker-run-0a1b2c3d4e5f', 'worker'],
    ['0a1b2c3d4e5f_audifi-ws-server-1', 'ws-server'],
    ['redis:7-alpine/audifi-redis-1', 'redis'],
    ['registry.internal:5000/audifi/api-server:1.2/audifi-api-server-1/5790672ab6a0', 'api-server'],
    ['postgres@sha256:aaaa/audifi-postgres-1', 'postgres'],
    ['audifi-postgresql-1', 'postgres'],
    ['registry.internal/audifi/ws-server:2', 'ws-server'],
    ['wordpress-redis-1', 'wordpress-redis'],
    ['nextcloud_postgres_1', 'nextcloud-postgres'],
    ['audifi-e2e-redis-exporter', 'redis-exporter'],
    ['coredns', 'coredns'],
  ];
  for (const [container, job] of names) {
    const line =
      job === 'postgres'
        ? `${pg} [1] WARNING:  #x`
        : job === 'redis'
          ? `1:M ${redisTime(iso)} # #x`
          : json({ level: 'warn', msg: '#x' });
    const ownTime = ['postgres', 'redis'].includes(job);
    add(`name: ${container}`, container, [line], { mark: '#x', level: 'warn', job, ownTime });
  }
  return table;
}
