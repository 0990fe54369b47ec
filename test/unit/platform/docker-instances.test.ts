import { beforeAll, describe, expect, it } from '@jest/globals';
import { addresses, companion, type Endpoint, type Workload } from '../../../components/workload';
import { accompanied, endpoint, full, plain, replicated, uploader } from '../../lib/workloads';
import { type Deployed, deploy } from './docker-fixtures';

describe('a workload with replicas', () => {
  const names = ['gossip-0', 'gossip-1', 'gossip-2'];
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy([replicated]);
  });

  it('has one container per instance, with its own name and the common one', () => {
    const { ofType } = deployed;
    const running = ofType('Container').filter(({ inputs }) => inputs['start'] !== false);
    expect(running.map(({ inputs }) => inputs['name'])).toEqual(
      names.map((name) => `audifi-test-${name}`),
    );
    expect(running.map(({ inputs }) => inputs['networksAdvanced'])).toEqual(
      names.map((name) => [{ name: 'docker-network-id', aliases: [name, 'gossip'] }]),
    );
  });

  it('passes its name to each instance in arguments and environment', () => {
    const { container } = deployed;
    expect(container('gossip-2')).toMatchObject({
      command: ['--cluster.peer-name=gossip-2'],
      envs: ['REPLICA=gossip-2'],
    });
  });

  it('has separate volumes and files for each instance', () => {
    const { ofType } = deployed;
    const volumes = ofType('Container').flatMap(({ inputs }) =>
      (inputs['volumes'] as Record<string, string>[]).flatMap((v) => v['volumeName'] ?? []),
    );
    expect(volumes).toEqual(['gossip', 'gossip-1', 'gossip-2'].map((n) => `audifi-test-${n}-data`));
    const files = ofType('Container').filter(({ inputs }) => inputs['start'] === false);
    expect(files.map(({ inputs }) => inputs['name'])).toEqual(
      names.map((name) => `audifi-test-${name}-files`),
    );
  });

  it('keeps the resource names of a single instance for the first, so that its data stays', async () => {
    const single = await deploy([{ ...replicated, replicas: 1 }]);
    const three = deployed;
    expect(single.get('Volume', 'gossip-data').inputs).toEqual(
      three.get('Volume', 'gossip-data').inputs,
    );
    expect(three.container('gossip')['name']).toBe('audifi-test-gossip-0');
    expect(three.get('Container', 'gossip').opts.deleteBeforeReplace).toBe(true);
  });

  it('publishes and probes only the first instance', () => {
    const { container, probed, endpoints } = deployed;
    expect(container('gossip')['ports']).toEqual([
      { internal: 8080, external: 18080, ip: '127.0.0.1' },
    ]);
    expect(container('gossip-1')['ports']).toEqual([]);
    expect(probed).toMatchObject([{ name: 'gossip', url: 'http://127.0.0.1:18080/ready' }]);
    expect(endpoints[0]?.url).toBe('http://127.0.0.1:18080');
  });

  it('has names that are known before', () => {
    const { endpoints } = deployed;
    expect(addresses(endpoints[0] ?? endpoint('none'), 'gossip')).toEqual(
      names.map((name) => `${name}:9094`),
    );
  });

  it('is ready when all instances are', async () => {
    const { after } = await deploy([
      replicated,
      (before) => ({ ...plain, connectsTo: [...before] }),
    ]);
    expect(after('web')).toEqual(['gossip', 'gossip-1', 'gossip-2']);
  });
});

describe('a single workload', () => {
  it('has its own name as instance name', async () => {
    const { container, endpoints } = await deploy([{ ...replicated, replicas: undefined }]);
    expect(container('gossip')).toMatchObject({
      name: 'audifi-test-gossip',
      command: ['--cluster.peer-name=gossip'],
      networksAdvanced: [{ aliases: ['gossip'] }],
    });
    expect(endpoints[0]?.instances).toEqual(['gossip']);
    expect(endpoints[0]).not.toHaveProperty('companions');
  });
});

describe('a volume of several workloads', () => {
  const reader =
    (volume = 'data') =>
    ([of = endpoint('none')]: Endpoint[]): Workload => ({
      ...accompanied,
      name: 'reader',
      sharedVolumes: [{ name: 'shared', of, volume, path: '/shared' }],
      companions: [{ ...uploader, mounts: [{ volume: 'shared', path: '/bucket' }] }],
    });

  it('is one Docker volume, which workloads and companions mount after its owner', async () => {
    const { container, after, ofType } = await deploy([full, reader()]);
    const shared = { volumeName: 'audifi-test-web-data' };
    expect(container('reader')['volumes']).toContainEqual({ ...shared, containerPath: '/shared' });
    expect(container('reader-uploader')['volumes']).toContainEqual({
      ...shared,
      containerPath: '/bucket',
    });
    expect(after('reader')).toContain('web');
    expect(ofType('Volume').map(({ inputs }) => inputs['name'])).toEqual([
      'audifi-test-web-data',
      'audifi-test-reader-data',
    ]);
  });

  it('is an error if nobody declares it', async () => {
    const missing = 'mounts the volume "none" of "web", which has not been deployed';
    await expect(deploy([full, reader('none')])).rejects.toThrow(missing);
  });
});

describe('a companion', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy([accompanied]);
  });

  it("is a container on the same volume with the same user, after the workload's own", () => {
    const { container, after } = deployed;
    expect(container('store-uploader')).toMatchObject({
      name: 'audifi-test-store-uploader',
      image: 'sha256:store-uploader-image',
      command: ['sidecar'],
      user: '1000:1000',
      memory: 32,
      readOnly: true,
      capabilities: { drops: ['ALL'] },
      networksAdvanced: [{ aliases: ['store-uploader'] }],
      volumes: [
        { fromContainer: 'store-uploader-files-id:ro' },
        { volumeName: 'audifi-test-store-data', containerPath: '/var/store' },
      ],
    });
    expect(container('store-uploader')).not.toHaveProperty('networkMode');
    expect(after('store-uploader')).toEqual(['store']);
  });

  it('can mount it read-only', async () => {
    const mounts = [{ volume: 'data', path: '/var/store', readOnly: true }];
    const { container } = await deploy([
      { ...accompanied, companions: [{ ...uploader, files: [], mounts }] },
    ]);
    expect(container('store-uploader')['volumes']).toEqual([
      { volumeName: 'audifi-test-store-data', containerPath: '/var/store', readOnly: true },
    ]);
  });

  it('has its own files, even in the same directory', () => {
    const { container } = deployed;
    expect(container('store-uploader-files')['uploads']).toMatchObject([
      { file: '/etc/store/bucket.yml', content: 'hunter2', permissions: '0400' },
    ]);
    expect(JSON.stringify(container('store-files'))).not.toContain('hunter2');
  });

  it('has its own DNS name, and is ready with its workload', () => {
    const { endpoints, platform } = deployed;
    const [store = endpoint('none')] = endpoints;
    expect(companion(store, 'uploader')).toMatchObject({
      name: 'store-uploader',
      host: 'store-uploader',
      ports: [{ name: 'grpc', number: 10901 }],
    });
    expect(platform.ready(companion(store, 'uploader'))).toBe(platform.ready(store));
    expect(() => companion(store, 'other')).toThrow('store has no companion "other"');
  });

  it('of each instance finds its own sibling, and the other way round', async () => {
    const { platform } = deployed;
    const { container, endpoints } = await deploy([
      {
        ...accompanied,
        replicas: 2,
        args: [`--uploader=http://${platform.siblingHost('uploader')}:10901`],
        companions: [{ ...uploader, args: [`--store=http://${platform.siblingHost()}:8080`] }],
      },
    ]);
    expect(container('store-1')['command']).toEqual(['--uploader=http://store-1-uploader:10901']);
    expect(container('store-1-uploader')).toMatchObject({
      name: 'audifi-test-store-1-uploader',
      command: ['--store=http://store-1:8080'],
      networksAdvanced: [{ aliases: ['store-1-uploader', 'store-uploader'] }],
      volumes: [{}, { volumeName: 'audifi-test-store-1-data' }],
    });
    expect(companion(endpoints[0] ?? endpoint('none'), 'uploader').instances).toEqual([
      'store-0-uploader',
      'store-1-uploader',
    ]);
  });

  it('is scraped at its own name', () => {
    const { platform } = deployed;
    const itself = { name: 'store', instances: ['localhost'], ports: [...(uploader.ports ?? [])] };
    expect(platform.discover(itself, 'grpc', 'uploader')).toEqual({
      by: 'addresses',
      targets: [
        {
          address: 'store-uploader:10901',
          labels: { node: 'docker-host', container: 'audifi-test-store-uploader' },
        },
      ],
    });
  });

  it('is probed if its port is published', async () => {
    const { probed } = await deploy([
      {
        ...accompanied,
        companions: [
          {
            ...uploader,
            ports: [{ name: 'web', number: 10902, publish: 10902 }],
            readiness: { port: 'web', path: '/-/ready' },
          },
        ],
      },
    ]);
    expect(probed).toMatchObject([
      { name: 'store-uploader', url: 'http://127.0.0.1:10902/-/ready' },
    ]);
  });
});

describe('names and volumes of another workload', () => {
  const volume = (name: string) => ({ name, path: '/data', sizeMiB: 1 });
  const second = { ...plain, name: 'api-cache', volumes: [volume('data')] };

  it.each([
    ['a name', full, full, /the name "web" belongs to the workload "web"/],
    [
      'the volume of a name that is put together alike',
      { ...plain, name: 'api', volumes: [volume('cache-data')] },
      second,
      /^workload "api-cache" on Docker: the volume "api-cache-data" belongs to the workload "api"$/,
    ],
    [
      'the name of an instance',
      { ...plain, name: 'gossip-1' },
      replicated,
      /the name "gossip-1" belongs to the workload "gossip-1"/,
    ],
    [
      'the name of a companion',
      accompanied,
      { ...plain, name: 'store-uploader' },
      /the name "store-uploader" belongs to the workload "store"/,
    ],
  ])('cannot be used: %s', async (_, one, other, message) => {
    await expect(deploy([one, other])).rejects.toThrow(message);
  });

  it('can be used by the same workload', async () => {
    const { ofType } = await deploy([full, second]);
    expect(ofType('Volume').map(({ inputs }) => inputs['name'])).toEqual([
      'audifi-test-web-data',
      'audifi-test-api-cache-data',
    ]);
  });
});

it('external clients are limited by the network only', async () => {
  const acceptsFrom = [{ external: 'a', ports: ['http'], peers: [{ namespace: 'audifi' }] }];
  const closed = await deploy([plain]);
  const open = await deploy([{ ...plain, acceptsFrom }]);
  expect(open.container('web')).toEqual(closed.container('web'));
});
