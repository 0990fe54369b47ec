import { fromEvent } from '../../policy/events';
import { type PolicyResource, type Rule, violations } from '../../policy/resource';
import { rules } from '../../policy/rules';
import type { Registered, Run } from './mocks';

/** The resources of a program that ran under mocks, as the event log of a preview would have them. */
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

/** What breaks a rule, `<name of the resource>: <message>` each. */
export function broken(name: string, resources: readonly PolicyResource[]): string[] {
  return violations(ruleOf(name), resources).map(
    ({ urn, message }) => `${urn.slice(urn.lastIndexOf('::') + 2)}: ${message}`,
  );
}
