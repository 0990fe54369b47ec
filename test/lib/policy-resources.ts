import type { PolicyResource } from '../../policy/resource';
import { notKnown } from '../../policy/values';

export type Props = Readonly<Record<string, unknown>>;

export function resource(
  type: string,
  name: string,
  props: Props,
  options: Partial<PolicyResource> = {},
): PolicyResource {
  return { type, name, urn: `urn:pulumi:test::p::${type}::${name}`, props, ...options };
}

/** A container that complies with all rules, except for the changes of a test. */
export const docker = (props: Props = {}, name = 'web'): PolicyResource =>
  resource('docker:index/container:Container', name, {
    ...{ name, image: notKnown, user: '1000:1000', readOnly: true, memory: 64, cpus: '0.5' },
    capabilities: { drops: ['ALL'] },
    securityOpts: ['no-new-privileges:true'],
    ports: [{ internal: 80, external: 8080, ip: '127.0.0.1' }],
    envs: ['GOGC=50'],
    command: ['--config.file=/etc/web.yml'],
    volumes: [{ volumeName: 'web-data', containerPath: '/data' }, { fromContainer: notKnown }],
    mounts: [],
    ...props,
  });

export interface Changes {
  readonly container?: Props;
  readonly security?: Props;
  readonly pod?: Props;
  readonly podSecurity?: Props;
  readonly name?: string;
  readonly kind?: string;
}

/** The same on Kubernetes. */
export function kubernetes(changes: Changes = {}): PolicyResource {
  const { container, security, pod, podSecurity, name = 'web', kind = 'Deployment' } = changes;
  const spec = {
    securityContext: { runAsUser: 1000, runAsNonRoot: true, ...podSecurity },
    volumes: [{ name: 'config', configMap: { name: 'web' } }],
    containers: [
      {
        ...{ name, image: 'registry.example:5000/web:1.2.3' },
        env: [{ name: 'GOGC', value: '50' }],
        args: ['--web.token-file=/etc/token'],
        ports: [{ containerPort: 80 }],
        resources: { limits: { memory: '64Mi', cpu: '500m' } },
        securityContext: {
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
          capabilities: { drop: ['ALL'] },
          ...security,
        },
        ...container,
      },
    ],
    ...pod,
  };
  return resource(`kubernetes:apps/v1:${kind}`, name, {
    metadata: { name, namespace: 'monitoring' },
    spec: { template: { metadata: { labels: { app: name } }, spec } },
  });
}

export const policy = (spec: Props, namespace: unknown = 'monitoring'): PolicyResource =>
  resource('kubernetes:networking.k8s.io/v1:NetworkPolicy', 'policy', {
    metadata: { namespace },
    spec,
  });
export const denied = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

export const service = (spec: Props, annotations: Props = {}): PolicyResource =>
  resource('kubernetes:core/v1:Service', 'web', { metadata: { annotations }, spec });

export const image = (name: unknown): PolicyResource =>
  resource('docker:index/remoteImage:RemoteImage', 'web-image', { name });

export const volume = (options: Partial<PolicyResource>): PolicyResource =>
  resource('docker:index/volume:Volume', 'web-data', { name: 'web-data' }, options);

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** A container with an image and nothing else. */
export function kubernetesContainer(name: string, ofImage: string): unknown {
  return { name, image: ofImage };
}
