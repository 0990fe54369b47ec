import { describe, expect, it } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { DockerPlatform } from '../../../components/platform/docker';
import { Names } from '../../../components/platform/docker-names';
import { assertNamesFree, gatewayOf, joinable } from '../../../components/platform/docker-network';
import { gateway, run } from '../../lib/mocks';
import { asRoot, endpoint, full, onHost, plain } from '../../lib/workloads';
import { Component, deploy } from './docker-fixtures';

const network = {
  'docker:index/getNetwork:getNetwork': {
    id: 'net-7',
    name: 'audifi',
    driver: 'bridge',
    ipamConfigs: [{ gateway: '172.20.0.1/16' }],
  },
};

describe.each([
  ['plain', plain],
  ['with one of everything', full],
  ['on the host', onHost],
  ['as root', asRoot],
])('a container (%s)', (_name, workload) => {
  it('has only the rights of its workload', async () => {
    const container = (await deploy([workload])).container(workload.name);
    expect(container).toMatchObject({
      readOnly: true,
      capabilities: { drops: ['ALL'] },
      securityOpts: ['no-new-privileges:true'],
      user: `${workload.user.uid}:${workload.user.gid}`,
      memory: workload.resources.memoryMiB,
      memorySwap: workload.resources.memoryMiB,
      restart: 'unless-stopped',
      logDriver: 'json-file',
      logOpts: { 'max-size': '10m', 'max-file': '3' },
    });
    const keys = Object.keys(container);
    for (const key of ['privileged', 'pidMode', 'ipcMode', 'usernsMode', 'devices', 'uploads']) {
      expect(keys).not.toContain(key);
    }
  });

  it('has labels that identify it', async () => {
    const { ofType } = await deploy([workload]);
    const labelled = ['Container', 'Volume', 'Network'].flatMap(ofType);
    for (const { inputs } of labelled) {
      expect(inputs['labels']).toContainEqual({ label: 'io.audifi.stack', value: 'test' });
      expect(inputs['name']).toMatch(/^audifi-test(-|$)/);
    }
  });
});

describe('the image', () => {
  it('with a build is built from its folder, and kept', async () => {
    const build = { context: 'build/web', args: { NODE_IMAGE: 'node:24' } };
    const { get } = await deploy([{ ...plain, image: { ...plain.image, build } }]);
    expect(get('RemoteImage', 'web-image').inputs).toEqual({
      name: 'example/web:v1',
      keepLocally: true,
      build: {
        context: 'build/web',
        buildArgs: { NODE_IMAGE: 'node:24' },
        provenance: 'false',
      },
    });
  });

  it('starts with its own entry point unless the workload overrides it', async () => {
    const own = await deploy([plain]);
    expect(own.container('web')).not.toHaveProperty('entrypoints');
    const other = await deploy([{ ...plain, command: ['sh', '/start.sh'], args: ['x'] }]);
    expect(other.container('web')).toMatchObject({
      entrypoints: ['sh', '/start.sh'],
      command: ['x'],
    });
  });

  it('keeps only the requested capabilities', async () => {
    const { container } = await deploy([{ ...plain, capabilities: ['NET_BIND_SERVICE'] }]);
    expect(container('web')['capabilities']).toEqual({
      drops: ['ALL'],
      adds: ['CAP_NET_BIND_SERVICE'],
    });
  });
});

describe('ports', () => {
  it('are published on the loopback interface, and only if requested', async () => {
    const { container, endpoints } = await deploy([full]);
    expect(container('web')['ports']).toEqual([
      { internal: 8080, external: 18080, ip: '127.0.0.1' },
    ]);
    expect(endpoints[0]?.url).toBe('http://127.0.0.1:18080');
  });

  it('have no URL if none is published', async () => {
    const { container, endpoints } = await deploy([plain]);
    expect(container('web')['ports']).toEqual([]);
    expect(endpoints[0]?.url).toBeUndefined();
  });
});

describe('config files', () => {
  it('are in a container that never starts and has no network', async () => {
    const { container } = await deploy([full]);
    expect(container('web-files')).toMatchObject({
      start: false,
      mustRun: false,
      networkMode: 'none',
      volumes: [{ containerPath: '/etc/web' }],
    });
    expect(container('web-files')).not.toHaveProperty('command');
  });

  it('are mounted read-only from there', async () => {
    const { container } = await deploy([full]);
    expect(container('web')['volumes']).toEqual([
      { fromContainer: 'web-files-id:ro' },
      { volumeName: 'audifi-test-web-data', containerPath: '/data' },
    ]);
  });

  it('belong to the user, and are secret if marked', async () => {
    const { get, container } = await deploy([full]);
    const owner = { owner: '1000', group: '1000' };
    expect(container('web-files')['uploads']).toEqual([
      { file: '/etc/web/web.yml', content: 'a: b\n', permissions: '0444', ...owner },
      { file: '/etc/web/secrets/token', content: 'hunter2', permissions: '0400', ...owner },
    ]);
    const uploads = get('Container', 'web-files').props['uploads'] as { content: unknown }[];
    const secrets = uploads.map(({ content }) => pulumi.isSecret(pulumi.output(content)));
    expect(await Promise.all(secrets)).toEqual([false, true]);
  });

  it('with secrets appear nowhere else', async () => {
    const { resources } = await deploy([full]);
    const elsewhere = resources.filter(({ name }) => name !== 'web-files');
    expect(JSON.stringify(elsewhere.map(({ inputs }) => inputs))).not.toContain('hunter2');
  });

  it('need no container if there are none', async () => {
    const { ofType } = await deploy([plain]);
    expect(ofType('Container').map(({ name }) => name)).toEqual(['web']);
  });
});

describe('volumes', () => {
  it('survive replacement and destroy', async () => {
    const { ofType } = await deploy([full]);
    expect(ofType('Volume').map(({ opts }) => opts.retainOnDelete)).toEqual([true]);
  });

  it('are the only resources that do', async () => {
    const { resources } = await deploy([full, onHost]);
    const kept = resources.filter(
      ({ opts }) => opts.retainOnDelete === true || opts.protect === true,
    );
    expect(kept.map(({ name }) => name)).toEqual(['web-data']);
  });

  it('scratch directories are in memory and have a limit', async () => {
    const { container } = await deploy([full]);
    expect(container('web')['tmpfs']).toEqual({ '/tmp': 'rw,noexec,nosuid,nodev,size=64m' });
  });
});

describe('the network', () => {
  it('is created for the stack, and workloads have DNS names in it', async () => {
    const { ofType, container } = await deploy([plain]);
    expect(ofType('Network').map(({ inputs }) => inputs)).toMatchObject([
      { name: 'audifi-test', driver: 'bridge' },
    ]);
    expect(container('web')['networksAdvanced']).toEqual([
      { name: 'docker-network-id', aliases: ['web'] },
    ]);
  });

  it('is deleted before its replacement, because names must be unique', async () => {
    const { get } = await deploy([plain]);
    expect(get('Network', 'docker-network').opts.deleteBeforeReplace).toBe(true);
  });

  it('is joined if it exists, and none is created', async () => {
    const { ofType, container, result } = await deploy(
      [plain],
      { joinNetwork: 'audifi' },
      { calls: network },
    );
    expect(ofType('Network')).toEqual([]);
    expect(container('web')['networksAdvanced']).toEqual([{ name: 'net-7', aliases: ['web'] }]);
    expect(result).toBe('172.20.0.1');
  });

  it('has an IPv4 gateway, or the error says what to do', () => {
    const configs = [{ gateway: 'fd00::1' }, { gateway: '10.1.0.1/24' }];
    expect(gatewayOf({ driver: 'bridge', configs })).toBe('10.1.0.1');
    // The gateway of an overlay network is not an address of this machine.
    expect(() => gatewayOf({ driver: 'overlay', configs })).toThrow(/no IPv4 gateway/);
    for (const none of [undefined, [], [{}], [{ gateway: '' }], [{ gateway: 'fd00::1' }]]) {
      expect(() => gatewayOf({ driver: 'bridge', configs: none })).toThrow(
        /no IPv4 gateway.*nodeExporter\.enabled false/,
      );
    }
  });

  it('must support published ports', () => {
    expect(joinable('audifi', { id: 'n', driver: 'bridge' })).toBe('n');
    for (const driver of ['macvlan', 'ipvlan', 'host', 'null']) {
      expect(() => joinable('lan', { id: 'n', driver })).toThrow(
        /"lan" \(setting network\) has the driver .*pulumi config rm network/,
      );
    }
  });

  it('must not be internal: Docker publishes no ports there, and nobody is paged', () => {
    expect(joinable('audifi', { id: 'n', driver: 'bridge', internal: false })).toBe('n');
    expect(() => joinable('db', { id: 'n', driver: 'bridge', internal: true })).toThrow(
      /"db" \(setting network\) is internal: .*PagerDuty.*pulumi config rm network/,
    );
  });

  it('must have no container of others with the name of a service', () => {
    const needs = { names: new Names('dev'), services: ['prometheus', 'loki'] };
    const check = (...names: readonly string[]) => {
      const containers = names.map((name) => ({ name }));
      return () => assertNamesFree('audifi', { id: 'n', driver: 'bridge', containers }, needs);
    };
    const own = ['audifi-dev-prometheus', 'audifi-dev-prometheus-0', 'audifi-dev-loki'];
    expect(check()).not.toThrow();
    expect(check(...own, 'api-server', 'audifi-prometheus-1')).not.toThrow();
    expect(check(...own, 'prometheus', 'loki')).toThrow(
      /names of this stack's services: loki, prometheus\. .*docker network disconnect audifi loki/,
    );
    for (const name of ['audifi-test-prometheus', 'audifi-dev-2-prometheus-0']) {
      expect(check(...own, name)).toThrow(/The stack "(test|dev-2)" is in .*pulumi config rm/);
    }
  });
});

describe('host access', () => {
  it('hostMetrics: only the host network and its root file system, read-only', async () => {
    const { container, result, endpoints } = await deploy([onHost]);
    expect(container('watcher')).toMatchObject({
      networkMode: 'host',
      mounts: [{ type: 'bind', source: '/', target: '/host', readOnly: true }],
    });
    expect(container('watcher')).not.toHaveProperty('networksAdvanced');
    expect(result).toBe(gateway);
    expect(endpoints[0]?.onHostNetwork).toBe(true);
  });

  it('containers reach a workload on the host network at the gateway', async () => {
    const { container } = await deploy([
      onHost,
      { ...plain, name: 'other' },
      (before) => ({ ...plain, connectsTo: before }),
    ]);
    expect(container('web')['hosts']).toEqual([{ host: 'watcher', ip: gateway }]);
  });

  it('containerLogs: the log files read-only, no socket, and a volume for positions', async () => {
    const { container } = await deploy([
      {
        ...asRoot,
        host: ['containerLogs'],
        volumes: [{ name: 'positions', path: '/data', sizeMiB: 16 }],
      },
    ]);
    const source = '/var/lib/docker/containers';
    expect(container('stats')).toMatchObject({
      mounts: [{ type: 'bind', source, target: source, readOnly: true }],
      volumes: [{ containerPath: '/data' }],
    });
    expect(container('stats')).not.toHaveProperty('cgroupnsMode');
  });

  it('every container adds its name to its log lines', async () => {
    const { container } = await deploy([plain]);
    expect(container('web')['logOpts']).toMatchObject({ tag: '{{.Name}}' });
  });

  it("containerStats: only read-only mounts, in the stack's network", async () => {
    const { container } = await deploy([asRoot]);
    const mounts = container('stats')['mounts'] as { readOnly: boolean; type: string }[];
    expect(mounts.length).toBeGreaterThan(0);
    for (const mount of mounts) expect(mount).toMatchObject({ type: 'bind', readOnly: true });
    expect(container('stats')).not.toHaveProperty('networkMode');
  });

  it('none: nothing of the machine is mounted', async () => {
    const { container } = await deploy([full]);
    expect(container('web')['mounts']).toEqual([]);
  });
});

describe('service discovery', () => {
  it('uses the DNS name, and the container name of the engine, cAdvisor and the log files', async () => {
    await run(() => {
      const waitUntilReady = async (): Promise<boolean> => true;
      const platform = new DockerPlatform('docker', { stack: 'test', waitUntilReady });
      const web = { name: 'web', instances: ['web'], ports: [{ name: 'http', number: 8080 }] };
      const target = (host: string, container: string) => ({
        address: `${host}:8080`,
        labels: { node: 'docker-host', container },
      });
      expect(platform.discover(web, 'http')).toEqual({
        by: 'addresses',
        targets: [target('web', 'audifi-test-web')],
      });
      const itself = { ...web, instances: ['localhost'] };
      expect(platform.discover(itself, 'http')).toEqual({
        by: 'addresses',
        targets: [target('localhost', 'audifi-test-web')],
      });
      const several = { ...web, instances: ['web-0', 'web-1'] };
      expect(platform.discover(several, 'http')).toEqual({
        by: 'addresses',
        targets: [target('web-0', 'audifi-test-web-0'), target('web-1', 'audifi-test-web-1')],
      });
      expect(() => platform.discover(web, 'grpc')).toThrow(/no port "grpc"/);
    });
    const { container } = await deploy([plain]);
    expect(container('web')['name']).toBe('audifi-test-web');
  });
});

describe('readiness', () => {
  it('is probed at the published port', async () => {
    const { probed, endpoints } = await deploy([full]);
    expect(probed).toEqual([
      { name: 'web', url: 'http://127.0.0.1:18080/ready', deadlineSeconds: 60 },
    ]);
    expect(endpoints).toHaveLength(1);
  });

  it('is not probed without one', async () => {
    expect((await deploy([plain])).probed).toEqual([]);
  });

  it('cannot be asked for workloads of others', async () => {
    const { platform } = await deploy([plain]);
    expect(() => platform.ready(endpoint('stranger'))).toThrow(
      'stranger was not deployed by this platform',
    );
  });
});

describe('order', () => {
  it('targets of connections start first, except external ones', async () => {
    const { after } = await deploy([
      { ...plain, name: 'other' },
      (before) => ({
        ...plain,
        connectsTo: [...before, { external: 'internet', ports: [443] }],
      }),
    ]);
    expect(after('web')).toEqual(['other']);
  });

  it('connecting to a workload that is not deployed is an error', async () => {
    await expect(deploy([{ ...plain, connectsTo: [endpoint('elsewhere')] }])).rejects.toThrow(
      'workload "web" on Docker: connects to "elsewhere", which this platform has not deployed',
    );
  });
});

it('a workload that reads objects of a Kubernetes cluster is rejected', async () => {
  await expect(deploy([{ ...plain, readsCluster: { nodes: true } }])).rejects.toThrow(
    'workload "web" on Docker: reads objects of a Kubernetes cluster, which Docker does not have',
  );
});

it('an invalid workload registers nothing', async () => {
  const { resources } = await run(() => {
    const waitUntilReady = (): Promise<boolean> => Promise.resolve(true);
    const platform = new DockerPlatform('docker', { stack: 'test', waitUntilReady });
    const parent = new Component();
    expect(() => platform.deploy({ ...full, stopSeconds: 0 }, { parent })).toThrow(/stopSeconds/);
  });
  expect(resources.map(({ name }) => name)).toEqual([
    'root',
    'docker',
    'docker-network',
    'component',
  ]);
});

it('the transform is applied last', async () => {
  const { container } = await deploy([plain], {
    transform: (name, args) => ({ ...args, shmSize: name === 'web' ? 64 : 0 }),
  });
  expect(container('web')['shmSize']).toBe(64);
});
