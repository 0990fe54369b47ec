import {
  constants,
  idleMiB,
  limits,
  otherTarget,
  recordedShare,
  seriesPerTarget,
} from './constants';
import { listPrices } from './prices';

const title = '## Constants';

/** docs/sizing.md with up-to-date tables at its end (`npm run docs`). */
export function sizingPage(text: string): string {
  const at = text.indexOf(`\n${title}\n`);
  const kept = at === -1 ? text : text.slice(0, at + 1);
  return `${kept.trimEnd()}\n\n${tables().join('\n')}\n`;
}

function tables(): string[] {
  const rows = Object.entries(constants).map(
    ([name, { value, unit, what, basis, source }]) =>
      `| \`${name}\` | ${shown(value)} ${unit} | ${what} | ${basis}: ${source} |`,
  );
  const series = Object.entries(seriesPerTarget).map(
    ([job, count]) => `${job} ${count.toLocaleString('en')}`,
  );
  const idle = Object.entries(idleMiB).map(([name, mib]) => `${name} ${mib}`);
  const { date, source, currency, core, memory, disk, bucket, writes, reads } = listPrices;
  return [
    title,
    '',
    '<!-- `npm run docs` writes this section from scripts/estimate/constants.ts and prices.ts. -->',
    '',
    '| name | value | what it is | basis and source |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    `- **Series per target** (measured, docs/benchmarks.md): ${series.join(', ')}; any other ${otherTarget} (assumed). Recorded series add ${(recordedShare * 100).toFixed(1)} %.`,
    `- **Memory without load** in MiB (docs/benchmarks.md, docs/longterm.md; those of otel-collector, jaeger, cadvisor, grafana, kube-state-metrics and pgbouncer-exporter are assumed): ${idle.join(', ')}.`,
    `- **Limits of one process**: Prometheus ${limits.prometheusMiB / 1024} GiB, Loki ${limits.lokiGBPerDay} GB a day, badger ${limits.badgerSpans} spans/s and ${limits.badgerGB} GB.`,
    `- **Prices** of ${date} in ${currency} a month (${source}): core ${core.toFixed(2)}, GiB of memory ${memory.toFixed(2)}, GB on a volume ${disk}, GB in a bucket ${bucket}, a thousand writing requests ${writes}, a thousand reading ones ${reads}.`,
  ];
}

const shown = (value: number): string =>
  value !== 0 && value < 0.01 ? value.toExponential(1) : value.toLocaleString('en');
