import { beforeAll, describe, expect, it } from '@jest/globals';
import main from '../../../index';
import { type Registered, run } from '../../lib/mocks';
import { texts } from '../../lib/pulumi-config';

/**
 * Pods can have IPv6 addresses only, or IPv4 addresses that are not private. So no service may
 * listen on IPv4 only, or look for its own address.
 */
describe('the addresses of a replicated stack on Kubernetes', () => {
  const s3 = { bucket: 'audifi', region: 'eu-central-1' };
  const tree = {
    ...{ platform: 'kubernetes', alerts: { acceptGaps: true }, grafana: { enabled: false } },
    ...{ prometheus: { replicas: 2 }, alertmanager: { replicas: 3 }, traces: { replicas: 2 } },
    ...{ loki: { replicas: 3, s3 }, longTerm: { store: 's3', s3 } },
  };
  let resources: readonly Registered[];

  beforeAll(async () => {
    ({ resources } = await run(main, { config: texts(tree) }));
  });

  interface Container {
    readonly args?: readonly string[];
    readonly env?: readonly { readonly name: string; readonly valueFrom?: object }[];
  }
  const containers = (type: string, name: string): readonly Container[] => {
    const found = resources.find((one) => one.type.endsWith(`:${type}`) && one.name === name);
    const { spec } = (found?.inputs ?? {}) as {
      spec: { template: { spec: { containers: readonly Container[] } } };
    };
    return spec.template.spec.containers;
  };

  it('listen on all of them, not only on those of IPv4', () => {
    const all = resources.map(({ inputs, name }) => [name, JSON.stringify(inputs)] as const);
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(([, text]) => text.includes('0.0.0.0:')).map(([name]) => name)).toEqual([]);
    // In configurations of the collectors and Jaeger, a host of its own.
    expect(all.filter(([, text]) => /host: '?0\.0\.0\.0/.test(text))).toEqual([]);
  });

  it('tell the members of Alertmanager and Loki which one is theirs', () => {
    const env = { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
    const [alertmanager] = containers('StatefulSet', 'alertmanager');
    expect(alertmanager?.args).toContain('--cluster.listen-address=[$(POD_IP)]:9094');
    expect(alertmanager?.env).toContainEqual(env);
    const [loki] = containers('StatefulSet', 'loki');
    expect(loki?.args).toContain('-config.expand-env=true');
    expect(loki?.env).toContainEqual(env);
    expect(loki?.env).toContainEqual({ name: 'MEMBER_ADDRESS', value: '$(POD_IP)' });
    const config = resources.find(({ name }) => name === 'loki-config')?.inputs;
    expect(JSON.stringify(config)).toContain('instance_addr: ${MEMBER_ADDRESS}');
    expect(JSON.stringify(config)).toContain('bind_addr:\\n    - ${MEMBER_ADDRESS}');
  });
});
