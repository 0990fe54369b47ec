import {
  ComponentResource,
  type CustomResourceOptions,
  type ResourceTransformation,
} from '@pulumi/pulumi';
import { KubernetesPlatform } from '../../../components/platform/kubernetes';
import type { KubernetesPlatformArgs } from '../../../components/platform/kubernetes-args';
import type { Endpoint, Workload } from '../../../components/workload';
import { record, type Recorded } from '../../../scripts/render/record';

/** A minimal valid workload. */
export const plain: Workload = {
  name: 'web',
  image: { repository: 'example/web', tag: 'v1' },
  ports: [{ name: 'http', number: 8080 }],
  readiness: { port: 'http', path: '/ready' },
  resources: { memoryMiB: 64, cpus: 0.5 },
  user: { uid: 1000, gid: 1000 },
};

/** One pod per node, on the host network. */
export const perNode: Workload = {
  ...plain,
  name: 'node-watcher',
  placement: 'perNode',
  host: ['hostMetrics'],
};

class Parent extends ComponentResource {
  constructor(name: string, transformations: ResourceTransformation[]) {
    super('test:index:Parent', name, {}, { transformations });
  }
}

/** Options of a resource for the engine, which mocks do not show. */
export interface Registration {
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: CustomResourceOptions;
}

export interface Deployed {
  readonly resources: readonly Recorded[];
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** By logical name, providers included. */
  readonly registrations: Readonly<Record<string, Registration>>;
  /** Objects of one kind, as manifests. */
  ofKind<T = Manifest>(kind: string): T[];
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
  readonly immutable?: boolean;
}

/** `deploy` of the platform with its own parent. */
export type Deploy = (workload: Workload) => Endpoint;

/** Runs `program` on a platform with mocks and returns the registered resources. */
export async function onKubernetes(
  program: (deploy: Deploy, platform: KubernetesPlatform) => void,
  args: Partial<KubernetesPlatformArgs> = {},
): Promise<Deployed> {
  const endpoints: Record<string, Endpoint> = {};
  const registrations: Record<string, Registration> = {};
  const transformations: ResourceTransformation[] = [
    ({ type, name, props, opts }) => {
      const isComponent = /^(audifi|test):/.test(type);
      if (!isComponent) registrations[name] = { props: props, opts };
      return undefined;
    },
  ];
  const resources = await record(
    () => {
      const platform = new KubernetesPlatform(
        'kubernetes',
        {
          stack: 'test',
          openTunnel: ({ localPort }) => Promise.resolve(`http://127.0.0.1:${localPort}`),
          ...args,
        },
        { transformations },
      );
      program((workload) => {
        const parent = new Parent(workload.name, transformations);
        const endpoint = platform.deploy(workload, { parent });
        endpoints[workload.name] = endpoint;
        return endpoint;
      }, platform);
    },
    { stack: 'test' },
  );
  return {
    resources,
    endpoints,
    registrations,
    ofKind: <T>(kind: string) =>
      resources.filter((r) => r.type.endsWith(`:${kind}`)).map((r) => r.inputs as T),
  };
}

/** The only pod of the deployed resources. */
export function podOf(deployed: Deployed, kind = 'Deployment'): Pod {
  const [object] = deployed.ofKind<{ spec: { template: { spec: Pod } } }>(kind);
  if (object === undefined) throw new Error(`no ${kind} was registered`);
  return object.spec.template.spec;
}

export interface Pod {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly dnsPolicy?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: Record<string, unknown>;
  readonly nodeSelector?: Record<string, string>;
  readonly imagePullSecrets?: unknown[];
  readonly tolerations?: unknown[];
  readonly affinity?: Record<string, unknown>;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly Container[];
  readonly volumes: readonly Record<string, unknown>[];
}

export interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { name: string; value?: string; valueFrom?: unknown }[];
  readonly ports: readonly { hostPort?: number }[];
  readonly securityContext: Record<string, unknown>;
  readonly volumeMounts: readonly Record<string, unknown>[];
  readonly resources: { limits: Record<string, string>; requests: Record<string, string> };
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly startupProbe?: Record<string, unknown>;
  readonly readinessProbe?: Record<string, unknown>;
  readonly livenessProbe?: Record<string, unknown>;
}
