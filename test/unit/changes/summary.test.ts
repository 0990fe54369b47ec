import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import type { Change, Inputs } from '../../../scripts/changes/change';
import { withHiddenFiles } from '../../../scripts/changes/hidden';
import { changesBetween } from '../../../scripts/changes/recorded';
import { asMarkdown, asText, summarise } from '../../../scripts/changes/summary';
import { encrypted } from '../../../policy/values';

/** Changed files of one service, on Docker or on Kubernetes. */
const onDocker = (was: unknown, now: unknown, path = '/etc/x/rules.yml'): Change => {
  const side = (content: unknown): Inputs => ({
    start: false,
    uploads: [{ file: path, content: stringify(content) }],
  });
  return {
    ...{ type: 'docker:index/container:Container', name: 'x-config', op: 'replace' },
    ...{ old: side(was), new: side(now) },
  };
};
const onKubernetes = (was: unknown, now: unknown): Change => {
  const side = (content: unknown): Inputs => ({ data: { 'etc_x_rules.yml': stringify(content) } });
  return {
    ...{ type: 'kubernetes:core/v1:ConfigMap', name: 'x', op: 'replace' },
    ...{ old: side(was), new: side(now) },
  };
};

const rulesOf = (...rules: readonly object[]): object => ({ groups: [{ name: 'g', rules }] });
const alert = (more: object = {}): object => ({
  ...{ alert: 'Slow', expr: 'rate(x[5m]) > 0.05', for: '5m' },
  labels: { severity: 'warning' },
  annotations: { summary: 'Slow on {{ $labels.job }}: {{ $value | humanize }}' },
  ...more,
});

const lines = (title: string, ...changes: readonly Change[]): readonly string[] =>
  summarise(changes).find((section) => section.title === title)?.lines ?? [];

describe('alerts', () => {
  const cases: readonly (readonly [what: string, was: object[], now: object[], lines: string[]])[] =
    [
      [
        'a threshold',
        [alert()],
        [alert({ expr: 'rate(x[5m]) > 0.1' })],
        ['~ Slow: > 0.05 → > 0.1'],
      ],
      [
        'a window and a threshold',
        [alert()],
        [alert({ expr: 'rate(x[10m]) > 0.1' })],
        ['~ Slow: 5m → 10m; > 0.05 → > 0.1'],
      ],
      ['how long', [alert()], [alert({ for: '10m' })], ['~ Slow: for 5m → 10m']],
      ['at once', [alert()], [alert({ for: undefined })], ['~ Slow: for 5m → none']],
      [
        'the severity',
        [alert()],
        [alert({ labels: { severity: 'critical' } })],
        ['~ Slow: label severity warning → critical'],
      ],
      [
        'another label',
        [alert()],
        [alert({ labels: { severity: 'warning', team: 'web' } })],
        ['~ Slow: label team none → web'],
      ],
      [
        'the texts alone',
        [alert()],
        [alert({ annotations: { summary: 'Other' } })],
        ['~ other texts: Slow'],
      ],
      [
        'another expression',
        [alert()],
        [alert({ expr: 'rate(y[5m]) > 0.05' })],
        ['~ Slow: other expression, rate(y[5m]) > 0.05'],
      ],
      [
        'spaces in the expression',
        [alert()],
        [alert({ expr: 'rate(x[5m])\n  > 0.05' })],
        ['~ other texts: Slow'],
      ],
      ['a new one', [], [alert()], ['+ Slow (warning, after 5m): Slow on <job>: …']],
      ['one less', [alert()], [], ['- Slow (warning, after 5m): Slow on <job>: …']],
      [
        'one less of several of one name',
        [alert(), alert({ expr: 'y > 1' }), alert({ expr: 'z > 1' })],
        [alert(), alert({ expr: 'z > 1' })],
        ['- Slow (warning, after 5m): Slow on <job>: …'],
      ],
      [
        'many other expressions',
        ['a', 'b', 'c', 'd'].map((name) => alert({ alert: name, expr: 'x' })),
        ['a', 'b', 'c', 'd'].map((name) => alert({ alert: name, expr: 'y' })),
        ['~ other expressions: a, b, c, d'],
      ],
      ['no change', [alert()], [alert()], []],
    ];
  it.each(cases)('%s', (_, was, now, expected) => {
    expect(lines('Alerts', onDocker(rulesOf(...was), rulesOf(...now)))).toEqual(expected);
    expect(lines('Alerts', onKubernetes(rulesOf(...was), rulesOf(...now)))).toEqual(expected);
  });

  it('are not listed if they only move to another file', () => {
    const file = (content: object, path: string): object => ({
      file: path,
      content: stringify(content),
    });
    const change: Change = {
      ...{ type: 'docker:index/container:Container', name: 'x-config', op: 'replace' },
      old: { start: false, uploads: [file(rulesOf(alert()), '/a.yml'), file(rulesOf(), '/b.yml')] },
      new: { start: false, uploads: [file(rulesOf(), '/a.yml'), file(rulesOf(alert()), '/b.yml')] },
    };
    expect(summarise([change])).toEqual([]);
  });

  it('include recording rules', () => {
    const record = (expr: string): object => rulesOf({ record: 'job:x:sum', expr });
    expect(lines('Recording rules', onDocker(record('sum(x)'), record('sum(y)')))).toEqual([
      '~ job:x:sum',
    ]);
  });
});

describe('notifications', () => {
  const config = (more: object = {}, route: object = {}): object => ({
    route: {
      ...{ receiver: 'web', group_wait: '30s' },
      routes: [{ receiver: 'pager', matchers: ['severity = critical'], ...route }],
    },
    receivers: [
      { name: 'web', slack_configs: [{ channel: '#a' }] },
      { name: 'pager', ...more },
    ],
  });

  it('lists receivers with their integrations', () => {
    const paged = { pagerduty_configs: [{ routing_key_file: '/k' }] };
    expect(lines('Notifications', onDocker(config(), config(paged)))).toEqual([
      '~ receiver pager: notifies nobody → pagerduty',
    ]);
  });

  it('lists routes with their timings', () => {
    expect(
      lines('Notifications', onKubernetes(config(), config({}, { repeat_interval: '1h' }))),
    ).toEqual([
      '+ route severity = critical → pager (repeat_interval 1h)',
      '- route severity = critical → pager',
    ]);
  });

  it('lists the resources in PagerDuty', () => {
    const change: Change = {
      ...{ type: 'pagerduty:index/serviceIntegration:ServiceIntegration', name: 'events' },
      ...{ op: 'create', new: {} },
    };
    const other = onDocker(config(), config());
    expect(lines('Notifications', change, other)).toEqual([
      '+ PagerDuty service integration events',
    ]);
  });
});

describe('retention', () => {
  it('lists metrics, logs and traces', () => {
    const prometheus = (time: string): Inputs => ({
      command: ['--config.file=/x', `--storage.tsdb.retention.time=${time}`],
    });
    const loki = (period: string): object => ({
      limits_config: {
        retention_period: '14d',
        retention_stream: [{ selector: '{level="error"}', period }],
      },
    });
    const jaeger = (spans: string): object => ({
      extensions: { jaeger_storage: { backends: { main: { badger: { ttl: { spans } } } } } },
    });
    const metrics: Change = {
      ...{ type: 'docker:index/container:Container', name: 'prometheus', op: 'replace' },
      ...{ old: prometheus('15d'), new: prometheus('30d') },
    };
    expect(
      lines(
        'Retention',
        ...[metrics, onDocker(loki('90d'), loki('30d'), '/etc/loki/loki.yaml')],
        onKubernetes(jaeger('604800s'), jaeger('36000s')),
      ),
    ).toEqual([
      '~ prometheus retention.time 15d → 30d',
      '~ logs {level="error"} 90d → 30d',
      '~ traces 7d → 10h',
    ]);
  });

  it('lists a volume once for all instances', () => {
    const claim = (storage: string): Inputs => ({ spec: { resources: { requests: { storage } } } });
    const changes = [0, 1].map((ordinal): Change => ({
      ...{ type: 'kubernetes:core/v1:PersistentVolumeClaim', name: `loki-data-${ordinal}` },
      ...{ op: 'update', old: claim('10Gi'), new: claim('20Gi') },
    }));
    expect(lines('Retention', ...changes)).toEqual(['~ volume loki-data 10Gi → 20Gi']);
  });
});

describe('panels', () => {
  const dashboard = (...panels: readonly object[]): Inputs => ({
    configJson: JSON.stringify({ title: 'AudiFi / API', panels }),
  });
  const change = (was: Inputs | undefined, now: Inputs | undefined): Change => ({
    ...{ type: 'grafana:oss/dashboard:Dashboard', name: 'api' },
    op: was === undefined ? 'create' : now === undefined ? 'delete' : 'update',
    ...{ old: was, new: now },
  });
  const panel = (title: string, more: object = {}): object => ({ type: 'stat', title, ...more });
  const other = onDocker({}, {});

  it('are listed as added, removed or changed', () => {
    const was = dashboard(panel('A', { gridPos: { x: 0 } }), panel('B'), panel('C'));
    const row = { type: 'row', title: 'More', panels: [panel('D')] };
    const now = dashboard(panel('C', { unit: 's' }), panel('A', { gridPos: { x: 9 }, id: 7 }), row);
    expect(lines('Panels', change(was, now))).toEqual([
      '+ AudiFi / API: D',
      '- AudiFi / API: B',
      '~ AudiFi / API: C',
    ]);
  });

  it('are counted for a whole dashboard', () => {
    const all = dashboard(panel('A'), panel('A'));
    expect(lines('Panels', change(undefined, all), other)).toEqual(['+ AudiFi / API: 2 panels']);
    expect(lines('Panels', change(all, undefined))).toEqual(['- AudiFi / API: 2 panels']);
  });
});

describe('services', () => {
  const controller = (kind: string, was: Inputs, now: Inputs, name = 'prometheus'): Change => ({
    ...{ type: `kubernetes:apps/v1:${kind}`, name, op: 'update' },
    ...{ old: { spec: was }, new: { spec: now } },
  });
  const template = (image: string): Inputs => ({
    spec: { terminationGracePeriodSeconds: 60, containers: [{ name: 'x', image }] },
  });

  it.each([
    [
      'StatefulSet',
      {},
      /^~ prometheus: its pod stops within 60 s, and a new one starts; meanwhile no metrics/,
    ],
    [
      'StatefulSet',
      { replicas: 2 },
      /one pod at a time: each stops within 60 s while the others serve$/,
    ],
    ['Deployment', {}, /no gap: the new pod is ready before the old one stops$/],
    ['Deployment', { strategy: { type: 'Recreate' } }, /its pod stops within 60 s/],
    ['DaemonSet', {}, /pods are replaced one node at a time/],
  ])('%s %j whose pods change', (kind, spec, says) => {
    const change = controller(
      kind,
      { ...spec, template: template('a:1') },
      { ...spec, template: template('a:2') },
    );
    expect(lines('Services', change)).toEqual([expect.stringMatching(says)]);
  });

  it('do not restart if only replicas change', () => {
    const same = template('a:1');
    const change = controller(
      'StatefulSet',
      { replicas: 1, template: same },
      { replicas: 2, template: same },
    );
    expect(lines('Services', change)).toEqual([]);
  });

  it('restart once if a mounted file changes', () => {
    const type = 'docker:index/container:Container';
    const files: Change = {
      type,
      name: 'loki-files',
      op: 'replace',
      old: { start: false },
      new: { start: false },
    };
    const service: Change = {
      type,
      name: 'loki',
      op: 'replace',
      old: { destroyGraceSeconds: 60 },
      new: {},
    };
    expect(lines('Services', files)).toEqual([
      expect.stringMatching(/^~ loki: restarts with changed files; meanwhile no logs/),
    ]);
    expect(lines('Services', files, service)).toEqual([
      expect.stringMatching(/^~ loki: stops within 60 s/),
    ]);
  });
});

describe('files in containers', () => {
  const type = 'docker:index/container:Container';
  const mark = '4dabf18193072939515e22adb298388d';
  const uploads = (expr: string): unknown[] => [
    { file: '/rules.yml', content: stringify(rulesOf(alert({ expr }))) },
    {
      file: '/token.yml',
      content: 'groups: [{ rules: [{ alert: Secret, expr: x }] }]',
      permissions: '0400',
    },
  ];

  it('are compared between state and program, except secret ones', () => {
    const change: Change = {
      ...{ type, name: 'x-files', op: 'replace' },
      ...{ old: { start: false, uploads: encrypted }, new: { start: false, uploads: encrypted } },
    };
    const secret = { [mark]: 'secret', plaintext: JSON.stringify(uploads('x > 1')) };
    const state = {
      deployment: {
        resources: [{ type, urn: 'urn:pulumi:dev::p::t::x-files', inputs: { uploads: secret } }],
      },
    };
    const declared = [{ type, name: 'x-files', inputs: { uploads: uploads('x > 2') } }];
    expect(lines('Not shown', change)).toHaveLength(1);
    const filled = withHiddenFiles([change], state, declared);
    expect(lines('Alerts', ...filled)).toEqual(['~ Slow: > 1 → > 2']);
    expect(lines('Not shown', ...filled)).toEqual([]);
    expect(JSON.stringify(filled)).not.toContain('Secret');
  });
});

describe('two versions of the program', () => {
  const type = 'kubernetes:core/v1:ConfigMap';
  it('are compared by name', () => {
    const before = [
      { type, name: 'a', inputs: { x: 1, y: 2 } },
      { type, name: 'b', inputs: {} },
    ];
    const after = [
      { type, name: 'a', inputs: { y: 2, x: 1 } },
      { type, name: 'c', inputs: {} },
    ];
    expect(changesBetween(before, after).map(({ op, name }) => `${op} ${name}`)).toEqual([
      'create c',
      'delete b',
    ]);
  });
});

describe('the output', () => {
  it('is short without changes', () => {
    expect(asText('dev', [])).toBe('Changes that people notice (dev): none.\n');
    expect(asMarkdown('dev', [])).toContain('No changes that people notice.');
  });

  it('only counts the parts of a new stack, except retention', () => {
    const change: Change = { ...onDocker({}, rulesOf(alert())), op: 'create', old: undefined };
    expect(summarise([change])).toEqual([{ title: 'Alerts', lines: ['+ 1'] }]);
  });

  it('is truncated, with the number of omitted lines', () => {
    const many = Array.from({ length: 20 }, (_, i) => `${i % 2 === 0 ? '+' : '-'} ${i}`);
    const text = asText('dev', [{ title: 'Alerts', lines: many }]);
    expect(text.trimEnd().split('\n')).toHaveLength(13);
    expect(text).toMatch(/and more: \+ 4, - 5\n$/);
  });

  it('escapes rules in Markdown, and folds the resources', () => {
    const text = asMarkdown('dev', [{ title: 'Alerts', lines: ['~ `@all` <b>'] }], 'a\n```\nb');
    expect(text).toContain('- `` ~ `@all` <b> ``');
    expect(text).toContain(
      "<details><summary>Resources</summary>\n\n```diff\na\n'''\nb\n```\n\n</details>",
    );
  });
});
