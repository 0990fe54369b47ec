import { columns } from '../columns';
import { alertsOf, type AlertResult, type RuleResult, type RulesReport } from './check';
import type { SelectorResult } from './existence';
import { heartbeat } from './history';
import { ago } from './words';

/** The most expensive rules that are listed. */
const mostCosts = 10;

/** Rules whose query is rejected, or that need a series that has never existed. */
export const problems = ({ selectors, rules }: RulesReport): number =>
  rules.filter(({ error }) => error !== undefined).length + missing(selectors).length;

const missing = (selectors: readonly SelectorResult[]): readonly SelectorResult[] =>
  selectors.filter(({ existence, selector }) => existence === 'never' && !selector.optional);

/** The report for the terminal. */
export function asText(stack: string, report: RulesReport): string {
  const { selectors, rules } = report;
  const never = missing(selectors);
  const gone = selectors.filter(({ existence }) => existence === 'gone');
  const failed = rules.filter(({ error }) => error !== undefined);
  return [
    `Rules of stack "${stack}" against its Prometheus, over ${history(report)}`,
    '',
    seriesLine(selectors),
    ...titled('Never existed:', never.map(line)),
    ...titled('Existed, but not now:', gone.map(line)),
    ...titled(
      'Refused by Prometheus:',
      failed.map(({ rule, error }) => `${rule.name}: ${error}`),
    ),
    '',
    ...firedText(report),
    '',
    costLine(rules),
    columns(
      ['RULE', 'TIME', 'SAMPLES', 'EVERY'],
      costly(rules).map(({ rule, cost }) => [
        rule.name,
        `${((cost?.seconds ?? 0) * 1000).toFixed(1)} ms`,
        (cost?.samples ?? 0).toLocaleString('en'),
        `${rule.interval} s`,
      ]),
    ),
    '',
  ].join('\n');
}

/** The report as a section of a pull request's comment. */
export function asMarkdown(stack: string, report: RulesReport): string {
  const { selectors, rules } = report;
  const never = missing(selectors);
  const failed = rules.filter(({ error }) => error !== undefined);
  const found = fired(report);
  return [
    `### Rules against ${stack}, over ${history(report)}`,
    '',
    seriesLine(selectors),
    ...never.map((result) => `- ${line(result)}`),
    ...failed.map(({ rule, error }) => `- ${rule.name} is refused: ${error}`),
    '',
    ...(found.length === 0
      ? ['No alert would have fired.', '']
      : [
          '| alert | severity | would have fired | total | longest | now |',
          '| --- | --- | --- | --- | --- | --- |',
          ...found.map((alert) => `| ${cells(alert).join(' | ')} |`),
          '',
        ]),
    '<details><summary>',
    costLine(rules),
    '</summary>',
    '',
    '| rule | time | samples | every |',
    '| --- | --- | --- | --- |',
    ...costly(rules).map(
      ({ rule, cost }) =>
        `| ${rule.name} | ${((cost?.seconds ?? 0) * 1000).toFixed(1)} ms | ${cost?.samples ?? 0} | ${rule.interval} s |`,
    ),
    '',
    '</details>',
    '',
  ].join('\n');
}

/** The section if there is no Prometheus to query. */
export const notChecked = (stack: string, reason: string): string =>
  `### Rules against ${stack}\n\nNot checked, because ${reason.replace(/\nExample: .*/s, '').trim()}\n`;

const history = ({ range, asked }: RulesReport): string => {
  const had = range.end - range.start;
  return had >= asked
    ? ago(asked)
    : `${ago(had)} (there is no older data; ${ago(asked)} requested)`;
};

function seriesLine(selectors: readonly SelectorResult[]): string {
  const of = (wanted: SelectorResult['existence']): number =>
    selectors.filter(({ existence }) => existence === wanted).length;
  const optional = of('never') - missing(selectors).length;
  return (
    `Of ${selectors.length} series selectors, ${of('now')} have series now, ${of('gone')} had series earlier, and ` +
    `${missing(selectors).length} never had any. ${optional + of('new')} have none, which is allowed: their rule tests ` +
    'for absence or has an alternative, or they exist only under a condition.'
  );
}

const line = ({ selector, usedBy, why }: SelectorResult): string =>
  `${selector.text}: ${why} (${usedBy.slice(0, 3).join(', ')}${usedBy.length > 3 ? ', …' : ''})`;

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((text) => `  ${text}`)];

const cells = (alert: AlertResult): string[] => [
  alert.name,
  alert.severity,
  `${alert.times} ×`,
  ago(alert.total),
  ago(alert.longest),
  alert.now ? 'fires' : '',
];

const fired = (report: RulesReport): AlertResult[] =>
  alertsOf(report).filter(({ name, times }) => times > 0 && name !== heartbeat);

function firedText(report: RulesReport): string[] {
  const all = alertsOf(report).filter(({ name }) => name !== heartbeat);
  const found = fired(report);
  const pending = all.filter(({ times, pendings }) => times === 0 && pendings > 0);
  const head = ['ALERT', 'SEVERITY', 'FIRED', 'TOTAL', 'LONGEST', 'NOW'];
  return [
    `Of ${all.length} alerts, ${found.length} would have fired. ` +
      `${pending.length} others were pending but did not fire.`,
    ...(found.length === 0 ? [] : [columns(head, found.map(cells))]),
  ];
}

const costly = (rules: readonly RuleResult[]): readonly RuleResult[] =>
  rules
    .filter(({ cost }) => cost !== undefined)
    .sort((a, b) => (b.cost?.seconds ?? 0) - (a.cost?.seconds ?? 0))
    .slice(0, mostCosts);

/** All rules together, as a share of one core. */
function costLine(rules: readonly RuleResult[]): string {
  const core = rules.reduce((sum, { rule, cost }) => sum + (cost?.seconds ?? 0) / rule.interval, 0);
  const samples = rules.reduce(
    (sum, { rule, cost }) => sum + (cost?.samples ?? 0) / rule.interval,
    0,
  );
  return (
    `One evaluation of all ${rules.length} rules takes ${(core * 100).toFixed(2)} % of a core at ` +
    `their intervals, and reads ${Math.round(samples).toLocaleString('en')} samples per second.`
  );
}
