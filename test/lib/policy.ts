import { fromEvent } from '../../policy/events';
import { type PolicyResource, type Rule, violations } from '../../policy/resource';
import { rules } from '../../policy/rules';
import type { Registered, Run } from './mocks';

/** The resources of a program with mocks, in the form of a preview's event log. */
export function policyResources({ resources }: Pick<Run<unknown>, 'resources'>): PolicyResource[] {
  return resources
    .filter(({ type }) => !/^(audifi|test|pulumi):/.test(type))
    .map(({ type, name, marked, opts }: Registered) =>
      fromEvent({
        ...{ type, inputs: marked },
        urn: `urn:pulumi:test::audifi-observability::${type}::${name}`,
        protect: opts.protect === true,
        retainOnDelete: opts.retainOnDelete === true,
      }),
    );
}

export function ruleOf(name: string): Rule {
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined) throw new Error(`no rule "${name}"`);
  return found;
}

/** Violations of a rule, each as `<name of the resource>: <message>`. */
export function broken(name: string, resources: readonly PolicyResource[]): string[] {
  return violations(ruleOf(name), resources).map(
    ({ urn, message }) => `${urn.slice(urn.lastIndexOf('::') + 2)}: ${message}`,
  );
}
