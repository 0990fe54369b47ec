import type * as pulumi from '@pulumi/pulumi';
import type { LogLevel } from '../../telemetry';
import type { Image } from '../images';
import {
  address,
  type ConfigFile,
  type Connection,
  type Endpoint,
  type Workload,
} from '../workload';
import { appVersion } from './bundle';
import type { Account } from './postgres';
import { databaseName, postgresPort } from './postgres-config';
import { redisPort } from './redis-config';

/** A server, and the account that the application has on it. */
export interface Server {
  readonly endpoint: Endpoint;
  readonly account: Account;
}

/** Settings that the services share. */
export interface Surroundings {
  readonly image: Image;
  readonly environment: string;
  /** Minimum log level. */
  readonly logLevel: LogLevel;
  readonly postgres: Server;
  readonly redis: Server;
  /** Signing key of session tokens; secret. */
  readonly sessionSecret: pulumi.Output<string>;
  /** Signing key of Stripe's webhooks; secret. */
  readonly webhookSecret: pulumi.Output<string>;
  /** Receives their traces over OTLP/HTTP on port 4318. @default none: no traces are recorded */
  readonly otlpEndpoint?: Endpoint | undefined;
  /** How long the collector waits for the spans of a trace. */
  readonly decisionSeconds: number;
}

/** OTLP over HTTP. https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port */
const otlpPort = 4318;

/** Grace period of a service in seconds; it is killed shortly after. */
const graceSeconds = 10;

const ports = { api: 8080, ws: 8081, outside: 8070, control: 8079 } as const;

/** The API server: HTTP API, and metrics on a separate port. */
export function apiServer(of: Surroundings, stubs: Endpoint): Workload {
  const files = [databasePassword(of), redisPassword(of), sessionSecret(of), webhookSecret(of)];
  return {
    ...service('api-server', of, files, [of.postgres.endpoint, of.redis.endpoint, stubs]),
    env: {
      ...commonEnv(of),
      ...databaseEnv(of),
      ...redisEnv(of),
      ...stubsEnv(stubs),
      PORT: String(ports.api),
      METRICS_PORT: '9090',
      SESSION_SECRET_FILE: secretPath('session-secret'),
      STRIPE_WEBHOOK_SECRET_FILE: secretPath('stripe-webhook-secret'),
    },
    ports: [
      { name: 'http', number: ports.api },
      { name: 'metrics', number: 9090 },
    ],
    readiness: { port: 'http', path: '/health' },
    resources: { memoryMiB: 256, cpus: 0.5 },
  };
}

/** The WebSocket server: chat, polls and V Studio sessions. */
export function wsServer(of: Surroundings): Workload {
  const files = [redisPassword(of), sessionSecret(of)];
  return {
    ...service('ws-server', of, files, [of.redis.endpoint]),
    env: {
      ...commonEnv(of),
      ...redisEnv(of),
      PORT: String(ports.ws),
      METRICS_PORT: '9091',
      SESSION_SECRET_FILE: secretPath('session-secret'),
    },
    ports: [
      { name: 'http', number: ports.ws },
      { name: 'metrics', number: 9091 },
    ],
    readiness: { port: 'http', path: '/health' },
    resources: { memoryMiB: 192, cpus: 0.5 },
  };
}

/** The worker: takes jobs from Redis. */
export function worker(of: Surroundings, stubs: Endpoint): Workload {
  const files = [databasePassword(of), redisPassword(of)];
  return {
    ...service('worker', of, files, [of.postgres.endpoint, of.redis.endpoint, stubs]),
    env: {
      ...commonEnv(of),
      ...databaseEnv(of),
      ...redisEnv(of),
      ...stubsEnv(stubs),
      METRICS_PORT: '9092',
    },
    ports: [{ name: 'metrics', number: 9092 }],
    readiness: { port: 'metrics', path: '/health' },
    resources: { memoryMiB: 224, cpus: 0.25 },
  };
}

/** Stubs of Stripe, the blockchain nodes, e-mail and OAuth; sends Stripe's webhooks. */
export function outside(of: Surroundings): Workload {
  const files = [redisPassword(of), webhookSecret(of)];
  // Caddy starts after its upstreams, which start after this workload.
  const webhooks: Connection = { external: 'caddy', ports: [8080] };
  return {
    ...service('outside', of, files, [of.redis.endpoint, webhooks]),
    env: {
      ...commonEnv(of),
      ...redisEnv(of),
      PORT: String(ports.outside),
      WEBHOOK_URL: 'http://caddy:8080/v1/webhooks/stripe',
      STRIPE_WEBHOOK_SECRET_FILE: secretPath('stripe-webhook-secret'),
    },
    ports: [{ name: 'http', number: ports.outside }],
    readiness: { port: 'http', path: '/health' },
    resources: { memoryMiB: 160, cpus: 0.25 },
  };
}

/** The traffic generator: a steady load with exact counts, and the incidents. */
export function traffic(of: Surroundings, web: Endpoint, publish: number): Workload {
  const files = [redisPassword(of), sessionSecret(of)];
  const origin = address(web, 'http');
  return {
    ...service('traffic', of, files, [of.redis.endpoint, web]),
    env: {
      ...commonEnv(of),
      ...redisEnv(of),
      PORT: String(ports.control),
      API_URL: `http://${origin}`,
      WS_URL: `ws://${origin}/v1/studio`,
      SESSION_SECRET_FILE: secretPath('session-secret'),
    },
    ports: [{ name: 'http', number: ports.control, publish }],
    readiness: { port: 'http', path: '/health' },
    resources: { memoryMiB: 224, cpus: 0.5 },
  };
}

/** Common part of all workloads. */
function service(
  name: string,
  { image, otlpEndpoint }: Surroundings,
  files: readonly ConfigFile[],
  connectsTo: readonly Connection[],
): Omit<Workload, 'resources'> {
  return {
    name,
    image,
    args: [`${name}.js`],
    files,
    connectsTo: otlpEndpoint === undefined ? connectsTo : [...connectsTo, otlpEndpoint],
    // The image's own account.
    user: { uid: 1000, gid: 1000 },
    stopSeconds: graceSeconds + 5,
  };
}

const commonEnv = ({
  environment,
  logLevel,
  otlpEndpoint,
  decisionSeconds,
}: Surroundings): Record<string, string> => ({
  APP_VERSION: appVersion(),
  DEPLOY_ENV: environment,
  LOG_LEVEL: logLevel,
  SHUTDOWN_GRACE_SECONDS: String(graceSeconds),
  ...(otlpEndpoint !== undefined && {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${otlpEndpoint.host}:${otlpPort}`,
    TRACE_DECISION_SECONDS: String(decisionSeconds),
  }),
});

const databaseEnv = ({ postgres }: Surroundings): Record<string, string> => ({
  DATABASE_HOST: postgres.endpoint.host,
  DATABASE_PORT: String(postgresPort),
  DATABASE_NAME: databaseName,
  DATABASE_USER: postgres.account.user,
  DATABASE_PASSWORD_FILE: secretPath('database-password'),
});

const redisEnv = ({ redis }: Surroundings): Record<string, string> => ({
  REDIS_HOST: redis.endpoint.host,
  REDIS_PORT: String(redisPort),
  REDIS_USER: redis.account.user,
  REDIS_PASSWORD_FILE: secretPath('redis-password'),
});

function stubsEnv(stubs: Endpoint): Record<string, string> {
  const base = `http://${address(stubs, 'http')}`;
  return {
    STRIPE_URL: `${base}/stripe`,
    RPC_URL_ETHEREUM: `${base}/rpc/ethereum`,
    RPC_URL_BASE: `${base}/rpc/base`,
    EMAIL_URL: `${base}/email`,
    OAUTH_URL: `${base}/oauth`,
  };
}

const secretPath = (name: string): string => `/run/audifi/${name}`;

const secretFile = (name: string, content: pulumi.Output<string>): ConfigFile => ({
  path: secretPath(name),
  content,
  secret: true,
});

const databasePassword = (of: Surroundings): ConfigFile =>
  secretFile('database-password', of.postgres.account.password);
const redisPassword = (of: Surroundings): ConfigFile =>
  secretFile('redis-password', of.redis.account.password);
const sessionSecret = (of: Surroundings): ConfigFile =>
  secretFile('session-secret', of.sessionSecret);
const webhookSecret = (of: Surroundings): ConfigFile =>
  secretFile('stripe-webhook-secret', of.webhookSecret);
