import { describe, expect, it } from '@jest/globals';
import { blackboxWorkload } from '../../components/metrics/blackbox-exporter';
import { cadvisorWorkload } from '../../components/metrics/cadvisor';
import { nodeExporterWorkload } from '../../components/metrics/node-exporter';
import {
  address,
  addresses,
  type Companion,
  type Peer,
  type Workload,
} from '../../components/workload';
import { assertValid, workloadProblems } from '../../components/workload-validation';
import {
  accompanied,
  asRoot,
  endpoint,
  full,
  onHost,
  plain,
  replicated,
  uploader,
} from '../lib/workloads';
import fc from '../lib/fast-check';

const probe = { port: 'http', path: '/' };
const file = (path: string) => ({ path, content: '' });
const volume = { name: 'data', path: '/data', sizeMiB: 1 };

const beside = (change: Partial<Companion>): Partial<Workload> => ({
  volumes: [volume],
  companions: [{ ...uploader, ...change }],
});
const from = (...peers: Peer[]): Partial<Workload> => ({
  acceptsFrom: [{ external: 'app', ports: ['http'], peers }],
});
const to = (...peers: Peer[]): Partial<Workload> => ({
  connectsTo: [{ external: 'app', ports: [80], peers }],
});

const broken: [change: Partial<Workload>, problem: string][] = [
  // Identity
  [{ name: 'My_Web' }, 'name "My_Web" is not a DNS label (lower-case letters, digits, "-")'],
  [{ name: '' }, 'name "" is not a DNS label (lower-case letters, digits, "-")'],
  [
    { image: { repository: 'example/web', tag: 'latest' } },
    'image needs a repository and a pinned tag (not "latest")',
  ],
  [
    { image: { repository: '', tag: 'v1' } },
    'image needs a repository and a pinned tag (not "latest")',
  ],
  [
    { image: { ...plain.image, digest: 'sha256:12' } },
    'image digest "sha256:12" is not sha256: and 64 hex digits',
  ],
  [
    { image: { ...plain.image, build: { context: '/tmp/web' } } },
    'build context "/tmp/web" is not a folder inside the project',
  ],
  [
    { image: { ...plain.image, build: { context: '../web' } } },
    'build context "../web" is not a folder inside the project',
  ],
  [
    {
      image: {
        ...plain.image,
        digest: `sha256:${'0'.repeat(64)}`,
        build: { context: 'build/web' },
      },
    },
    'image is built here and cannot be pinned by the digest of another one',
  ],
  [{ command: [] }, 'the command is empty; leave it out'],
  [
    { capabilities: ['SYS_ADMIN' as never] },
    'capability "SYS_ADMIN" is not one that may be added (NET_BIND_SERVICE)',
  ],
  // Ports and probes
  [{ ports: [{ name: 'http', number: 0 }] }, 'port "http": 0 is not a port (1 to 65535)'],
  [
    { ports: [{ name: 'http', number: 8080, publish: 65536 }] },
    'port "http": 65536 is not a port (1 to 65535)',
  ],
  [
    { ports: [{ name: 'a-name-that-is-too-long', number: 1 }], readiness: undefined },
    'port name "a-name-that-is-too-long" is not a DNS label of at most 15 characters',
  ],
  [
    {
      ports: [
        { name: 'http', number: 1 },
        { name: 'http', number: 2 },
      ],
    },
    'two ports are named "http"',
  ],
  [
    {
      ports: [
        { name: 'http', number: 1 },
        { name: 'grpc', number: 1 },
      ],
    },
    'port 1 is declared twice',
  ],
  [
    {
      ports: [
        { name: 'http', number: 1, publish: 9 },
        { name: 'grpc', number: 2, publish: 9 },
      ],
    },
    'port 9 of the machine is published twice',
  ],
  [
    { readiness: { port: 'htttp', path: '/' } },
    'the readiness probe uses port "htttp", which is not declared',
  ],
  [
    { liveness: { port: 'http', path: 'alive' } },
    `the liveness probe's path "alive" does not start with "/"`,
  ],
  // Paths
  [{ files: [file('etc/web.yml')] }, '"etc/web.yml" is not a normal absolute path'],
  [{ files: [file('/etc/web/../x.yml')] }, '"/etc/web/../x.yml" is not a normal absolute path'],
  [{ scratch: ['/tmp/'] }, '"/tmp/" is not a normal absolute path'],
  [{ files: [file('/web.yml')] }, 'config files cannot be directly in "/"'],
  [{ scratch: ['/proc/x'] }, '"/proc/x" belongs to the kernel'],
  [{ scratch: ['/tmp', '/tmp'] }, '"/tmp" is used twice'],
  [{ files: [file('/etc/web/a'), file('/etc/web/a')] }, '"/etc/web/a" is used twice'],
  [{ volumes: [volume, { ...volume, path: '/more' }] }, 'two volumes are named "data"'],
  [
    { volumes: [{ ...volume, path: '/etc/web' }], files: [file('/etc/web/a')] },
    '"/etc/web" and the config files in "/etc/web" would hide one another',
  ],
  [
    { volumes: [{ ...volume, path: '/etc' }], files: [file('/etc/web/a')] },
    '"/etc" and the config files in "/etc/web" would hide one another',
  ],
  [
    { scratch: ['/etc/web/cache'], files: [file('/etc/web/a')] },
    '"/etc/web/cache" and the config files in "/etc/web" would hide one another',
  ],
  [{ volumes: [volume], scratch: ['/data/tmp'] }, '"/data/tmp" is mounted inside "/data"'],
  // Limits
  [
    { resources: { memoryMiB: 7, cpus: 1 } },
    'memory limit 7 MiB is not a whole number of at least 8',
  ],
  [
    { resources: { memoryMiB: 64.5, cpus: 1 } },
    'memory limit 64.5 MiB is not a whole number of at least 8',
  ],
  [{ resources: { memoryMiB: 64, cpus: 0 } }, 'CPU limit 0 is not a number of cores'],
  [{ resources: { memoryMiB: 64, cpus: NaN } }, 'CPU limit NaN is not a number of cores'],
  [{ volumes: [{ ...volume, name: 'Data' }] }, 'volume name "Data" is not a DNS label'],
  [{ volumes: [{ ...volume, sizeMiB: 0 }] }, 'volume "data" needs a size of at least 1 MiB'],
  [{ stopSeconds: 0 }, 'stopSeconds 0 is not a whole number of at least 1'],
  // Instances
  [{ replicas: 0 }, 'replicas 0 is not a whole number from 1 to 100'],
  [{ replicas: 1.5 }, 'replicas 1.5 is not a whole number from 1 to 100'],
  [{ replicas: 101 }, 'replicas 101 is not a whole number from 1 to 100'],
  [{ replicas: 2, placement: 'perNode' }, 'runs on every node, so it cannot have replicas'],
  [
    { replicas: 2, host: ['hostMetrics'] },
    'has host access, so it cannot have replicas on one machine',
  ],
  [{ clusterPorts: ['gossip'] }, 'cluster port "gossip" is not declared'],
  [
    { ports: [{ name: 'a-long-name-1', number: 1, udp: true }], readiness: undefined },
    'port name "a-long-name-1" is too long for one with UDP (11 characters)',
  ],
  [
    { files: [{ path: '/etc/web/a', content: 'name: $(INSTANCE_NAME)' }] },
    '"/etc/web/a" has $(INSTANCE_NAME), which is not substituted in a file',
  ],
  [{ env: { INSTANCE_NAME: 'web' } }, "sets INSTANCE_NAME, which is the instance's name"],
  // Companions
  [
    beside({ name: 'a-name-of-more-than-thirty-characters' }),
    'companion name "a-name-of-more-than-thirty-characters" is not a DNS label of at most 30 characters',
  ],
  [beside({ name: 'web' }), 'companion name "web" is taken'],
  [beside({ name: 'files' }), 'companion name "files" is taken'],
  [beside({ name: 'my-files' }), 'companion name "my-files" is taken'],
  [
    beside({ image: { repository: 'example/uploader', tag: 'latest' } }),
    'companion "uploader": image needs a repository and a pinned tag (not "latest")',
  ],
  [
    beside({ mounts: [{ volume: 'data', path: '/etc/store' }] }),
    'companion "uploader": "/etc/store" and the config files in "/etc/store" would hide one another',
  ],
  [
    beside({ mounts: [{ volume: 'other', path: '/var/store' }] }),
    'companion "uploader" mounts volume "other", which is not declared',
  ],
  [
    beside({ ports: [{ name: 'http', number: 9 }] }),
    'two of its containers have a port named "http"',
  ],
  [
    beside({ ports: [{ name: 'other', number: 8080 }] }),
    'two of its containers listen on port 8080',
  ],
  [
    {
      ...beside({ ports: [{ name: 'other', number: 9, publish: 18080 }] }),
      ports: [{ name: 'http', number: 8080, publish: 18080 }],
    },
    'port 18080 of the machine is published by two of its containers',
  ],
  [
    { companions: [uploader, { ...uploader, ports: [] }], volumes: [volume] },
    'two companions are named "uploader"',
  ],
  [
    { ...beside({}), host: ['containerLogs'] },
    'has host access, so it cannot have companions, which would share it',
  ],
  // External peers
  [from(), 'accepts from "app": names no peer (use 0.0.0.0/0 and ::/0 for everybody)'],
  [from({ namespace: 'Audi_Fi' }), 'accepts from "app": namespace "Audi_Fi" is not a DNS label'],
  ...[
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/08',
    'fd00::/129',
    'fe80::1%eth0/64',
    '',
  ].map((cidr): [Partial<Workload>, string] => [
    from({ cidr }),
    `accepts from "app": "${cidr}" is not a CIDR range, e.g. 10.0.0.0/8`,
  ]),
  [
    from({ cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] }),
    'accepts from "app": "11.0.0.0/16" is not inside "10.0.0.0/8"',
  ],
  [
    from({ cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] }),
    'accepts from "app": "10.0.0.0/8" is not inside "10.0.0.0/8"',
  ],
  [
    from({ cidr: '0.0.0.0/0', except: ['fd00::/8'] }),
    'accepts from "app": "fd00::/8" is not inside "0.0.0.0/0"',
  ],
  [
    from({ cidr: '10.0.0.0/8', except: ['x'] }),
    'accepts from "app": "x" is not a CIDR range, e.g. 10.0.0.0/8',
  ],
  [
    { acceptsFrom: [{ external: 'app', ports: ['otlp'], peers: [{ namespace: 'a' }] }] },
    'accepts from "app" on port "otlp", which is not declared',
  ],
  [
    { acceptsFrom: [{ external: 'app', ports: [], peers: [{ namespace: 'a' }] }] },
    'accepts from "app", on no port',
  ],
  [
    { acceptsFrom: [{ external: '-', ports: ['http'], peers: [{ namespace: 'a' }] }] },
    'accepts connections from a peer without a name',
  ],
  [
    {
      acceptsFrom: ['My app', 'my-app'].map((external) => ({
        external,
        ports: ['http'],
        peers: [{ namespace: 'a' }],
      })),
    },
    'accepts from "my-app" twice',
  ],
  [to(), 'connects to "app": names no peer (use 0.0.0.0/0 and ::/0 for everybody)'],
  [to({ cidr: '10.0.0.0' }), 'connects to "app": "10.0.0.0" is not a CIDR range, e.g. 10.0.0.0/8'],
  // Privileges
  [
    { host: ['docker' as never] },
    'host access "docker" does not exist (known: hostMetrics, containerStats, containerLogs)',
  ],
  [{ user: { uid: 0, gid: 0 } }, 'runs as root (uid 0) without a host access that requires root'],
  [
    { user: { uid: 0, gid: 0 }, host: ['hostMetrics'] },
    'runs as root (uid 0) without a host access that requires root',
  ],
  [
    { placement: 'perNode', volumes: [volume] },
    'runs on every node, so it cannot have a volume without host access',
  ],
  [
    { serviceAccount: { podLabels: { 'app.kubernetes.io/name': 'other' } } },
    `pod label "app.kubernetes.io/name" is reserved for the stack`,
  ],
  [
    { host: ['hostMetrics'], ports: [{ name: 'http', number: 1, publish: 2 }] },
    'uses the host network, so it cannot publish a port',
  ],
];

describe('an invalid workload', () => {
  it.each(broken)('%j', (change, problem) => {
    expect(workloadProblems({ ...plain, ...change })).toEqual([problem]);
  });

  it('is rejected with all its problems, by name', () => {
    const bad = { ...plain, name: 'web', stopSeconds: -1, readiness: { ...probe, port: 'x' } };
    expect(() => assertValid(bad)).toThrow(/^workload "web": .*not declared; stopSeconds -1/);
  });
});

describe('a valid workload has no problems', () => {
  it.each([
    ['plain', plain],
    ['full', full],
    ['on the host', onHost],
    ['as root', asRoot],
    ['with replicas', replicated],
    ['with a companion', accompanied],
    ['open to a namespace that begins with a digit', { ...plain, ...from({ namespace: '1st' }) }],
    [
      'open to all but one',
      { ...plain, ...from({ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }) },
    ],
    ['open to IPv6', { ...plain, ...from({ cidr: '::/0', except: ['fd00::/8'] }) }],
    ['without ports', { ...plain, ports: undefined, readiness: undefined }],
    [
      'files in nested directories',
      { ...plain, files: [file('/etc/web/a'), file('/etc/web/b/c')] },
    ],
    ['node exporter', nodeExporterWorkload('node-exporter', { hostListenAddress: '10.0.0.1' })],
    ['cAdvisor', cadvisorWorkload('cadvisor', { publish: 8080 })],
    ['blackbox exporter', blackboxWorkload('blackbox-exporter', { checks: [] })],
  ])('%s', (_name, workload) => {
    expect(workloadProblems(workload)).toEqual([]);
  });
});

it('nested mounts are rejected, in either order', () => {
  const segment = fc.constantFrom('a', 'b', 'ab');
  const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((s) => `/mnt/${s.join('/')}`);
  fc.assert(
    fc.property(path, path, (one, other) => {
      const nested = `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
      const workload = { ...plain, scratch: [one], volumes: [{ ...volume, path: other }] };
      expect(workloadProblems(workload).length > 0).toBe(nested);
    }),
  );
});

describe('address', () => {
  it('consists of host and port number', () => {
    expect(address(endpoint('web', { host: 'web.monitoring.svc' }), 'http')).toBe(
      'web.monitoring.svc:8080',
    );
  });

  it('throws for an undeclared port', () => {
    expect(() => address(endpoint('web'), 'grpc')).toThrow('web has no port "grpc"');
    expect(() => addresses(endpoint('web'), 'grpc')).toThrow('web has no port "grpc"');
  });

  it('exists for each instance', () => {
    const instances = ['web-0', 'web-1'];
    expect(addresses(endpoint('web', { instances }), 'http')).toEqual(['web-0:8080', 'web-1:8080']);
  });

  it('of instances throws if only DNS knows them', () => {
    const agents = endpoint('agent', { discovery: 'dns', instances: [] });
    expect(() => addresses(agents, 'http')).toThrow('agent are known only through DNS');
  });
});
