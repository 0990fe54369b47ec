import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentOf } from '../../components/deployment';
import { readStackFile } from '../../scripts/stack-files';
import { openSettings, shapeOf } from '../../scripts/stack-settings';

const file = (config: Record<string, unknown>) => ({
  config: Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`audifi-observability:${key}`, value]),
  ),
});
const open = (config: Record<string, unknown>) => openSettings(file(config));

describe('unencrypted settings of a stack file', () => {
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

  it('exclude encrypted values', () => {
    const settings = open({ grafanaAdminPassword: { secure: 'v1:x' } });
    expect(settings?.grafanaAdminPassword).toBeUndefined();
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
