import { describe, expect, it } from '@jest/globals';
import { otlpTargets, remoteWriteTargets } from '../../../components/forwarding/targets-config';
import { afterCommand, parse, refusal, stackConfig } from '../../lib/pulumi-config';
import { brokenForwarding } from './settings-broken';

describe('settings of forwarding', () => {
  it.each(brokenForwarding)('%s: rejected, and valid after the suggested commands', (...row) => {
    const [, tree, keys, says, secretKeys = []] = row;
    const config = stackConfig(tree, { secretKeys });
    const error = refusal(config);
    expect(error?.problems.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(error?.message).toMatch(says);
    expect(error?.message).not.toMatch(/hunter2|undefined/);
    const fixed = (error?.problems ?? []).reduce((c, { fix }) => afterCommand(c, fix), config);
    expect(refusal(fixed)).toBeUndefined();
  });

  it('forward nothing by default, and store everything locally', () => {
    const { forwarding, loki, jaeger } = parse({});
    expect([...otlpTargets(forwarding), ...remoteWriteTargets(forwarding, '')]).toEqual([]);
    expect([loki.enabled, jaeger.enabled]).toEqual([true, true]);
  });

  it.each([
    ...['http://proxy:4318', 'http://10.1.2.3:4318', 'http://collector.internal:4318'],
    ...['http://[fd00::1]:4318', 'http://[fe80::1]:4318', 'http://172.17.0.1:4318'],
  ])('accept %s as a proxy in a private network', (otlpUrl) => {
    const tree = {
      forwarding: { newRelic: { traces: true, otlpUrl } },
      newRelicLicenseKey: 'k',
    };
    const config = stackConfig(tree, { secretKeys: ['newRelicLicenseKey'] });
    expect(refusal(config)).toBeUndefined();
  });
});
