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

/** The contract uses a string, but other senders use a boolean. */
const exemplarConditions = [
  'span.attributes["exemplar"] == "true"',
  'span.attributes["exemplar"] == true',
] as const;

/** Paths that load balancers and orchestrators request. */
const probePath = '^/(?:health|healthz|livez|readyz|ready|ping|metrics|-/(?:healthy|ready))/?$';

/** Set, until sampling, on spans that keep their trace from being dropped. */
const mark = 'audifi.not_dropped';

const marks = (statement: string): object => ({
  error_mode: 'ignore',
  trace_statements: [{ context: 'span', statements: [statement] }],
});

/** The processor before `tail_sampling`: marks spans that its policies cannot match themselves. */
export const beforeSampling = marks(
  `set(span.attributes["${mark}"], true) where span.status.code == STATUS_CODE_ERROR or ` +
    exemplarConditions.join(' or '),
);

/** The processor after `tail_sampling`: removes the marks. */
export const afterSampling = marks(`delete_key(span.attributes, "${mark}")`);

/**
 * The processor `tail_sampling`, which decides for each whole trace whether it is kept.
 *
 * It always keeps traces with an error, slow traces, and traces that an exemplar refers to
 * (`exemplar="true"` on a span). For other traces, the highest share of the services in the trace
 * applies, or the default share. Traces whose root span is a probe are dropped. See
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
    // When the collector stops, it decides on the waiting traces as they are. Only a kill loses
    // them.
    drop_pending_traces_on_shutdown: false,
    // Late spans follow the earlier decision.
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

const exemplars: Policy = { name: policyNames.exemplars, ...ottl(...exemplarConditions) };

const errors: Policy = {
  name: policyNames.errors,
  type: 'status_code',
  status_code: { status_codes: ['ERROR'] },
};

/**
 * This policy overrides all others, so it excludes traces with an error or an exemplar. An OTTL
 * condition can only require that a span matches; `invert_match` can require that no span does.
 *
 * Only the root span counts, because a service can also request such a path on behalf of a user.
 */
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
              `IsRootSpan() and IsMatch(span.attributes["${key}"], ${JSON.stringify(probePath)})`,
          ),
        ),
      },
      {
        name: 'no error, no exemplar',
        type: 'boolean_attribute',
        boolean_attribute: { key: mark, value: true, invert_match: true },
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

/** All policies use one salt, so a larger share includes the traces of a smaller one. */
const probabilistic = (share: number): object => ({
  type: 'probabilistic',
  // Rounds away floating-point noise: 0.07 is 7 %, not 7.000000000000001 %.
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
