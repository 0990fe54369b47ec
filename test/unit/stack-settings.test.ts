import { describe, expect, it } from '@jest/globals';
import { openSettings } from '../../scripts/stack-settings';

const open = (config: Record<string, unknown>) =>
  openSettings({
    path: 'Pulumi.test.yaml',
    text: '',
    config: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [`audifi-observability:${key}`, value]),
    ),
  });

describe('what a stack file says in the open', () => {
  // `pulumi config set referenceApp false` writes a text.
  it('is the same whether a person wrote it or pulumi config set', () => {
    expect(open({ referenceApp: 'false', prometheus: '{"port": 19190}' })?.parsed).toMatchObject({
      referenceApp: false,
      prometheus: { port: 19190 },
    });
    expect(open({ referenceApp: false })?.parsed).toMatchObject({ referenceApp: false });
  });

  it('leaves out what is encrypted, though it is set', () => {
    const settings = open({ grafanaAdminPassword: { secure: 'v1:x' } });
    expect(settings?.parsed.grafanaAdminPassword).toBeUndefined();
    expect(settings?.isSet('grafanaAdminPassword')).toBe(true);
  });

  it('is nothing when a setting is broken, which the program reports', () => {
    expect(open({ referenceApp: 'perhaps' })).toBeUndefined();
  });
});
