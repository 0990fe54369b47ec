import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { prepare } from '../../offline/kit';
import { defaultOptions, defaultSlos, renderRules, type SloSettings } from '../../rules';
import { capture } from '../../scripts/process';

/**
 * Our rules for one objective beside those that sloth generates for it, without its optimisation
 * (which averages ratios and ignores traffic). promtool evaluates both over the same series.
 */
const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];
const folder = mkdtempSync(join(tmpdir(), 'audifi-sloth-'));
let commands: Readonly<Record<string, string>> = {};

const off = { enabled: false };
const onlyAvailability: SloSettings = {
  ...defaultSlos,
  apiLatency: { ...defaultSlos.apiLatency, ...off },
  webSocketDelivery: { ...defaultSlos.webSocketDelivery, ...off },
  stripeWebhooks: { ...defaultSlos.stripeWebhooks, ...off },
  login: { ...defaultSlos.login, ...off },
  uptime: { ...defaultSlos.uptime, ...off },
};

const asked = (matchers: string): string =>
  `sum(rate(http_requests_total{job="api-server"${matchers}}[{{.window}}]))`;
const spec = {
  version: 'prometheus/v1',
  service: 'audifi',
  slos: [
    {
      name: 'api-availability',
      objective: 99.9,
      sli: { events: { error_query: asked(',status=~"5.."'), total_query: asked('') } },
      alerting: { name: 'Sloth', page_alert: {}, ticket_alert: {} },
    },
  ],
};

beforeAll(async () => {
  commands = (await prepare({ need: ['promtool', 'sloth'], log: () => undefined })).commands;
  writeFileSync(join(folder, 'spec.yml'), stringify(spec));
  const exact = { id: 'sloth.dev/core/sli_rules/v1', config: { disableOptimized: true } };
  const { code, stderr } = await capture(commands['sloth'] ?? '', [
    ...['generate', '--input', join(folder, 'spec.yml'), '--out', join(folder, 'sloth.yml')],
    ...['--no-log', '--slo-plugins', JSON.stringify(exact)],
  ]);
  if (code !== 0) throw new Error(stderr);
  const files = renderRules({ ...defaultOptions, slo: onlyAvailability });
  for (const name of ['slo-recording.yml', 'slo.yml']) {
    writeFileSync(join(folder, name), files[name] ?? '');
  }
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Series = Readonly<Record<string, string>>;

/** What promtool says of expressions that have to be true (1); empty if all are. */
async function untrue(
  series: Series,
  expectations: readonly { readonly at: string; readonly expr: string }[],
  evaluationInterval = '1m',
): Promise<string> {
  const test = {
    rule_files: ['slo-recording.yml', 'slo.yml', 'sloth.yml'],
    evaluation_interval: evaluationInterval,
    group_eval_order: [
      ...['slo-windows', 'slo-long-windows', 'slo'],
      ...['sli-recordings', 'meta-recordings', 'alerts'].map(
        (group) => `sloth-slo-${group}-audifi-api-availability`,
      ),
    ],
    tests: [
      {
        interval: '15s',
        input_series: Object.entries(series).map(([status, values]) => ({
          series: `http_requests_total{job="api-server",instance="a:9090",status="${status}"}`,
          values,
        })),
        promql_expr_test: expectations.map(({ at, expr }) => ({
          expr,
          eval_time: at,
          exp_samples: [{ labels: '{}', value: 1 }],
        })),
      },
    ],
  };
  writeFileSync(join(folder, 'test.yml'), stringify(test, { lineWidth: 0 }));
  const args = ['test', 'rules', 'test.yml'];
  const { code, stdout, stderr } = await capture(commands['promtool'] ?? '', args, { cwd: folder });
  return code === 0 ? '' : `${stdout}${stderr}`;
}

const budget = 0.001;
const ratio = (window: string): string =>
  `sum(slo:burn_rate:ratio{slo="api-availability",window="${window}"}) * ${budget}`;
const slothRatio = (window: string): string => `sum(slo:sli_error:ratio_rate${window})`;
/** Both shares of bad events, as far apart as 1 % of them. */
const close = (window: string): string =>
  `abs(${ratio(window)} / ${slothRatio(window)} - 1) < bool 0.01`;

const firing = (alert: string): string => `ALERTS{alertstate="firing",${alert}}`;
const ours = (severity: string): string =>
  firing(`alertname="ApiAvailabilityBudgetBurn",severity="${severity}"`);
const theirs = (severity: string): string =>
  firing(`alertname="Sloth",sloth_severity="${severity}"`);
const edge = (which: 'min' | 'max', alert: string): string =>
  `${which}(${which}_over_time(timestamp(${alert})[9h:1m]))`;
const none = (alert: string): string => `absent(sum(${alert}))`;

describe('an objective', () => {
  // Ten requests a second; one of 10,000 fails for six hours, then 10 % for twenty minutes.
  const outage = {
    '200': '0+150x2000',
    '500': '0+0.015x1440 36.6+15x79 1221.6+0.015x480',
  };

  it('burns in every window as with sloth, before, during and after an outage', async () => {
    const times = ['5h', '6h10m', '6h30m', '8h'];
    const all = times.flatMap((at) => windows.map((window) => ({ at, expr: close(window) })));
    // Our counters are recorded as often as sloth's are scraped, or edges would differ.
    expect(await untrue(outage, all, '15s')).toBe('');
  });

  it('warns in the same minute as sloth, pages three minutes later, and resolves within the five minutes of keep_firing_for', async () => {
    const at = '8h15m';
    // A page waits, so that the alert on an outage comes first.
    const pairs = [
      ['critical', 'page', 180],
      ['warning', 'ticket', 0],
    ] as const;
    const begins = pairs.map(([severity, same, later]) => ({
      at,
      expr: `abs(${edge('min', ours(severity))} - ${edge('min', theirs(same))} - ${later}) <= bool 60`,
    }));
    const ends = `${edge('max', ours('critical'))} - ${edge('max', theirs('page'))}`;
    const kept = [
      { at, expr: `${ends} >= bool 0` },
      { at, expr: `${ends} <= bool 360` },
    ];
    expect(await untrue(outage, [...begins, ...kept])).toBe('');
  });

  it('counts the first errors of a process, which sloth takes for no increase', async () => {
    const first = { '200': '0+150x480', '500': '_x400 90x80' };
    const expectations = [
      { at: '1h42m', expr: `${ratio('1h')} > bool 0.002` },
      { at: '1h42m', expr: `${slothRatio('1h')} == bool 0` },
    ];
    expect(await untrue(first, expectations)).toBe('');
  });

  it('does not page for three failures of a quiet night, for which sloth does', async () => {
    const quiet = { '200': '0x40 1x40 2x400', '500': '0x400 1 2 3x80' };
    const at = '1h42m';
    expect(
      await untrue(quiet, [
        { at, expr: none(ours('critical')) },
        { at, expr: none(ours('warning')) },
        { at, expr: `count(${theirs('page')}) >= bool 1` },
      ]),
    ).toBe('');
  });
});
