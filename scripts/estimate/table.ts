import { columns } from '../columns';
import type { Advice } from './advice';
import type { Comparison } from './compare';
import type { Estimate } from './estimate';
import { inputs, type InputName, type Inputs } from './load';
import type { Prices } from './prices';

/** The whole text of the command. */
export function estimateText(stack: string, all: Inputs, made: Estimate, prices: Prices): string {
  const { parts, data, money, total, advice } = made;
  const assumed = Object.values(all).filter(({ from }) => from === 'assumed').length;
  const names = Object.keys(inputs) as InputName[];
  const sections = [
    `Load of stack "${stack}" (${assumed} of ${names.length} inputs are assumed)`,
    columns(
      ['INPUT', 'VALUE', '', 'FROM'],
      names.map((name) => {
        const { value, from, why } = all[name];
        return [
          inputs[name].variable,
          figure(value),
          inputs[name].unit,
          why === '' ? from : `${from}: ${why}`,
        ];
      }),
    ),
    columns(
      ['SERVICE', 'INSTANCES', 'CPU', 'MEMORY', 'DISK'],
      [
        ...parts.map((part) => [
          part.name,
          figure(part.instances),
          cores(part.cores),
          memory(part.memoryMiB),
          size(part.diskGB),
        ]),
        ['total', '', cores(total.cores), memory(total.memoryMiB), size(total.diskGB)],
      ],
    ),
    'Per instance; the total is for all instances. Without headroom for peaks.',
    columns(
      ['DATA', 'KEPT', 'WHERE', 'SIZE', 'COPIES'],
      data.map((each) => [
        each.name,
        each.kept,
        each.where,
        size(each.gigabytes),
        each.partOf === undefined ? figure(each.copies) : '',
      ]),
    ),
    columns(
      ['MONEY A MONTH', prices.currency],
      [
        ['CPU and memory', coins(money.compute)],
        ['volumes', coins(money.disk)],
        ...(total.bucketGB === 0
          ? []
          : [
              [`object storage, ${size(total.bucketGB)}`, coins(money.bucket)],
              ['requests to it', coins(money.requests)],
            ]),
        ['total', coins(money.total)],
      ],
    ),
    `Prices of ${prices.date}: ${prices.source}. With a quarter of the memory and a fifth of the volumes free. PRICES=<file> replaces them.`,
    ...adviceText(advice),
    'Formulae, constants and their sources: docs/sizing.md',
  ];
  return `\n${sections.join('\n\n')}\n`;
}

function adviceText(advice: readonly Advice[]): string[] {
  if (advice.length === 0) return ['The settings fit this load.'];
  const list = (kind: Advice['kind'], title: string): string[] => {
    const lines = advice.filter((each) => each.kind === kind);
    if (lines.length === 0) return [];
    return [title, lines.map(({ what, fix }) => `  ${what}\n      ${fix}`).join('\n')];
  };
  return [
    ...list('scale', 'TOO MUCH FOR ONE PROCESS'),
    ...list('setting', 'SETTINGS THAT ARE TOO SMALL'),
  ];
}

/**
 * The comparison with a running stack.
 *
 * @param seconds over which the real figures are averages
 */
export function comparisonText(
  stack: string,
  rows: readonly Comparison[],
  seconds: number,
): string {
  const lines = rows.flatMap(({ what, estimated, real, unit }) =>
    real === undefined
      ? []
      : [
          [
            what,
            withUnit(estimated, unit),
            withUnit(real, unit),
            real === 0 ? '' : `${figure(estimated / real)} ×`,
          ],
        ],
  );
  const unknown = rows.filter(({ real }) => real === undefined).map(({ what }) => what);
  const time = seconds < 3_600 ? `${figure(seconds / 60)} min` : `${figure(seconds / 3_600)} h`;
  const sections = [
    `The running stack "${stack}" (averages of ${time}), and the estimate for its load`,
    columns(['FIGURE', 'ESTIMATE', 'REAL', 'ESTIMATE : REAL'], lines),
    ...(unknown.length === 0 ? [] : [`Its Prometheus does not know: ${unknown.join('; ')}.`]),
  ];
  return `\n${sections.join('\n\n')}\n`;
}

const withUnit = (value: number, unit: string): string =>
  unit === 'GB' ? size(value) || '0 GB' : `${figure(value)} ${unit}`.trim();

/** Two significant digits below 100; whole numbers above. */
export function figure(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return `${Number(value.toPrecision(2))}`;
}

const cores = (value: number): string => value.toFixed(2);
const memory = (mib: number): string =>
  mib >= 1024 ? `${figure(mib / 1024)} GiB` : `${Math.round(mib)} MiB`;
const coins = (value: number): string => value.toFixed(2);
const size = (gb: number): string =>
  gb === 0 ? '' : gb >= 1 ? `${figure(gb)} GB` : `${figure(gb * 1_000)} MB`;
