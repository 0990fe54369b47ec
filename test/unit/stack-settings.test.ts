import { describe, expect, it } from '@jest/globals';
import { deploymentOf } from '../../components/deployment';
import { openSettings, shapeOf } from '../../scripts/stack-settings';

const file = (config: Record<string, unknown>) => ({
  config: Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`audifi-observability:${key}`, value]),
  ),
});
const open = (config: Record<string, unknown>) => openSettings(file(config));

describe('what a stack file says in the open', () => {
  // `pulumi config set referenceApp false` writes a string.
  it('is the same whether a person wrote it or pulumi config set', () => {
    expect(open({ referenceApp: 'false', prometheus: '{"port": 19190}' })).toMatchObject({
      referenceApp: false,
      prometheus: { port: 19190 },
    });
    expect(open({ referenceApp: false })).toMatchObject({ referenceApp: false });
  });

  it('leaves out what is encrypted', () => {
    const settings = open({ grafanaAdminPassword: { secure: 'v1:x' } });
    expect(settings?.grafanaAdminPassword).toBeUndefined();
  });

  it('is nothing when a setting is broken, which the program reports', () => {
    expect(open({ referenceApp: 'perhaps' })).toBeUndefined();
  });

  it('counts an encrypted account as set, since it decides about the inbox', () => {
    const shape = shapeOf(file({ slackWebhookUrl: { secure: 'v1:x' } }));
    expect(deploymentOf(shape).has('inbox')).toBe(false);
    expect(deploymentOf(shapeOf(file({}))).has('inbox')).toBe(true);
  });
});
