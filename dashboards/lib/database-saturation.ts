import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { bottomk, by, selector, sum, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { instance, job, unscraped } from './database-common';
import { runbook } from './links';
import { lines, top } from './panels';
import { instant, range } from './queries';

/** Saturation of PostgreSQL: table sizes, use of indexes, cache, and PgBouncer's pool. */
export const saturationRow = (options: DashboardOptions): Row => ({
  title: 'Saturation',
  height: 9,
  panels: [
    [8, indexUsage()],
    [8, indexCache()],
    [8, unusedIndexes()],
    [12, tableSizes()],
    [12, pooler(options)],
  ],
});

function tableSizes(): Panel {
  const size = sum(['relname'], selector('relname:pg_size_bytes:sum', { instance }));
  return top({
    title: 'Table Sizes',
    shows: 'Size of the 15 largest tables with their indexes.',
    good: 'Grows with the number of customers.',
    otherwise:
      'Grows faster: a queue that is never emptied, or dead rows that vacuum does not remove.',
    unit: 'bytes',
    queries: [instant(topk(15, size), '{{relname}}')],
    empty: unscraped,
  });
}

function indexUsage(): Panel {
  const worst = selector('relname:pg_index_scans:bottomk5_ratio_rate5m', { instance });
  const all = by('min', [], selector('instance:pg_index_scans:ratio_rate5m', { instance }));
  return lines({
    title: 'Index Usage',
    shows:
      'Share of scans that use an index: the five lowest tables at each point in time, and all ' +
      'tables together.',
    good: 'Near 100 % for large tables.',
    otherwise:
      'A large table (Table Sizes) below 95 %: an index is missing. Small tables are ' +
      'scanned fully, which is faster.',
    unit: 'share',
    queries: [
      range(bottomk(5, by('min', ['relname'], worst)), '{{relname}}'),
      range(all, 'all tables'),
    ],
    empty: `No tables were read in this time range. Or: ${unscraped}`,
    max: 1,
    low: true,
  });
}

function unusedIndexes(): Panel {
  const size = by(
    'max',
    ['relname', 'indexrelname'],
    selector('pg_unused_index_size_bytes', { job, instance }),
  );
  return top({
    title: 'Unused Indexes',
    shows:
      'Size of the ten largest indexes that no query has used since the statistics were last reset.',
    good: 'None, or only new ones.',
    otherwise:
      'Each one slows down every write. Drop it, unless a replica or a rare report uses it.',
    unit: 'bytes',
    queries: [instant(topk(10, size), '{{relname}}.{{indexrelname}}')],
    empty: `All indexes were used. Or: ${unscraped}`,
  });
}

function indexCache(): Panel {
  const worst = selector('relname:pg_index_hits:bottomk5_ratio_rate5m', { instance });
  const whole = by('min', [], selector('instance:pg_cache_hits:ratio_rate5m', { instance }));
  return lines({
    title: 'Index Cache Hits',
    shows:
      'Share of index blocks found in memory: the five lowest tables at each point in time, and the whole cache.',
    good: 'Above 99 %.',
    otherwise: 'Below: the indexes in use are larger than shared_buffers.',
    unit: 'share',
    queries: [
      range(bottomk(5, by('min', ['relname'], worst)), '{{relname}}'),
      range(whole, 'whole cache'),
    ],
    empty: `Nothing was read in this time range. Or: ${unscraped}`,
    from: 0.9,
    max: 1,
    low: true,
  });
}

function pooler(options: DashboardOptions): Panel {
  const [active, waiting] = [
    sum(['database'], selector('database:pgbouncer_clients_active:sum')),
    sum(['database'], selector('database:pgbouncer_clients_waiting:sum')),
  ];
  return lines({
    title: 'Clients of PgBouncer',
    shows:
      'Clients of PgBouncer with a server connection, and clients that wait for one, by database.',
    good: 'None waits.',
    otherwise:
      'Waiting clients: the pool is exhausted. Its connections are busy (Lock Waits, Slow ' +
      'Queries), or it is too small.',
    unit: 'count',
    queries: [range(active, '{{database}}'), range(waiting, '{{database}} waiting')],
    empty: 'No PgBouncer is monitored (setting pgbouncer.host).',
    links: [runbook(options, 'PgbouncerClientsBlocked')],
  });
}
