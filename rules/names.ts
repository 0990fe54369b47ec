/** Every alert by its name, worst first. Each has a runbook of that name and a promtool test. */
export const alertNames = [
  // critical.yml
  'HighErrorRate',
  'APIDown',
  'WebSocketDown',
  'DatabaseDown',
  'RedisDown',
  'HostDown',
  // warnings.yml
  'HighLatency',
  'LowDiskSpace',
  'HighMemoryUsage',
  'WebSocketConnectionSpike',
  'StripeWebhookFailures',
  'StripeWebhookFailuresPersist',
  'ServiceCrashLooping',
  'ContainerNearMemoryLimit',
  // databases.yml
  'PostgresConnectionsNearLimit',
  'PostgresLockWaits',
  'PostgresLongTransaction',
  'PostgresDeadlocks',
  'PostgresReplicationLagging',
  'PostgresTransactionIdsNearWraparound',
  'RedisMemoryNearLimit',
  'RedisPersistenceFailing',
  'RedisRejectedConnections',
  'RedisReplicaDisconnected',
  'WorkerQueueStuck',
  // info.yml
  'DeploymentDetected',
  'VStudioSessionActive',
  // uptime.yml
  'UptimeCheckFailed',
  'UptimeCheckNoData',
  'CertificateExpiresSoon',
  'CertificateExpiresVerySoon',
  // meta-scrapes.yml
  'Watchdog',
  'TargetDown',
  'TargetsMissing',
  'ExporterScrapeFailing',
  // meta-prometheus.yml
  'PrometheusConfigReloadFailed',
  'PrometheusRuleFailures',
  'PrometheusRuleGroupsLate',
  'PrometheusCompactionsFailing',
  'PrometheusWALCorrupted',
  'PrometheusScrapeLimitHit',
  'TargetNearSampleLimit',
  'PrometheusTooManySeries',
  'PrometheusCardinalityGrowing',
  'PrometheusNearRetentionSize',
  'PrometheusStorageFilling',
  // meta-delivery.yml
  'PrometheusNotConnectedToAlertmanager',
  'PrometheusAlertDeliveryFailing',
  'PrometheusNotificationQueueFilling',
  'AlertmanagerDown',
  'AlertmanagerNotificationsFailing',
  'AlertmanagerConfigReloadFailed',
  'AlertmanagerClusterIncomplete',
  'AlertmanagerConfigInconsistent',
  // meta-logs.yml
  'LokiDown',
  'LogAgentDown',
  'LogLinesRejected',
  'LogLinesDropped',
  'LogDeliveryLagging',
  'LokiWALCorrupted',
  'LokiStorageFilling',
  'LokiRetentionLate',
  // Loki's own ruler
  'ErrorLogBurst',
  'SlowQueries',
] as const;

export type AlertName = (typeof alertNames)[number];
