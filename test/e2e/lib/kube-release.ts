import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageRef, images } from '../../../components/images';
import type { KubeCluster } from './kube-cluster';

/** A resource in a stack's state, without what only the cluster knows. */
interface Deployed {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly retainOnDelete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Field manager under which the provider applied the object. */
  readonly fieldManager?: string;
}

/** Names of the services in the fixture. Each has a StatefulSet with one claim. */
export const releasedServices = ['alertmanager', 'jaeger', 'loki', 'prometheus'] as const;

/** The stack in the fixture. */
export const releasedStack = 'e2eupgrade';

/**
 * Creates the objects that an earlier program left on a cluster, exactly as its provider applied
 * them, and returns the stack's state for `pulumi stack import`.
 *
 * The fixture is the state of a stack on a real cluster, from a version before claims became
 * separate resources. Only the services with claims are kept, without their network policies.
 * Prometheus has two scrape jobs and no rules. Images have today's tags, because a later machine
 * may not have the earlier ones.
 */
export function restore(cluster: KubeCluster, kubeconfig: string): string {
  const resources = fixture(kubeconfig).map((resource) => {
    const { fieldManager, inputs, ...rest } = resource;
    const custom = rest.id !== undefined;
    if (fieldManager === undefined || inputs === undefined) {
      return { ...rest, custom, inputs, outputs: withoutInternals(inputs) };
    }
    const live = cluster.applyAs(fieldManager, inputs);
    const outputs = {
      ...live,
      __fieldManager: fieldManager,
      __initialApiVersion: inputs['apiVersion'],
      __inputs: inputs,
    };
    return { ...rest, custom, inputs, outputs };
  });
  const manifest = { time: '0001-01-01T00:00:00Z', magic: '', version: '' };
  return JSON.stringify({ version: 3, deployment: { manifest, resources } });
}

function fixture(kubeconfig: string): readonly Deployed[] {
  const text = readFileSync(join(__dirname, '..', 'fixtures', 'cluster-state.json'), 'utf8');
  const tags = Object.fromEntries(
    Object.values(images).map((image) => [image.repository, imageRef(image)]),
  );
  const isImage = (key: string, value: unknown): value is string =>
    key === 'image' && typeof value === 'string';
  return JSON.parse(text, (key, value: unknown) => {
    if (key === 'kubeconfig') return kubeconfig;
    if (!isImage(key, value)) return value;
    const today = tags[value.slice(0, value.lastIndexOf(':'))];
    if (today === undefined) throw new Error(`components/images.ts has no ${value}`);
    return today;
  }) as readonly Deployed[];
}

const withoutInternals = (inputs: Deployed['inputs'] = {}): object =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== '__internal'));
