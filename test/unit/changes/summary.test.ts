import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import type { Change, Inputs } from '../../../scripts/changes/change';
import { withHiddenFiles } from '../../../scripts/changes/hidden';
import { changesBetween } from '../../../scripts/changes/recorded';
import { asMarkdown, asText, summarise } from '../../../scripts/changes/summary';
import { signature } from '../../../policy/events';
import { encrypted } from '../../../policy/values';
import { lines, onDocker, onKubernetes } from '../../lib/changes';

const rulesOf = (...rules: readonly object[]): object => ({ groups: [{ name: 'g', rules }] });
const alert = (more: object = {}): object => ({
  ...{ alert: 'Slow', expr: 'rate(x[5m]) > 0.05', for: '5m' },
  labels: { severity: 'warning' },
  annotations: { summary: 'Slow on {{ $labels.job }}: {{ $value | humanize }}' },
  ...more,
});

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

  it('are listed once for all replicas on Docker', () => {
    const replica = (name: string): Change => ({
      ...onDocker(rulesOf(alert()), rulesOf(alert({ for: '10m' }))),
      name,
    });
    expect(lines('Alerts', replica('prometheus-files'), replica('prometheus-2-files'))).toEqual([
      '~ Slow: for 5m → 10m',
    ]);
  });

  it('include recording rules', () => {
    const record = (expr: string): object => rulesOf({ record: 'job:x:sum', expr });
    expect(lines('Recording rules', onDocker(record('sum(x)'), record('sum(y)')))).toEqual([
      '~ job:x:sum',
    ]);
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

describe('files in containers', () => {
  const type = 'docker:index/container:Container';
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
    const secret = { [signature]: 'secret', plaintext: JSON.stringify(uploads('x > 1')) };
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
    expect(summarise([change], { isNew: true })).toEqual([{ title: 'Alerts', lines: ['+ 1'] }]);
  });

  it('has all lines if a change only adds to a stack', () => {
    const change: Change = { ...onDocker({}, rulesOf(alert())), op: 'create', old: undefined };
    expect(lines('Alerts', change)).toEqual(['+ Slow (warning, after 5m): Slow on <job>: …']);
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
