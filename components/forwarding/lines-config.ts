import { exporterOf } from './exporters-config';
import type { LineFilter, OtlpTarget } from './targets-config';

/** Both collectors have the labels of a line as resource attributes. */
const [level, job] = ['resource.attributes["level"]', 'resource.attributes["job"]'];

/** Exporter in the pipeline of redacted lines that passes them to the targets. */
export const lineOutlet = 'forward/lines';

/** Parts of a collector's configuration. */
export interface PipelineParts {
  readonly processors: Readonly<Record<string, object>>;
  readonly connectors: Readonly<Record<string, object>>;
  readonly pipelines: Readonly<Record<string, object>>;
}

/**
 * Sends lines from `lineOutlet` to the targets. The batch processor decouples the targets from the
 * pipeline: the processor logs errors of the targets, and the pipeline before it continues. Each
 * target has its own filter after it.
 */
export function lineForwarding(targets: readonly OtlpTarget[]): PipelineParts {
  const taking = targets.flatMap((target) =>
    target.logs === undefined ? [] : [{ target, filter: target.logs }],
  );
  if (taking.length === 0) return { processors: {}, connectors: {}, pipelines: {} };
  return {
    connectors: { [lineOutlet]: {}, 'forward/targets': {} },
    processors: {
      'transform/forwarded': named,
      'batch/forwarded': { timeout: '1s', send_batch_size: 1_000, send_batch_max_size: 1_000 },
      ...Object.fromEntries(
        taking.map(({ target, filter }) => [`filter/${target.name}`, lineFilter(filter)]),
      ),
    },
    pipelines: {
      'logs/forwarded': {
        receivers: [lineOutlet],
        processors: ['transform/forwarded', 'batch/forwarded'],
        exporters: ['forward/targets'],
      },
      ...Object.fromEntries(
        taking.map(({ target }) => [
          `logs/${target.name}`,
          {
            receivers: ['forward/targets'],
            processors: [`filter/${target.name}`],
            exporters: [exporterOf(target)],
          },
        ]),
      ),
    },
  };
}

const numbers = { debug: 5, info: 9, warn: 13, error: 17 } as const;

/** Attribute names of OpenTelemetry, which targets use to link lines to services and traces. */
const named = {
  error_mode: 'silent',
  log_statements: [
    {
      context: 'resource',
      statements: [
        `set(resource.attributes["service.name"], ${job}) where resource.attributes["service.name"] == nil`,
        'set(resource.attributes["deployment.environment.name"], resource.attributes["env"]) where resource.attributes["deployment.environment.name"] == nil',
      ],
    },
    {
      context: 'log',
      statements: [
        ...Object.entries(numbers).map(
          ([name, number]) =>
            `set(log.severity_number, ${number}) where log.severity_number == 0 and ${level} == "${name}"`,
        ),
        `set(log.severity_text, ${level}) where log.severity_text == "" and ${level} != nil`,
        'set(log.trace_id.string, log.attributes["trace_id"]) where IsString(log.attributes["trace_id"]) and IsMatch(log.attributes["trace_id"], "^[0-9a-f]{32}$")',
      ],
    },
  ],
} as const;

/** Probe requests by load balancers and orchestrators, in a JSON line. */
const probeLine =
  '"(?:path|uri|url|route)": ?"/(?:health|healthz|livez|readyz|ready|ping|metrics|-/(?:healthy|ready))/?(?:[?][^"]*)?"';

const oneOf = (values: readonly string[]): string => JSON.stringify(`^(?:${values.join('|')})$`);

/**
 * The processor `filter` that drops lines a target must not get: below its level, of other jobs,
 * and successful probes.
 */
export function lineFilter({ level: least, jobs }: LineFilter): object {
  const kept: string[] = (Object.keys(numbers) as LineFilter['level'][]).filter(
    (one) => numbers[one] >= numbers[least],
  );
  if (kept.includes('info')) kept.push('unknown');
  const isNone = (label: string, values: readonly string[]): string =>
    `${label} == nil or not IsMatch(${label}, ${oneOf(values)})`;
  return {
    error_mode: 'silent',
    logs: {
      log_record: [
        isNone(level, kept),
        ...(jobs.length === 0 ? [] : [isNone(job, jobs)]),
        `IsString(log.body) and IsMatch(log.body, ${JSON.stringify(probeLine)}) and not IsMatch(${level}, "^(?:warn|error)$")`,
      ],
    },
  };
}
