import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, pino } from 'pino';
import { type LogFieldName, logFields, type LogLevel } from '../../../telemetry';
import { maskEmail, maskWallet, scrub } from './mask';

/** Fields that the logger itself sets. */
type OwnField = 'timestamp' | 'level' | 'service' | 'message' | 'traceId' | 'spanId';

type ValueOf<F extends LogFieldName> = F extends 'error'
  ? unknown
  : F extends 'statusCode' | 'duration_ms' | 'messageBytes'
    ? number
    : string;

/** Fields of a line, from the contract. Other names do not compile and are not written. */
export type Fields = { readonly [F in Exclude<LogFieldName, OwnField>]?: ValueOf<F> | undefined };

export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

/**
 * A logger in the spec's format: one JSON object per line on stdout. It masks all values with
 * `scrub`, and omits fields that are not in the contract. So a whole request or user that is logged
 * by mistake leaks nothing.
 *
 * @param service name of the service
 * @param level minimum level
 */
export function createLog(service: string, level: string, destination?: DestinationStream): Log {
  const logger = pino(
    {
      level,
      messageKey: 'message',
      base: { service },
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Synchronous, because the last lines before a crash are the most important.
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
  const at =
    (method: LogLevel) =>
    (message: string, fields: Fields = {}): void => {
      if (!logger.isLevelEnabled(method)) return;
      logger[method]({ ...clean(fields), ...traceFields() }, scrub(message));
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

function clean(fields: Fields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || !Object.hasOwn(logFields, name)) continue;
    line[name] = cleanField(name, value);
  }
  return line;
}

function cleanField(name: string, value: unknown): unknown {
  if (name === 'error') return describeError(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (name === 'email') return maskEmail(value);
  if (name === 'wallet') return maskWallet(value);
  return scrub(value);
}

/** An exception in the form of the contract. */
export function describeError(error: unknown): { type: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const { stack } = error;
  const described = { type: scrub(error.name), message: scrub(error.message) };
  return stack === undefined ? described : { ...described, stack: scrub(stack) };
}

function traceFields(): { traceId?: string; spanId?: string } {
  const context = trace.getActiveSpan()?.spanContext();
  if (context === undefined || !isSpanContextValid(context)) return {};
  return { traceId: context.traceId, spanId: context.spanId };
}
