import { z } from 'zod';

/**
 * Thresholds of the alerts. The defaults are those of the spec. The bounds prevent a typo (85 for
 * 0.85) from disabling an alert. Dashboards draw their threshold lines from the same values.
 */
const limit = (min: number, max: number, normal: number, description: string) =>
  z
    .number({ error: 'is not a number' })
    .min(min, { error: `is less than ${min}` })
    .max(max, { error: `is more than ${max}` })
    .default(normal)
    .meta({ description: `${description} (${min} to ${max})`, example: String(normal) });

const whole = (min: number, max: number) =>
  z
    .int({ error: 'is not a whole number' })
    .min(min, { error: `is less than ${min}` })
    .max(max, { error: `is more than ${max}` });

const count = (min: number, max: number, normal: number, description: string) =>
  whole(min, max)
    .default(normal)
    .meta({ description: `${description} (${min} to ${max})`, example: String(normal) });

export const thresholdsSchema = z
  .strictObject({
    errorRatio: limit(0.001, 0.5, 0.05, 'HighErrorRate: share of requests answered with 5xx'),
    minRequestRate: limit(
      0,
      1_000,
      0.2,
      'HighErrorRate and HighLatency: minimum requests per second for a meaningful ratio',
    ),
    errorsPerHour: count(
      3,
      1_000,
      10,
      'HighErrorRate: minimum failed requests per hour while traffic is below minRequestRate',
    ),
    latencySeconds: limit(0.05, 8, 2, 'HighLatency: 95th percentile in seconds'),
    diskFreeRatio: limit(0.01, 0.5, 0.2, 'LowDiskSpace: share of a file system that is free'),
    memoryUsedRatio: limit(0.5, 0.99, 0.85, 'HighMemoryUsage: share of memory in use'),
    wsConnectionRate: limit(
      1,
      100_000,
      100,
      'WebSocketConnectionSpike: new connections per second',
    ),
    stripeWebhookErrorRate: limit(0.001, 100, 0.1, 'StripeWebhookFailures: errors per second'),
    stripeWebhookErrorsPerHour: count(
      1,
      10_000,
      10,
      'StripeWebhookFailuresPersist: errors per hour',
    ),
    sessionViewers: count(1, 1_000_000, 100, 'VStudioSessionActive: viewers of one session'),
    restarts: count(2, 20, 3, 'ServiceCrashLooping: restarts in half an hour'),
    containerMemoryRatio: limit(0.5, 0.99, 0.9, 'ContainerNearMemoryLimit: share of the limit'),
    postgresConnectionRatio: limit(
      0.3,
      0.99,
      0.8,
      'PostgresConnectionsNearLimit: share of the connections that ordinary roles may have',
    ),
    postgresLockWaitSeconds: count(
      5,
      3_600,
      60,
      'PostgresLockWaits: seconds that a session waits for a lock',
    ),
    postgresIdleTransactionSeconds: count(
      10,
      86_400,
      300,
      'PostgresLongTransaction: seconds that an open transaction is idle',
    ),
    postgresDeadlocksPerHour: count(1, 10_000, 5, 'PostgresDeadlocks: deadlocks per hour'),
    postgresReplicationLagBytes: count(
      1_048_576,
      1_000_000_000_000,
      536_870_912,
      'PostgresReplicationLagging: bytes of WAL that a replica or a slot lags behind',
    ),
    postgresTransactionAge: count(
      250_000_000,
      2_000_000_000,
      1_000_000_000,
      'PostgresTransactionIdsNearWraparound: transaction IDs in use; PostgreSQL stops at about 2,100,000,000',
    ),
    redisMemoryRatio: limit(0.3, 0.99, 0.9, 'RedisMemoryNearLimit: share of maxmemory'),
    queueWaitSeconds: count(10, 604_800, 600, 'WorkerQueueStuck: seconds that a job has waited'),
    certificateDays: limit(4, 60, 14, 'CertificateExpiresSoon: days before expiry'),
    certificateCriticalDays: limit(0.5, 30, 3, 'CertificateExpiresVerySoon: days before expiry'),
    sampleLimitRatio: limit(0.1, 0.99, 0.8, 'TargetNearSampleLimit: share of the sample limit'),
    headSeries: whole(1_000, 100_000_000)
      .optional()
      .meta({
        description:
          'PrometheusTooManySeries: series in memory (1000 to 100000000; default: three quarters ' +
          'of what fits into prometheus.memory, at 5.2 KiB per series)',
        example: '150000',
      }),
    seriesGrowthFactor: limit(
      1.2,
      100,
      3,
      'PrometheusCardinalityGrowing: number of series relative to a day ago',
    ),
    retentionSizeRatio: limit(
      0.5,
      0.99,
      0.9,
      'PrometheusNearRetentionSize: share of retentionSize',
    ),
    // Below the share at which Loki refuses lines (LokiDiskFull).
    storageRatio: limit(
      0.5,
      0.95,
      0.85,
      'PrometheusStorageFilling, LokiStorageFilling, JaegerStorageFilling: share of the volume',
    ),
    budgetRatio: limit(
      0.3,
      1,
      0.9,
      'DataOutgrowsBudget: share of its budget that a kind of data will use',
    ),
    volumeFreeRatio: limit(0.01, 0.2, 0.05, 'KubeVolumeFilling: share of a volume that is free'),
    logLagBytes: count(
      10_000,
      10_000_000_000,
      5_000_000,
      'LogDeliveryLagging: bytes of log files not yet sent',
    ),
    errorLogs: count(1, 1_000_000, 50, 'ErrorLogBurst: error lines of a service in five minutes'),
    slowQueries: count(1, 100_000, 10, 'SlowQueries: queries over one second, in ten minutes'),
  })
  .superRefine((t, context) => {
    if (t.certificateCriticalDays >= t.certificateDays) {
      context.addIssue({
        code: 'custom',
        path: ['certificateCriticalDays'],
        message: `is not less than certificateDays (${t.certificateDays})`,
      });
    }
  })
  .prefault({});

export type ThresholdSettings = z.output<typeof thresholdsSchema>;
export type Thresholds = Readonly<ThresholdSettings & { headSeries: number }>;

/** Memory that Prometheus needs per series in its head block, measured with AudiFi's metrics. */
const bytesPerSeries = 5.2 * 1_024;

/**
 * Complete thresholds, with defaults that depend on the size of the stack. @param memoryBytes
 * memory limit of Prometheus
 */
export const thresholdsFor = (settings: ThresholdSettings, memoryBytes: number): Thresholds => ({
  ...settings,
  headSeries: settings.headSeries ?? Math.round((0.75 * memoryBytes) / bytesPerSeries / 1e3) * 1e3,
});

/** Thresholds of the spec, for a Prometheus with 1 GiB. */
export const defaultThresholds: Thresholds = thresholdsFor(thresholdsSchema.parse({}), 2 ** 30);
