import { logRecords, redaction } from './redaction-config';

/** Processors that give log lines the same labels and redaction as the log agents. */
export function lineProcessors(environment: string, debug: boolean): Record<string, object> {
  const level = 'log.attributes["level"]';
  return {
    ...(debug
      ? {}
      : {
          'filter/debug': {
            error_mode: 'ignore',
            logs: { log_record: ['log.severity_number > 0 and log.severity_number < 9'] },
          },
        }),
    'transform/redact-logs': redaction('log_statements', logRecords),
    'transform/labels': {
      error_mode: 'silent',
      log_statements: [
        {
          context: 'resource',
          statements: [
            'set(resource.attributes["job"], resource.attributes["service.name"]) where resource.attributes["service.name"] != nil',
            'set(resource.attributes["job"], "unnamed") where resource.attributes["job"] == nil',
            `set(resource.attributes["env"], ${JSON.stringify(environment)})`,
          ],
        },
        {
          context: 'log',
          statements: [
            `set(${level}, "unknown")`,
            `set(${level}, "debug") where log.severity_number > 0`,
            `set(${level}, "info") where log.severity_number >= 9`,
            `set(${level}, "warn") where log.severity_number >= 13`,
            `set(${level}, "error") where log.severity_number >= 17`,
          ],
        },
      ],
    },
    // Loki takes its labels from the resource.
    groupbyattrs: { keys: ['level'] },
  };
}

/** Names of the processors in order. */
export const lineProcessing = (debug: boolean): readonly string[] => [
  'memory_limiter',
  'resource',
  ...(debug ? [] : ['filter/debug']),
  'transform/redact-logs',
  'transform/labels',
  'groupbyattrs',
  'batch',
];
