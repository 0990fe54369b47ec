/**
 * A resource as a rule sees it: from the engine that previews or updates, from its event log, or
 * from a test.
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
   * Pulumi's option `retainOnDelete`; undefined where it cannot be seen. The engine does not give
   * it to a policy pack, its event log has it.
   */
  readonly retainOnDelete?: boolean;
  /**
   * Whether `props` says which values are encrypted. The engine decrypts them for a policy pack.
   */
  readonly marksSecrets?: boolean;
}

/** Something that breaks a rule. */
export interface Violation {
  readonly urn: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** One rule of the pack. */
export interface Rule {
  /** In lower case with hyphens, as `pulumi` prints it. */
  readonly name: string;
  /** What the rule demands, in one sentence. */
  readonly description: string;
  /** What breaks it, one sentence each, for a resource alone. */
  readonly check?: (resource: PolicyResource) => readonly string[];
  /** What breaks it among all resources of the stack. */
  readonly checkStack?: (resources: readonly PolicyResource[]) => readonly Violation[];
}

/** Everything that breaks a rule, in the order of the resources. */
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
