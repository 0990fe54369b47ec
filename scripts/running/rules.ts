import { stringify } from 'yaml';
import { durationSeconds } from '../../components/units';
import { listOf } from '../changes/change';
import { declare } from '../changes/declare';
import { configurationFiles } from '../changes/parsed';
import { changesBetween, type DeclaredResource } from '../changes/recorded';
import { OperatorError } from '../operator-error';
import { projectRoot } from '../stack-files';

/** A rule that the program declares for Prometheus. */
export interface Rule {
  readonly kind: 'alert' | 'record';
  /** Name of the alert, or of the series that is recorded. */
  readonly name: string;
  readonly severity?: string;
  readonly expr: string;
  /** Seconds. */
  readonly for: number;
  readonly keepFiringFor: number;
  /** Seconds between two evaluations. */
  readonly interval: number;
}

/**
 * The rules of Prometheus in the working tree for a stack. Runs the program without an engine, so
 * it shows what a pull request would deploy.
 *
 * @param root folder of Pulumi.yaml
 */
export async function rulesOf(stack: string, root = projectRoot): Promise<Rule[]> {
  return rulesIn(await declare(stack, { root }));
}

/**
 * Rules in the declared resources, with the evaluation interval of their prometheus.yml. The rules
 * of Loki's ruler are LogQL and left out.
 */
export function rulesIn(resources: readonly DeclaredResource[]): Rule[] {
  const files = configurationFiles(changesBetween([], resources), 'new');
  const [interval] = files.flatMap(({ content }) => {
    const { evaluation_interval: text } = (content['global'] ?? {}) as {
      readonly evaluation_interval?: unknown;
    };
    return typeof text === 'string' ? (durationSeconds(text) ?? []) : [];
  });
  if (interval === undefined) {
    throw new OperatorError('the program declares no prometheus.yml with an evaluation_interval');
  }
  // Both servers get files with `groups`. Those of Prometheus belong to its own resources.
  const rules = files
    .filter(({ resource }) => resource.startsWith('prometheus'))
    .flatMap(({ content }) => listOf(content['groups']))
    .flatMap((group) =>
      listOf(group['rules']).map((rule) => ruleOf(rule, seconds(group['interval']) ?? interval)),
    );
  return [...new Map(rules.map((rule) => [stringify(rule), rule])).values()];
}

function ruleOf(rule: Readonly<Record<string, unknown>>, interval: number): Rule {
  const name = rule['alert'] ?? rule['record'];
  const { severity } = (rule['labels'] ?? {}) as { readonly severity?: string };
  return {
    kind: rule['alert'] === undefined ? 'record' : 'alert',
    name: String(name),
    ...(severity === undefined ? {} : { severity }),
    expr: String(rule['expr']),
    for: seconds(rule['for']) ?? 0,
    keepFiringFor: seconds(rule['keep_firing_for']) ?? 0,
    interval,
  };
}

const seconds = (text: unknown): number | undefined =>
  typeof text === 'string' ? durationSeconds(text) : undefined;
