import { durationSeconds } from '../units';
import type { ParsedTraces } from './settings-schema';

/** A policy of the processor `tail_sampling`. */
type Policy = Readonly<Record<string, unknown>> & { readonly name: string };

/** Names of the policies, in the label `policy` of the collector's metrics. */
export const policyNames = {
  probes: 'drop-probes',
  errors: 'errors',
  slow: 'slow',
  exemplars: 'exemplars',
  service: (name: string) => `share-${name}`,
  rest: 'share-rest',
} as const;

/** Requests of load balancers and orchestrators: their whole path. */
const probePath = '^/(?:health|healthz|livez|readyz|ready|ping|metrics|-/(?:healthy|ready))/?$';

/**
 * The processor `tail_sampling`: what of the traces is kept, decided for each as a whole.
 *
 * Always kept: traces with an error, slow ones, and those that an exemplar names (`exemplar="true"` on a span). Of the others the
 * share of each service that takes part, the highest counts, or that of the rest. What only probes made is dropped.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor
 */
export function tailSampling({
  decisionWait,
  maxTraces,
  sampling,
}: ParsedTraces['traces']): object {
  const named = Object.entries(sampling.services);
  return {
    decision_wait: `${durationSeconds(decisionWait) ?? 0}s`,
    num_traces: maxTraces,
    maximum_trace_size_bytes: 4_000_000,
    block_on_overflow: false,
    // At a stop what waits is decided as it is; only a kill loses it.
    drop_pending_traces_on_shutdown: false,
    // Spans that come later follow the decision.
    decision_cache: { sampled_cache_size: 10 * maxTraces, non_sampled_cache_size: 10 * maxTraces },
    policies: [
      probes,
      errors,
      { name: policyNames.slow, type: 'latency', latency: { threshold_ms: slowMs(sampling.slow) } },
      exemplars,
      ...named.map(([service, share]) =>
        both(policyNames.service(service), takesPart([service]), probabilistic(share)),
      ),
      named.length === 0
        ? { name: policyNames.rest, ...probabilistic(sampling.share) }
        : both(
            policyNames.rest,
            takesNoPart(named.map(([service]) => service)),
            probabilistic(sampling.share),
          ),
    ],
  };
}

const slowMs = (text: string): number => Math.round((durationSeconds(text) ?? 0) * 1_000);

const ottl = (...span: readonly string[]): object => ({
  type: 'ottl_condition',
  ottl_condition: { error_mode: 'ignore', span },
});

/** Either spelling: the contract's is a text, others write a boolean. */
const exemplars: Policy = {
  name: policyNames.exemplars,
  ...ottl('span.attributes["exemplar"] == "true"', 'span.attributes["exemplar"] == true'),
};

const errors: Policy = {
  name: policyNames.errors,
  type: 'status_code',
  status_code: { status_codes: ['ERROR'] },
};

/** Outranks all others, so a probe that fails, or that an exemplar names, is none. */
const probes: Policy = {
  name: policyNames.probes,
  type: 'drop',
  drop: {
    drop_sub_policy: [
      {
        name: 'path',
        ...ottl(
          ...['url.path', 'http.route', 'http.target'].map(
            (key) =>
              `IsMatch(span.attributes["${key}"], ${JSON.stringify(probePath)}) and ` +
              'span.status.code != STATUS_CODE_ERROR and span.attributes["exemplar"] == nil',
          ),
        ),
      },
    ],
  },
};

const takesPart = (services: readonly string[]): object => ({
  type: 'string_attribute',
  string_attribute: { key: 'service.name', values: services },
});

const takesNoPart = (services: readonly string[]): object => ({
  type: 'string_attribute',
  string_attribute: { key: 'service.name', values: services, invert_match: true },
});

/** One salt for all: what a smaller share keeps, a larger one keeps as well. */
const probabilistic = (share: number): object => ({
  type: 'probabilistic',
  // Without the noise of floating-point numbers: 0.07 is 7 %, not 7.000000000000001 %.
  probabilistic: {
    hash_salt: 'audifi',
    sampling_percentage: Number((share * 100).toPrecision(12)),
  },
});

const both = (name: string, one: object, other: object): Policy => ({
  name,
  type: 'and',
  and: {
    and_sub_policy: [
      { name: 'service', ...one },
      { name: 'share', ...other },
    ],
  },
});
