/**
 * A resource as the input of a rule. It comes from the engine (preview or update), from its event
 * log, or from a test.
 */
export interface PolicyResource {
  /** Type token, e.g. `docker:index/container:Container`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  /** Inputs. A value may be `notKnown` or `encrypted` (values.ts). */
  readonly props: Readonly<Record<string, unknown>>;
  /** Pulumi's option `protect`. */
  readonly protect?: boolean;
  /**
   * Pulumi's option `retainOnDelete`; undefined if unknown. The engine does not pass it to a policy
   * pack; the event log contains it.
   */
  readonly retainOnDelete?: boolean;
  /**
   * Whether `props` shows which values are secret. In a policy pack, they are already decrypted.
   */
  readonly marksSecrets?: boolean;
}

/** A violation of a rule. */
export interface Violation {
  readonly urn: string;
  /** What is wrong, and how to fix it. */
  readonly message: string;
}

/** One rule of the pack. */
export interface Rule {
  /** In lower case with hyphens, as `pulumi` prints it. */
  readonly name: string;
  /** What the rule requires, in one sentence. */
  readonly description: string;
  /** Violations by a single resource, one sentence each. */
  readonly check?: (resource: PolicyResource) => readonly string[];
  /** Violations that only show when all resources of the stack are compared. */
  readonly checkStack?: (resources: readonly PolicyResource[]) => readonly Violation[];
}

/** All violations, in the order of the resources. */
export function violations(rule: Rule, resources: readonly PolicyResource[]): Violation[] {
  const { check, checkStack } = rule;
  return [
    ...(check === undefined
      ? []
      : resources.flatMap((resource) =>
          check(resource).map((message) => ({ urn: resource.urn, message })),
        )),
    ...(checkStack?.(resources) ?? []),
  ];
}
