import { describe, expect, it } from '@jest/globals';
import type { PolicyResource } from '../../../policy/resource';
import { rules } from '../../../policy/rules';
import { encrypted, notKnown } from '../../../policy/values';
import { broken } from '../../lib/policy';
import {
  denied,
  digest,
  docker,
  image,
  kubernetes,
  kubernetesContainer,
  policy,
  resource,
  service,
  volume,
} from '../../lib/policy-resources';

/** A rule of a NetworkPolicy for any address and port. */
const everything = {
  from: [{ ipBlock: { cidr: '::/0' } }],
  to: [{ ipBlock: { cidr: '10.0.0.0/8' } }, { ipBlock: { cidr: '0.0.0.0/0' } }],
};

/** Violations: the rule, the resources, and text of the one expected message. */
const breaking: readonly (readonly [rule: string, what: string, PolicyResource[], RegExp])[] = [
  ['pinned-images', 'no tag', [image('registry.example:5000/web')], /"registry.*" is not pinned/],
  [
    'pinned-images',
    'a tag that moves',
    [kubernetes({ container: { image: 'web:latest' } })],
    /web:latest/,
  ],
  ['pinned-images', 'a word as tag', [image('web:stable-alpine')], /not pinned/],
  ['pinned-images', 'a major version', [image('postgres:17')], /not pinned/],
  ['pinned-images', 'a major version and a variant', [image('node:24-slim')], /not pinned/],
  ['pinned-images', 'a word and a number', [image('x:latest-2')], /not pinned/],
  [
    'pinned-images',
    'an init container',
    [kubernetes({ pod: { initContainers: [kubernetesContainer('init', 'init')] } })],
    /"init"/,
  ],
  ['non-root', 'no user', [docker({ user: undefined })], /runs as root/],
  ['non-root', 'root by name', [docker({ user: 'root' })], /runs as root/],
  ['non-root', 'user 0', [docker({ user: '0:1000' })], /runs as root/],
  [
    'non-root',
    'the image decides',
    [kubernetes({ podSecurity: { runAsUser: undefined, runAsNonRoot: undefined } })],
    /container web runs as root/,
  ],
  [
    'non-root',
    'a container against its pod',
    [kubernetes({ security: { runAsUser: 0 } })],
    /runs as root/,
  ],
  [
    'non-root',
    'a host agent that needs no root',
    [docker({ user: '0:0' }, 'node-exporter')],
    /runs as root/,
  ],
  ['read-only-root', 'Docker', [docker({ readOnly: false })], /can write/],
  [
    'read-only-root',
    'Kubernetes',
    [kubernetes({ security: { readOnlyRootFilesystem: undefined } })],
    /can write/,
  ],
  ['resource-limits', 'no memory', [docker({ memory: undefined })], /no memory limit/],
  ['resource-limits', 'no CPU', [docker({ cpus: undefined })], /no CPU limit/],
  [
    'resource-limits',
    'a request is no limit',
    [
      kubernetes({
        container: { resources: { limits: { cpu: '1' }, requests: { memory: '1Gi' } } },
      }),
    ],
    /no memory limit/,
  ],
  ['no-privileges', 'privileged', [docker({ privileged: true })], /is privileged/],
  ['no-privileges', 'can gain privileges', [docker({ securityOpts: [] })], /no-new-privileges/],
  ['no-privileges', 'default capabilities', [docker({ capabilities: undefined })], /drop ALL/],
  [
    'no-privileges',
    'a strong capability',
    [kubernetes({ security: { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } })],
    /capability SYS_ADMIN/,
  ],
  [
    'no-privileges',
    'reading any file',
    [docker({ capabilities: { drops: ['ALL'], adds: ['CAP_DAC_READ_SEARCH'] } })],
    /DAC_READ_SEARCH/,
  ],
  [
    'no-privileges',
    'escalation',
    [kubernetes({ security: { allowPrivilegeEscalation: undefined } })],
    /can gain privileges/,
  ],
  [
    'no-host-access',
    'the network of the machine',
    [docker({ networkMode: 'host' })],
    /the host's network namespace/,
  ],
  [
    'no-host-access',
    'a directory of the machine',
    [docker({ mounts: [{ type: 'bind', source: '/etc', target: '/etc', readOnly: true }] })],
    /directory \/etc/,
  ],
  [
    'no-host-access',
    "Docker's socket",
    [
      docker({
        volumes: [{ hostPath: '/var/run/docker.sock', containerPath: '/var/run/docker.sock' }],
      }),
    ],
    /docker\.sock/,
  ],
  [
    'no-host-access',
    'a host agent that writes',
    [docker({ mounts: [{ type: 'bind', source: '/', target: '/host' }] }, 'node-exporter')],
    /writable/,
  ],
  [
    'no-host-access',
    'the processes of the node',
    [kubernetes({ pod: { hostPID: true } })],
    /the host's pid namespace/,
  ],
  [
    'no-host-access',
    'a path of the node',
    [kubernetes({ pod: { volumes: [{ name: 'r', hostPath: { path: '/' } }] } })],
    /directory \//,
  ],
  [
    'no-host-access',
    'a port of the node',
    [kubernetes({ container: { ports: [{ hostPort: 80 }] } })],
    /port 80 of the node/,
  ],
  ['not-public', 'a load balancer', [service({ type: 'LoadBalancer' })], /public load balancer/],
  ['not-public', 'a port of every node', [service({ type: 'NodePort' })], /port on every node/],
  [
    'not-public',
    'external addresses',
    [service({ type: 'ClusterIP', externalIPs: ['203.0.113.1'] })],
    /external addresses/,
  ],
  [
    'not-public',
    'a port on every address',
    [docker({ ports: [{ internal: 80, external: 8080 }] })],
    /port 8080 is open/,
  ],
  [
    'protected-volumes',
    'a volume that goes',
    [volume({ retainOnDelete: false })],
    /retainOnDelete or protect/,
  ],
  [
    'protected-volumes',
    'a volume without a name',
    [docker({ volumes: [{ containerPath: '/data' }] })],
    /\/data is on a volume without a name/,
  ],
  [
    'protected-volumes',
    'claims that go',
    [
      resource('kubernetes:apps/v1:StatefulSet', 'db', {
        spec: {
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
        },
      }),
    ],
    /claims are deleted with it/,
  ],
  [
    'protected-volumes',
    'the namespace of the claims',
    [resource('kubernetes:core/v1:Namespace', 'ns', {}, { retainOnDelete: false })],
    /deleted with the stack/,
  ],
  [
    'encrypted-secrets',
    'a variable',
    [docker({ envs: ['DB_PASSWORD=hunter2'] })],
    /variable DB_PASSWORD/,
  ],
  [
    'encrypted-secrets',
    'a marked value in a variable',
    [kubernetes({ container: { env: [{ name: 'DSN', value: encrypted }] } })],
    /variable DSN/,
  ],
  [
    'encrypted-secrets',
    'an argument',
    [docker({ command: ['--auth.token=abc'] })],
    /argument --auth\.token:/,
  ],
  [
    'encrypted-secrets',
    'a URL with a password',
    [kubernetes({ container: { args: ['postgresql://u:hunter2@db/x'] } })],
    /in the argument/,
  ],
  [
    'encrypted-secrets',
    'a ConfigMap',
    [
      resource('kubernetes:core/v1:ConfigMap', 'c', {
        data: { 'a.yml': 'url: https://hooks.slack.com/services/T0AB/B0CD/ef' },
      }),
    ],
    /key a\.yml has a Slack webhook/,
  ],
  [
    'encrypted-secrets',
    'a plain file',
    [
      docker({
        start: false,
        uploads: [{ file: '/k', content: '-----BEGIN EC PRIVATE KEY-----' }],
      }),
    ],
    /\/k has a private key/,
  ],
  [
    'encrypted-secrets',
    'a Secret that the state shows',
    [
      resource(
        'kubernetes:core/v1:Secret',
        's',
        { stringData: { k: 'v' } },
        { marksSecrets: true },
      ),
    ],
    /key k is not encrypted/,
  ],
  [
    'encrypted-secrets',
    'a secret file that the state shows',
    [
      resource(
        'docker:index/container:Container',
        'f',
        { start: false, uploads: [{ file: '/k', content: 'v', permissions: '0400' }] },
        { marksSecrets: true },
      ),
    ],
    /\/k is not encrypted/,
  ],
  ['network-policies', 'none', [kubernetes()], /no NetworkPolicy that limits its ingress traffic/],
  [
    'network-policies',
    'one direction',
    [kubernetes(), policy({ podSelector: {}, policyTypes: ['Ingress'] })],
    /no NetworkPolicy that limits its egress traffic/,
  ],
  [
    'network-policies',
    'another namespace',
    [kubernetes(), policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'default')],
    /no NetworkPolicy/,
  ],
  [
    'network-policies',
    'other pods',
    [
      kubernetes(),
      policy({ podSelector: { matchLabels: { app: 'x' } }, policyTypes: ['Ingress', 'Egress'] }),
    ],
    /no NetworkPolicy/,
  ],
  [
    'network-policies',
    'an expression',
    [
      kubernetes(),
      policy({
        podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
        policyTypes: ['Ingress', 'Egress'],
      }),
    ],
    /no NetworkPolicy/,
  ],
  ...[{}, { ports: [] }, { from: [], to: [] }, everything].map(
    (rule) =>
      [
        'network-policies',
        `the rule ${JSON.stringify(rule)}`,
        [kubernetes(), denied, policy({ podSelector: {}, ingress: [rule], egress: [rule] })],
        /ingress traffic\n.*egress traffic/,
      ] as [string, string, PolicyResource[], RegExp],
  ),
  [
    'known-types',
    'a chart of Helm',
    [resource('kubernetes:helm.sh/v3:Release', 'redis', {})],
    /no rule judges/,
  ],
];

describe('each rule with a stack that breaks it', () => {
  it.each(breaking)('%s: %s', (rule, _, resources, words) => {
    const messages = broken(rule, resources);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.join('\n')).toMatch(words);
  });

  it('every rule has one', () => {
    const tested = new Set(breaking.map(([rule]) => rule));
    expect([...tested].sort()).toEqual(rules.map(({ name }) => name).sort());
  });
});

describe('what is allowed', () => {
  const allowed: readonly (readonly [what: string, PolicyResource[]])[] = [
    ['a container on Docker', [docker()]],
    ['a pod', [kubernetes(), denied]],
    ['a digest', [image(`web@${digest}`), image(notKnown)]],
    [
      'tags of versions, of dates and of the content',
      [
        ...['postgres:17.10', 'a/b:v3.13.5-alpine', 'minio:RELEASE.2025-09-07T16-13-09Z'],
        'audifi/inbox:a45b26291da8a8d1',
      ].map((name) => image(name)),
    ],
    [
      'a rule with ports, or for some addresses',
      [
        kubernetes(),
        policy({
          ...{ podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
          ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }],
          egress: [{ ports: [{ port: 443 }] }, { to: notKnown }],
        }),
      ],
    ],
    [
      'an agent that reads the machine',
      [
        docker(
          {
            mounts: [{ type: 'bind', source: '/', target: '/host', readOnly: true }],
            networkMode: 'host',
          },
          'node-exporter',
        ),
      ],
    ],
    ['an agent that is root', [docker({ user: '0:0' }, 'promtail')]],
    [
      'a carrier of files, which never runs',
      [
        docker({
          start: false,
          user: undefined,
          readOnly: false,
          memory: undefined,
          volumes: [{ containerPath: '/etc/web' }],
        }),
      ],
    ],
    [
      'a volume that stays',
      [volume({ retainOnDelete: true }), volume({ protect: true, retainOnDelete: false })],
    ],
    ['a volume of which the engine does not say whether it stays', [volume({})]],
    [
      'the path of a secret',
      [docker({ envs: ['DB_PASSWORD=/run/secrets/db', 'DB_PASSWORD_FILE=/x'] })],
    ],
    [
      'an encrypted Secret',
      [
        resource(
          'kubernetes:core/v1:Secret',
          's',
          { stringData: encrypted },
          { marksSecrets: true },
        ),
      ],
    ],
    [
      'a variable from a Secret',
      [kubernetes({ container: { env: [{ name: 'PASSWORD', valueFrom: {} }] } }), denied],
    ],
    [
      'a policy for a namespace that is not known yet',
      [
        kubernetes(),
        policy(
          { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress', 'Egress'] },
          notKnown,
        ),
      ],
    ],
  ];
  it.each(allowed)('%s', (_, resources) => {
    expect(rules.flatMap(({ name }) => broken(name, resources))).toEqual([]);
  });
});
