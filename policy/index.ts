import {
  PolicyPack,
  type PolicyResource as EngineResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from '@pulumi/policy';
import type { PolicyResource, Rule } from './resource';
import { rules } from './rules';
import { notKnown } from './values';

/**
 * The policy pack. `make preview` runs it on the planned resources, and `make policy` on those in
 * the state (`pulumi policy analyze`). `make up` does not. Every rule is mandatory: a violation
 * fails the command.
 *
 * Upstream: https://www.pulumi.com/docs/insights/policy/policy-packs/authoring/
 */
new PolicyPack('audifi-observability', {
  enforcementLevel: 'mandatory',
  policies: rules.map(policyOf),
});

function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const { name, description, check, checkStack } = rule;
  return {
    name,
    description,
    ...(check && {
      validateResource: (args, report): void => {
        check(resourceOf(args)).forEach((message) => {
          report(message);
        });
      },
    }),
    ...(checkStack && {
      validateStack: ({ resources }, report): void => {
        for (const { urn, message } of checkStack(resources.map(resourceOf))) report(message, urn);
      },
    }),
  };
}

function resourceOf({
  type,
  name,
  urn,
  props,
  opts,
}: ResourceValidationArgs | EngineResource): PolicyResource {
  return { type, name, urn, props: copy(props) as PolicyResource['props'], protect: opts.protect };
}

/** The SDK throws if a rule reads a value that is unknown during a preview. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, i) => read(value, i));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(value, key)]));
}

function read(from: object, key: string | number): unknown {
  try {
    return copy((from as Record<string | number, unknown>)[key]);
  } catch {
    return notKnown;
  }
}
