import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { bottomk, by, selector, sum, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { runbook } from './links';
import { lines, top } from './panels';
import { instant, range } from './queries';
import { chosen } from './variables';

const job = 'postgres';
const instance = chosen('instance');
const unscraped = 'PostgreSQL does not answer, or its exporter is not scraped (Overview).';

/** Does PostgreSQL have room, do its indexes do their work, and does the pool in front of it have connections? */
export const saturationRow = (options: DashboardOptions): Row => ({
  title: 'Saturation',
  height: 9,
  panels: [
    [12, indexUsage()],
    [12, unusedIndexes()],
    [12, indexCache()],
    [12, tableSizes()],
    [24, pooler(options)],
  ],
});

function tableSizes(): Panel {
  const size = sum(['relname'], selector('relname:pg_size_bytes:sum', { instance }));
  return top({
    title: 'Table Sizes',
    shows: 'Space of the 15 largest tables with their indexes.',
    good: 'Grows with the customers.',
    otherwise:
      'Grows by itself: a queue that nobody empties, or dead rows that vacuum does not reach.',
    unit: 'bytes',
    queries: [instant(topk(15, size), '{{relname}}')],
    empty: unscraped,
  });
}

function indexUsage(): Panel {
  const worst = selector('relname:pg_index_scans:bottomk5_ratio_rate5m', { instance });
  const all = by('min', [], selector('datname:pg_index_scans:ratio_rate5m', { instance }));
  return lines({
    title: 'Index Usage',
    shows:
      'Share of scans that use an index: the five lowest tables at each time, and all tables together.',
    good: 'Near 100 % for large tables.',
    otherwise:
      'A large table (Table Sizes) below 95 %: an index is missing. Small tables are read as a whole, which is quicker.',
    unit: 'share',
    queries: [
      range(bottomk(5, by('min', ['relname'], worst)), '{{relname}}'),
      range(all, 'all tables'),
    ],
    empty: `No table was read in this time. Or: ${unscraped}`,
    max: 1,
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
      'Space of the ten largest indexes that no query has used since the statistics of this server began.',
    good: 'None, or only new ones.',
    otherwise: 'Each slows every write. Drop it, unless a replica or a yearly report uses it.',
    unit: 'bytes',
    queries: [instant(topk(10, size), '{{relname}}.{{indexrelname}}')],
    empty: `Every index was used. Or: ${unscraped}`,
  });
}

function indexCache(): Panel {
  const worst = selector('relname:pg_index_hits:bottomk5_ratio_rate5m', { instance });
  const whole = by('min', [], selector('datname:pg_cache_hits:ratio_rate5m', { instance }));
  return lines({
    title: 'Index Cache Hits',
    shows:
      'Share of index blocks found in memory: the five lowest tables at each time, and the whole cache.',
    good: 'Above 99 %.',
    otherwise: 'Below: the indexes in use are larger than shared_buffers.',
    unit: 'share',
    queries: [
      range(bottomk(5, by('min', ['relname'], worst)), '{{relname}}'),
      range(whole, 'whole cache'),
    ],
    empty: `Nothing was read in this time. Or: ${unscraped}`,
    from: 0.9,
    max: 1,
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
      'Clients that have a connection of PostgreSQL, and those that wait for one, by database.',
    good: 'None waits.',
    otherwise:
      'Waiting: the pool is full. Its connections are busy (Lock Waits, Slow Queries), or too few.',
    unit: 'count',
    queries: [range(active, '{{database}}'), range(waiting, '{{database}} waiting')],
    empty: 'No PgBouncer is watched (setting pgbouncer.host).',
    links: [runbook(options, 'PgbouncerClientsBlocked')],
  });
}
