import { Service } from '@pulumi/kubernetes/core/v1';
import { PodDisruptionBudget } from '@pulumi/kubernetes/policy/v1';
import type { core, policy } from '@pulumi/kubernetes/types/input';
import type * as pulumi from '@pulumi/pulumi';
import type { Workload } from '../workload';
import { isReplicated, partsOf } from './instances';
import { headlessName } from './kubernetes-names';
import { metadata } from './kubernetes-objects';
import { type Labels, type Placed, protocolsOf } from './kubernetes-policy';

/**
 * The Service of a workload. With replicas also the headless Service and the PodDisruptionBudget,
 * which no other resource waits for.
 */
export function services(
  workload: Workload,
  placed: Placed,
  opts: pulumi.CustomResourceOptions,
): Service[] {
  const { name } = workload;
  const service = (
    resource: string,
    objectName: string,
    spec: core.v1.ServiceSpec | undefined,
  ): Service[] =>
    spec === undefined
      ? []
      : [new Service(resource, { metadata: metadata(placed, objectName), spec }, opts)];
  if (isReplicated(workload)) {
    const args = { metadata: metadata(placed, name), spec: disruptionSpec(placed.labels) };
    new PodDisruptionBudget(`${name}-disruption`, args, opts);
  }
  return [
    ...service(`${name}-service`, name, serviceSpec(workload, placed.labels)),
    ...service(`${name}-headless`, headlessName(workload), headlessSpec(workload, placed.labels)),
  ];
}

/** The Service of a workload; undefined if it has no ports. */
function serviceSpec(workload: Workload, selector: Labels): core.v1.ServiceSpec | undefined {
  const ports = servicePorts(workload);
  if (ports.length === 0) return undefined;
  return {
    type: 'ClusterIP',
    // Headless: the name resolves to the addresses of all instances, including unready ones, so
    // that the monitoring sees them fail and not disappear.
    ...(workload.placement === 'perNode'
      ? { clusterIP: 'None', publishNotReadyAddresses: true }
      : undefined),
    ...(workload.stickyClients === true && isReplicated(workload)
      ? { sessionAffinity: 'ClientIP' }
      : undefined),
    selector,
    ports,
  };
}

/**
 * Gives each instance its own name below `<workload>-headless`; undefined for a single instance.
 */
function headlessSpec(workload: Workload, selector: Labels): core.v1.ServiceSpec | undefined {
  const ports = servicePorts(workload);
  if (ports.length === 0 || !isReplicated(workload)) return undefined;
  return {
    type: 'ClusterIP',
    clusterIP: 'None',
    publishNotReadyAddresses: workload.publishNotReadyAddresses === true,
    selector,
    ports,
  };
}

/** A drain evicts one instance at a time. Instances that are already broken do not block it. */
function disruptionSpec(selector: Labels): policy.v1.PodDisruptionBudgetSpec {
  return {
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: selector },
  };
}

/** Ports of all containers of the pod. */
function servicePorts(workload: Workload): core.v1.ServicePort[] {
  return partsOf(workload)
    .flatMap(({ spec }) => spec.ports ?? [])
    .flatMap(protocolsOf)
    .map(({ name, number, protocol }) => ({ name, port: number, targetPort: name, protocol }));
}
