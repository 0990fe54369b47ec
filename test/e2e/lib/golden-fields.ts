import { textLevels, timeValues } from './golden-formats';
import { api, clock, day, type GoldenTable, json } from './golden-table';

/** Times in the fields and texts of services. */
export function times({ add, now, iso, at, redisTime }: GoldenTable): void {
  const values: readonly (readonly [string, unknown, boolean])[] = [
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
  for (const [why, time, ownTime] of values) {
    const line = json({ level: 'warn', time, msg: '#x' });
    add(`time: ${why}`, api, [line], { mark: '#x', level: 'warn', parseError: 'none', ownTime });
  }
  const seconds = Math.floor(now.getTime() / 1000);
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
  add('time: Redis in UTC', 'audifi-e2e-redis', [`1:M ${redisTime(iso)} * #x`], {
    ...{ mark: '#x', level: 'info', job: 'redis', parseError: 'none', ownTime: true },
  });
  add(
    'level: logfmt of Valkey, and an error of the configuration',
    'audifi-e2e-redis',
    [
      'pid=1 role=primary timestamp="29 Nov 2026 20:11:31.123" level=warning message="#x"',
      '*** FATAL CONFIG FILE ERROR (Redis 7.2.4) *** #y',
    ],
    { mark: '#x', level: 'warn', job: 'redis', parseError: 'none' },
    { mark: '#y', level: 'error', job: 'redis', parseError: 'none' },
  );
  add('time: Redis in another zone', 'audifi-e2e-redis', [`1:M ${redisTime(at(3))} # #x`], {
    ...{ mark: '#x', level: 'warn', job: 'redis', parseError: 'none' },
  });
}

/** Levels in the fields of JSON. */
export function levelsInJson({ add }: GoldenTable): void {
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
}

/** Levels in text. */
export function levelsInText({ add }: GoldenTable): void {
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
    ['redis 09:12:33.48 WARN  ==> #x', 'warn'],
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
}

/** Requests of Caddy, whose status decides the level. */
export function requests({ add, now }: GoldenTable): void {
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
}
