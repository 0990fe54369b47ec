import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentOf } from '../../components/deployment';
import { checkSettings } from '../../components/settings/check';
import { settingsSchema } from '../../components/settings/schema';
import { readStackFile } from '../../scripts/stack-files';
import { assertReadable } from '../../scripts/stack/readable';
import { openSettings, shapeOf } from '../../scripts/stack-settings';
import fc, { runs } from '../lib/fast-check';
import { type Tree, texts } from '../lib/pulumi-config';
import { accepted } from '../lib/settings-arbitrary';

const file = (config: Record<string, unknown>) => ({
  config: Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`audifi-observability:${key}`, value]),
  ),
});
const open = (config: Record<string, unknown>) => openSettings(file(config));

/** The same values as `pulumi config set` or YAML with quotes may write them. */
function otherForms(value: unknown, choices: Iterator<number>, depth = 0): unknown {
  const other = choices.next().value === 0;
  if (typeof value === 'number' || typeof value === 'boolean') return other ? `${value}` : value;
  if (typeof value === 'string') {
    // At the top level, the CLI never changes a text.
    return other && depth > 1 && /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const inner = (one: unknown): unknown => otherForms(one, choices, depth + 1);
  const copy = Array.isArray(value)
    ? value.map(inner)
    : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]));
  return other && depth === 1 ? JSON.stringify(copy) : copy;
}

describe('settings of a stack file', () => {
  // `pulumi config set referenceApp false` writes a string.
  it('are the same if written by hand or by pulumi config set', () => {
    expect(open({ referenceApp: 'false', prometheus: '{"port": 19190}' })).toMatchObject({
      referenceApp: false,
      prometheus: { port: 19190 },
    });
    expect(open({ referenceApp: false })).toMatchObject({ referenceApp: false });
  });

  it('may have keys without the name of the project, which the engine adds', () => {
    const root = mkdtempSync(join(tmpdir(), 'stack-settings-'));
    try {
      writeFileSync(
        join(root, 'Pulumi.x.yaml'),
        "config: { platform: kubernetes, 'docker:host': a, prometheus: { replicas: 2 } }",
      );
      const stack = readStackFile('x', root);
      expect(Object.keys(stack.config)).toEqual([
        ...['audifi-observability:platform', 'docker:host', 'audifi-observability:prometheus'],
      ]);
      expect(shapeOf(stack)).toMatchObject({ platform: 'kubernetes', prometheus: { replicas: 2 } });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('have the waits of Alertmanager that the stack has', () => {
    const settings = open({ prometheus: { evaluationInterval: '30s' } });
    expect(settings?.alertmanager.critical.groupWait).toBe('30s');
  });

  it('have dummies that the settings accept for encrypted values', () => {
    const settings = open({
      grafanaAdminPassword: { secure: 'v1:x' },
      uptime: { checks: [{ name: 'a', url: { secure: 'v1:x' } }] },
    });
    expect(settings?.grafanaAdminPassword).toMatch(/^<secret:/);
    expect(settings?.uptime.checks).toHaveLength(1);
  });

  // `make up` ends the silences of Alertmanager that the settings do not have.
  it.each(['name', 'comment', 'author'])('keep a silence with a number as its %s', (key) => {
    const silence = {
      ...{ name: 'disk', matchers: ['alertname=A'], comment: 'why', author: 'ada' },
      ...{ from: '2026-12-24T22:00:00Z', to: '2026-12-25T02:00:00Z', [key]: 4711 },
    };
    const { silences } = shapeOf(file({ alertmanager: { silences: [silence] } })).alertmanager;
    expect(silences).toEqual([{ ...silence, [key]: '4711' }]);
  });

  it('are those of the program in every form in which a value is accepted', () => {
    fc.assert(
      fc.property(accepted(settingsSchema), fc.infiniteStream(fc.nat(3)), (tree, choices) => {
        const config = otherForms(tree, choices) as Tree;
        const values = texts(config);
        const { parsed } = checkSettings({ stack: 'dev', values, secretKeys: new Set() });
        expect(shapeOf(file(config))).toEqual(parsed);
        const isValid = settingsSchema.safeParse(tree).success;
        expect(open(config)).toEqual(isValid ? parsed : undefined);
      }),
      { numRuns: runs(50) },
    );
  });

  it('may have numbers as text, which `config set` without --type writes', () => {
    const config = {
      loki: { cpus: '1.5' },
      grafana: { port: '3001' },
      traces: { sampling: { share: '0.5' } },
    };
    expect(open(config)).toMatchObject({
      loki: { cpus: 1.5 },
      grafana: { port: 3001 },
      traces: { sampling: { share: 0.5 } },
    });
  });

  it('are undefined if a setting is invalid, which the program reports', () => {
    expect(open({ referenceApp: 'perhaps' })).toBeUndefined();
  });

  it('count an encrypted account as set, because it decides about the inbox', () => {
    const shape = shapeOf(file({ slackWebhookUrl: { secure: 'v1:x' } }));
    expect(deploymentOf(shape).has('inbox')).toBe(false);
    expect(deploymentOf(shapeOf(file({}))).has('inbox')).toBe(true);
  });
});

describe('encrypted values that make itself uses', () => {
  const secure = { secure: 'v1:x' };
  const refuse = (alertmanager: unknown) => () => assertReadable('dev', file({ alertmanager }));

  it.each([
    ['alertmanager', secure],
    ['alertmanager.silences', { silences: secure }],
    ['alertmanager.silences[1].comment', { silences: [{}, { comment: secure }] }],
  ])('are refused before `make up` could end them: %s', (place, alertmanager) => {
    expect(refuse(alertmanager)).toThrow(`Pulumi.dev.yaml: ${place} must not be encrypted`);
  });

  it.each(['context', 'namespace'])('are refused: kubernetes.%s', (name) => {
    const kubernetes = { [name]: secure, appNamespace: secure };
    expect(() => assertReadable('dev', file({ kubernetes }))).toThrow(
      `Pulumi.dev.yaml: kubernetes.${name} must not be encrypted, because make itself uses it`,
    );
  });

  it('are the only part of Alertmanager that must be readable', () => {
    expect(refuse({ externalUrl: secure, silences: [{ comment: 'why' }] })).not.toThrow();
    expect(refuse(undefined)).not.toThrow();
  });
});
