import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, pino } from 'pino';
import { type LogFieldName, logFields, type LogLevel } from '../../../telemetry';
import { maskEmail, maskWallet, scrub } from './mask';

/** Set by the logger itself. */
type OwnField = 'timestamp' | 'level' | 'service' | 'message' | 'traceId' | 'spanId';

type ValueOf<F extends LogFieldName> = F extends 'error'
  ? unknown
  : F extends 'statusCode' | 'duration_ms' | 'messageBytes'
    ? number
    : string;

/** Fields of a line, by the contract: another name does not compile and would not be written. */
export type Fields = { readonly [F in Exclude<LogFieldName, OwnField>]?: ValueOf<F> | undefined };

export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

/**
 * A logger in the spec's format: one JSON object a line on stdout. Everything goes through `scrub`; what is
 * not a field of the contract is not written, so a whole request or user that is logged by mistake leaks nothing.
 *
 * @param service name of the service
 * @param level least level that is written
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
    // Written at once: the last lines before a crash are those that matter.
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

/** An exception as the contract wants it. */
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
