import { type Pod, podOf } from '../containers';
import type { PolicyResource, Rule, Violation } from '../resource';
import { at, entries, list, notKnown, text } from '../values';

const networkPolicy = 'kubernetes:networking.k8s.io/v1:NetworkPolicy';

export const networkPolicies: Rule = {
  name: 'network-policies',
  description: 'On Kubernetes, NetworkPolicies limit both directions of every workload.',
  checkStack: (resources) => {
    const policies = resources.filter(({ type }) => type === networkPolicy);
    return resources.flatMap((resource): Violation[] => {
      const pod = podOf(resource);
      if (pod === undefined) return [];
      const applied = policies.filter((policy) => selects(policy, pod));
      return ['Ingress', 'Egress']
        .filter((direction) => !areLimited(applied, direction))
        .map((direction) => ({
          urn: resource.urn,
          message: `${resource.name} has no NetworkPolicy that limits its ${direction.toLowerCase()} traffic`,
        }));
    });
  },
};

/** Policies add up, so one rule that allows everything undoes the others. */
function areLimited(policies: readonly PolicyResource[], direction: string): boolean {
  const limiting = policies.filter((policy) => limits(policy, direction));
  return (
    limiting.length > 0 &&
    !limiting.some(({ props }) =>
      list(at(props, 'spec', direction.toLowerCase())).some((rule) => allowsAll(rule, direction)),
    )
  );
}

/** Whether a rule allows all ports of all addresses. Ports are a limit: public APIs need them. */
function allowsAll(rule: unknown, direction: string): boolean {
  const peers = at(rule, direction === 'Ingress' ? 'from' : 'to');
  if (rule === notKnown || peers === notKnown || isFilled(at(rule, 'ports'))) return false;
  return (
    !isFilled(peers) ||
    list(peers).some(
      (peer) =>
        /^(0\.0\.0\.0|::)\/0$/.test(text(at(peer, 'ipBlock', 'cidr'))) &&
        !isFilled(at(peer, 'ipBlock', 'except')),
    )
  );
}

const isFilled = (value: unknown): boolean => value === notKnown || list(value).length > 0;

/**
 * Without `policyTypes`, a policy limits ingress. It limits egress only if it has rules for egress.
 */
function limits({ props }: PolicyResource, direction: string): boolean {
  const types = at(props, 'spec', 'policyTypes');
  if (types === undefined) {
    return direction === 'Ingress' || at(props, 'spec', 'egress') !== undefined;
  }
  return list(types).includes(direction);
}

function selects({ props }: PolicyResource, pod: Pod): boolean {
  const namespace = at(props, 'metadata', 'namespace') ?? 'default';
  const same = namespace === notKnown || pod.namespace === notKnown;
  if (!same && namespace !== (pod.namespace ?? 'default')) return false;
  const selector = at(props, 'spec', 'podSelector');
  const value = (key: unknown): unknown => pod.labels[text(key)];
  return (
    entries(at(selector, 'matchLabels')).every(
      ([key, wanted]) => wanted === notKnown || value(key) === wanted,
    ) &&
    list(at(selector, 'matchExpressions')).every((expression) => {
      const found = value(at(expression, 'key'));
      const among = list(at(expression, 'values')).includes(found);
      switch (at(expression, 'operator')) {
        case 'In':
          return among;
        case 'NotIn':
          return !among;
        case 'Exists':
          return found !== undefined;
        default:
          return found === undefined;
      }
    })
  );
}
