import { describe, expect, it } from '@jest/globals';
import { DockerPlatform } from '../../../components/platform/docker';
import { Traces } from '../../../components/traces/traces';
import { jaegerWorkload } from '../../../components/traces/jaeger';
import { otelCollectorWorkload } from '../../../components/traces/otel-collector';
import { images } from '../../../components/images';
import { type Registered, run, value } from '../../lib/mocks';
import { parse } from '../../lib/pulumi-config';
import { endpoint } from '../../lib/workloads';

const jaegerEndpoint = endpoint('jaeger', { ports: [{ name: 'grpc', number: 4317 }] });
const collectorOf = (settings: Parameters<typeof parse>[0] = {}) =>
  otelCollectorWorkload('otel-collector', {
    ...{ settings: parse(settings), jaeger: jaegerEndpoint },
    platform: {
      instanceHosts: ({ name, replicas = 1 }) =>
        Array.from({ length: replicas }, (_, i) => `${name}-${i}`),
    },
  });

describe('the collector', () => {
  it('accepts spans of AudiFi, or from the configured namespaces', () => {
    const peers = (settings: Parameters<typeof parse>[0]) =>
      collectorOf(settings).acceptsFrom?.flatMap((client) => client.peers);
    expect(peers({ platform: 'kubernetes' })).toEqual([{ namespace: 'audifi' }]);
    const acceptFromNamespaces = ['shop', 'jobs'];
    expect(peers({ platform: 'kubernetes', traces: { acceptFromNamespaces } })).toEqual([
      ...[{ namespace: 'shop' }, { namespace: 'jobs' }],
    ]);
    expect(collectorOf().acceptsFrom?.[0]?.ports).toEqual(['grpc', 'http']);
  });

  it('is published on the machine only on request', () => {
    const published = (settings: Parameters<typeof parse>[0]) =>
      collectorOf(settings).ports?.flatMap(({ publish }) => publish ?? []);
    expect(published({})).toEqual([]);
    expect(published({ traces: { otlpHttpPort: 4318 } })).toEqual([4318]);
  });

  it('exchanges spans with the other instances, if there are several, and with nobody else', () => {
    const { replicas, clusterPorts, ports, acceptsFrom, env } = collectorOf({
      traces: { replicas: 2 },
    });
    expect([replicas, clusterPorts]).toEqual([2, ['peers']]);
    expect(env).toMatchObject({ COLLECTOR_INSTANCE: '$(INSTANCE_NAME)' });
    expect(ports).toContainEqual({ name: 'peers', number: 4319 });
    expect(acceptsFrom?.flatMap((client) => client.ports)).not.toContain('peers');
    const single = collectorOf();
    expect(single.clusterPorts).toEqual([]);
    expect(single.ports?.map(({ name }) => name)).not.toContain('peers');
  });

  it('can write to its volume, although its own image has no such directory', () => {
    expect(collectorOf().volumes).toEqual([
      expect.objectContaining({ ownedLike: { image: images.jaeger, path: '/tmp' } }),
    ]);
  });
});

describe('Jaeger', () => {
  const server = {
    jaeger: {
      storageBackend: 'opensearch',
      opensearch: { urls: ['https://search.internal'], user: 'j' },
    },
    jaegerStoragePassword: 's3cr3t',
  };
  const secretKeys = ['jaegerStoragePassword'];

  it('has a volume for badger, and none for a server', () => {
    const own = jaegerWorkload('jaeger', { settings: parse({}) });
    expect(own.volumes).toEqual([{ name: 'data', path: '/tmp', sizeMiB: 10_240 }]);
    const other = jaegerWorkload('jaeger', { settings: parse(server, { secretKeys }) });
    expect(other.volumes).toBeUndefined();
    expect(other.connectsTo).toEqual([{ external: 'opensearch', ports: [443] }]);
  });

  it("has a server's password in a secret file", async () => {
    const { files = [] } = jaegerWorkload('jaeger', { settings: parse(server, { secretKeys }) });
    const file = files.find(({ path }) => path.endsWith('/storage-password'));
    expect(file?.secret).toBe(true);
    expect(await value(file?.content)).toBe('s3cr3t');
  });

  it('is probed below its base path', () => {
    const settings = parse({ jaeger: { basePath: '/jaeger' } });
    expect(jaegerWorkload('jaeger', { settings }).readiness).toMatchObject({
      path: '/jaeger/api/services',
    });
  });
});

describe('both', () => {
  const deployed = (settings: Parameters<typeof parse>[0] = {}) =>
    run(() => {
      const platform = new DockerPlatform('docker', {
        stack: 'dev',
        waitUntilReady: () => Promise.resolve(true),
      });
      return { url: new Traces('traces', { platform, settings: parse(settings) }).jaeger?.url };
    });

  it('have a never-started container that sets the owner of the queue first', async () => {
    const { get } = await deployed();
    const owner = get('Container', 'otel-collector-queue-owner');
    expect(owner.inputs).toMatchObject({
      start: false,
      volumes: [{ containerPath: '/tmp', volumeName: 'audifi-dev-otel-collector-queue' }],
    });
    const { opts } = get('Container', 'otel-collector');
    const before = (await value(opts.dependsOn)) as unknown as { __name?: string }[];
    expect(before.map(({ __name }) => __name)).toEqual(
      expect.arrayContaining(['otel-collector-queue-owner', 'jaeger']),
    );
  });

  // The kubelet kills a container that is not ready by then, and the next one begins again.
  it('have ten minutes to read what is on a full volume before they are ready', () => {
    const store = jaegerWorkload('jaeger', { settings: parse({}) });
    for (const { readiness } of [store, collectorOf()]) {
      expect(readiness?.deadlineSeconds).toBeGreaterThanOrEqual(600);
    }
  });

  it('mount nothing of the machine, and run as non-root', async () => {
    const { get } = await deployed();
    const containers: Registered[] = ['jaeger', 'otel-collector'].map((name) =>
      get('Container', name),
    );
    for (const { inputs } of containers) {
      expect(inputs).toMatchObject({ user: '10001:10001', mounts: [], readOnly: true });
    }
  });

  it.each([
    [{}, 'http://127.0.0.1:16686'],
    [{ jaeger: { port: 26686, basePath: '/jaeger' } }, 'http://127.0.0.1:26686/jaeger'],
    [{ jaeger: { externalUrl: 'https://jaeger.audifi.io' } }, 'https://jaeger.audifi.io'],
  ])('%j: people open %s', async (settings, url) => {
    expect((await deployed(settings)).result.url).toBe(url);
  });
});
