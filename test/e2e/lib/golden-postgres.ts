import { clock, day, type GoldenTable, json } from './golden-table';

/** Entries of PostgreSQL, by language, prefix and log format. */
export function postgresEntries({ add, iso, at, pg }: GoldenTable): void {
  const cet = `${day(at(1))} ${clock(at(1))} CET`;
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
      ` ${pg} [61] LOG:  #e`,
      `${day(iso)} ${clock(iso).slice(0, 8)} UTC-6543210f.4d-WARNING:  #b`,
      `${pg} [77]: user=app,db=audifi,app=My reports at night,client=10.0.0.5 ERROR:  #c`,
      `${pg} [77]: user=app,db=audifi,app=My reports at night,client=10.0.0.5 HINT:  none`,
      'LOG:  #d',
    ],
    { mark: '#a', level: 'error', parseError: 'none', count: 2, ownTime: true },
    { mark: '#e', level: 'info', parseError: 'none', ownTime: true },
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
}
