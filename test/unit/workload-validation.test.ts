import { describe, expect, it } from '@jest/globals';
import { blackboxWorkload } from '../../components/metrics/blackbox-exporter';
import { cadvisorWorkload } from '../../components/metrics/cadvisor';
import { nodeExporterWorkload } from '../../components/metrics/node-exporter';
import { address, type Workload } from '../../components/workload';
import { assertValid, workloadProblems } from '../../components/workload-validation';
import { asRoot, endpoint, full, onHost, plain } from '../lib/workloads';
import fc from '../lib/fast-check';

const probe = { port: 'http', path: '/' };
const file = (path: string) => ({ path, content: '' });
const volume = { name: 'data', path: '/data', sizeMiB: 1 };

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
  [{ command: [] }, 'an empty command is none: leave it out'],
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
  [{ files: [file('/web.yml')] }, 'config files cannot lie directly in "/"'],
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
  // Privileges
  [
    { host: ['docker' as never] },
    'host access "docker" does not exist (known: hostMetrics, containerStats, containerLogs)',
  ],
  [{ user: { uid: 0, gid: 0 } }, 'runs as root (uid 0) without the host access that would need it'],
  [
    { user: { uid: 0, gid: 0 }, host: ['hostMetrics'] },
    'runs as root (uid 0) without the host access that would need it',
  ],
  [
    { placement: 'perNode', volumes: [volume] },
    'runs on every node and cannot have a volume there without host access',
  ],
  [
    { host: ['hostMetrics'], ports: [{ name: 'http', number: 1, publish: 2 }] },
    'is on the network of the machine and cannot publish a port as well',
  ],
];

describe('an unsound workload', () => {
  it.each(broken)('%j', (change, problem) => {
    expect(workloadProblems({ ...plain, ...change })).toEqual([problem]);
  });

  it('is refused with all that is wrong with it, by name', () => {
    const bad = { ...plain, name: 'web', stopSeconds: -1, readiness: { ...probe, port: 'x' } };
    expect(() => assertValid(bad)).toThrow(/^workload "web": .*not declared; stopSeconds -1/);
  });
});

describe('a sound workload has no problem', () => {
  it.each([
    ['plain', plain],
    ['full', full],
    ['on the host', onHost],
    ['as root', asRoot],
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

it('any two mounts that lie in one another are refused, in either order', () => {
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
  it('is host and number of a port', () => {
    expect(address(endpoint('web', { host: 'web.monitoring.svc' }), 'http')).toBe(
      'web.monitoring.svc:8080',
    );
  });

  it('of a port that was never declared is an error', () => {
    expect(() => address(endpoint('web'), 'grpc')).toThrow('web has no port "grpc"');
  });
});
