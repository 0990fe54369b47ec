import { readFileSync } from 'node:fs';

/** Value of an environment variable. Required if there is no default. */
export function text(name: string, fallback?: string): string {
  const value = process.env[name] ?? fallback;
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

export const optionalText = (name: string): string | undefined => process.env[name] || undefined;

/** An HTTP URL. An invalid one stops the service at startup. */
export function optionalUrl(name: string): string | undefined {
  const value = optionalText(name);
  if (value !== undefined && !/^https?:\/\/[^\s/]+/.test(value)) {
    throw new Error(`${name} has to be a URL such as http://otel-collector:4318`);
  }
  return value;
}

/** A number within bounds. An invalid one stops the service at startup. */
export function number(name: string, fallback: number, min: number, max: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (!(value >= min && value <= max)) {
    throw new Error(`${name} has to be a number from ${min} to ${max}`);
  }
  return value;
}

/**
 * A secret. The variable contains the path of its file, because secrets must not be in the
 * environment.
 */
export function secret(name: string): string {
  const value = readFileSync(text(name), 'utf8').trim();
  if (value === '') throw new Error(`the file that ${name} names is empty`);
  return value;
}

/** Settings of all services. */
export function commonConfig() {
  return {
    version: text('APP_VERSION', '0.0.0-dev'),
    environment: text('DEPLOY_ENV', 'dev'),
    logLevel: text('LOG_LEVEL', 'info'),
    graceSeconds: number('SHUTDOWN_GRACE_SECONDS', 10, 1, 600),
    endpoint: optionalUrl('OTEL_EXPORTER_OTLP_ENDPOINT'),
    exemplarSeconds: number('EXEMPLAR_INTERVAL_SECONDS', 30, 0, 3_600),
    decisionSeconds: number('TRACE_DECISION_SECONDS', 10, 2, 120),
  };
}

export const databaseConfig = () => ({
  host: text('DATABASE_HOST'),
  port: number('DATABASE_PORT', 5432, 1, 65_535),
  database: text('DATABASE_NAME', 'audifi'),
  user: text('DATABASE_USER', 'audifi'),
  password: secret('DATABASE_PASSWORD_FILE'),
  poolSize: number('DATABASE_POOL_SIZE', 10, 1, 100),
});

export const redisConfig = () => ({
  host: text('REDIS_HOST'),
  port: number('REDIS_PORT', 6379, 1, 65_535),
  user: text('REDIS_USER', 'audifi'),
  password: secret('REDIS_PASSWORD_FILE'),
});
