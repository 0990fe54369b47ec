import { cpus, totalmem } from 'node:os';
import { dated, median, type Section, summary } from './statistics';

/**
 * The text of docs/benchmarks.md.
 *
 * @param more lines after the sections
 * @param standIns parts of the offline kit that replace released ones
 */
export function report(
  sections: readonly Section[],
  more: readonly string[],
  standIns: readonly string[],
): string {
  const lines = [
    '# Benchmarks',
    '',
    'Written by `make bench`, or for one section by `PART=… make bench`. Compared commands ran alternately in one session. Values are medians,',
    'with the lowest and the highest. Seconds depend on the machine; ratios are comparable.',
    '',
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}.`,
    standIns.length === 0
      ? 'All parts were released ones.'
      : `Stand-ins in this run: ${standIns.join(', ')}.`,
    '',
  ];
  const measured = [...sections.flatMap(sectionLines), ...more];
  return [...lines, ...dated(measured, new Date())].join('\n');
}

/** A section in Markdown: a table of the series, and the ratios. */
export function sectionLines({ title, how, series, ratios }: Section): string[] {
  const compared = ratios.flatMap(({ of, to, aim }) => {
    const [a, b] = [series[of], [to].flat().flatMap((i) => series[i] ?? [])];
    if (a === undefined || b.length === 0) return [];
    const base = b.reduce((sum, { values }) => sum + median(values), 0);
    const ratio = (median(a.values) / base).toFixed(2);
    const names = b.map(({ name }) => name).join(' + ');
    const wanted = aim === undefined ? '' : ` (target: at most ${aim})`;
    return [`- ${a.name} : ${b.length > 1 ? `(${names})` : names} = **${ratio}**${wanted}`];
  });
  return [
    ...[`## ${title}`, '', how, '', '| | median | lowest – highest |', '| --- | --- | --- |'],
    ...[...series.map(summary), '', ...compared],
    ...(compared.length > 0 ? [''] : []),
  ];
}

/** The section on memory. @param memory cells of each row */
export const memoryLines = (memory: readonly string[][]): string[] => [
  '## Memory of the development stack',
  '',
  'One minute after the start, with the reference application and its traffic (20 requests/s, 20 viewers), without queries to Prometheus or Loki.',
  '',
  '| container | memory of its limit | CPU |',
  '| --- | --- | --- |',
  ...memory.map((cells) => `| ${cells.join(' | ')} |`),
  '',
];
