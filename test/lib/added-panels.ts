import { grows, level, type World } from './spec-world';
import type { SpecPanel } from './spec-panels';

/**
 * Panels that the specification does not have: those of a cluster, of certificates, of long-term
 * metrics, and of the replicas and the state of databases. With synthetic series, and the values
 * that the panels must show for them.
 */
export type AddedPanel = Pick<SpecPanel, 'dashboard' | 'panel' | 'shows'>;

/** Both instances of kube-state-metrics report every object while one replaces the other. */
const replaced = (job: string, series: World): World =>
  Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) =>
      ['old', 'new'].map((instance) => [
        name.replace('{', `{job="${job}",instance="${instance}",`),
        values,
      ]),
    ),
  );

const condition = (node: string, name: string): string =>
  `kube_node_status_condition{node="${node}",condition="${name}",status="true"}`;

const nodes: World = {
  [condition('node-a', 'Ready')]: level(1),
  [condition('node-b', 'Ready')]: level(0),
  [condition('node-a', 'DiskPressure')]: level(1),
  [condition('node-b', 'DiskPressure')]: level(0),
  'kube_node_spec_unschedulable{node="node-a"}': level(0),
  'kube_node_spec_unschedulable{node="node-b"}': level(1),
};

const pod = (name: string): string => `namespace="audifi",pod="${name}",uid="${name}"`;
const container = (name: string, of: string): string => `${pod(name)},container="${of}"`;
const info = (name: string, place: string): string =>
  `kube_pod_info{${pod(name)},${place}created_by_kind="ReplicaSet",created_by_name="api-7c9",workload="api"}`;
const claim = (name: string): string => `namespace="audifi",persistentvolumeclaim="${name}"`;

const objects: World = {
  [info('api-1', 'node="node-a",')]: level(1),
  [info('api-2', 'node="node-b",')]: level(1),
  // No node can run it.
  [info('api-3', '')]: level(1),
  [`kube_pod_status_ready{${pod('api-1')},condition="true"}`]: level(1),
  [`kube_pod_status_ready{${pod('api-2')},condition="true"}`]: level(0),
  // 160 steps in 40 minutes.
  [`kube_pod_container_status_restarts_total{${container('api-1', 'api')}}`]: level(3),
  [`kube_pod_container_status_restarts_total{${container('api-2', 'api')}}`]: grows(0.1),
  [`kube_pod_container_status_restarts_total{${container('w-1', 'worker')}}`]: grows(0.05),
  [`kube_pod_container_status_last_terminated_reason{${container('api-2', 'api')},reason="OOMKilled"}`]:
    level(1),
  [`kube_pod_container_status_last_terminated_reason{${container('w-1', 'worker')},reason="Error"}`]:
    level(1),
  [`kube_pod_container_status_waiting_reason{${container('w-1', 'worker')},reason="CrashLoopBackOff"}`]:
    level(1),
  [`kube_pod_container_status_waiting_reason{${container('api-3', 'api')},reason="ContainerCreating"}`]:
    level(1),
  'kube_deployment_spec_replicas{namespace="audifi",workload="api",deployment="api"}': level(3),
  'kube_deployment_status_replicas_available{namespace="audifi",workload="api",deployment="api"}':
    level(1),
  'kube_statefulset_replicas{namespace="audifi",workload="db",statefulset="db"}': level(2),
  'kube_statefulset_status_replicas_available{namespace="audifi",workload="db",statefulset="db"}':
    level(2),
  'kube_daemonset_status_desired_number_scheduled{namespace="audifi",workload="agent",daemonset="agent"}':
    level(20),
  'kube_daemonset_status_number_available{namespace="audifi",workload="agent",daemonset="agent"}':
    level(10),
  [`kube_persistentvolumeclaim_resource_requests_storage_bytes{${claim('data-db-0')}}`]: level(100),
  [`kube_persistentvolumeclaim_resource_requests_storage_bytes{${claim('files')}}`]: level(200),
};

const volume = (metric: string, name: string): string =>
  `kubelet_volume_stats_${metric}{job="kubelet",instance="node-a",node="node-a",${claim(name)}}`;

const volumes: World = {
  [volume('available_bytes', 'data-db-0')]: level(30),
  [volume('capacity_bytes', 'data-db-0')]: level(100),
  [volume('available_bytes', 'files')]: level(50),
  [volume('capacity_bytes', 'files')]: level(100),
  [volume('inodes_free', 'data-db-0')]: level(8),
  [volume('inodes', 'data-db-0')]: level(10),
};

const postgres = 'job="postgres",instance="p:9187"';
const server = 'server="p:5432"';
const redis = 'job="redis",instance="r:9121"';

const databases: World = {
  [`pg_stat_database_deadlocks{${postgres},datid="1",datname="audifi"}`]: grows(0.5),
  [`pg_stat_activity_max_tx_duration{${postgres},${server},datname="audifi",state="idle in transaction",wait_event_type=""}`]:
    level(90),
  [`pg_stat_activity_max_tx_duration{${postgres},${server},datname="audifi",state="active",wait_event_type=""}`]:
    level(600),
  [`pg_replicas_connected{${postgres},${server}}`]: level(2),
  [`pg_stat_replication_pg_wal_lsn_diff{${postgres},${server},application_name="standby",client_addr="10.0.0.2"}`]:
    level(4_096),
  [`pg_replication_slots_pg_wal_lsn_diff{${postgres},${server},slot_name="etl",database=""}`]:
    level(8_192),
  [`pg_database_wraparound_age_datfrozenxid_seconds{${postgres},datname="audifi"}`]: level(150e6),
  [`redis_rejected_connections_total{${redis}}`]: grows(2),
  [`redis_connected_slaves{${redis}}`]: level(1),
  [`redis_rdb_last_bgsave_status{${redis}}`]: level(0),
  [`redis_aof_last_write_status{${redis}}`]: level(1),
  [`redis_aof_last_bgrewrite_status{${redis}}`]: level(1),
};

/** The test ends 40 minutes after the epoch. */
const day = 86_400;
const certificates: World = {
  // An old certificate that the server sends as well has expired.
  'probe_ssl_last_chain_expiry_timestamp_seconds{job="uptime",instance="https://app",check="app"}':
    level(30 * day + 2_400),
  'probe_ssl_earliest_cert_expiry{job="uptime",instance="https://app",check="app"}': level(60),
  // No chain verifies.
  'probe_ssl_last_chain_expiry_timestamp_seconds{job="uptime",instance="https://api",check="api"}':
    level(-62_135_596_800),
  'probe_ssl_earliest_cert_expiry{job="uptime",instance="https://api",check="api"}': level(
    2 * day + 2_400,
  ),
};

const thanos = (part: string): string => `job="thanos-${part}",instance="${part}-0"`;
const ofBucket = `${thanos('sidecar')},bucket="metrics",operation="upload"`;
const longTerm: World = {
  // One in a minute, that is every four samples.
  [`thanos_shipper_uploads_total{${thanos('sidecar')}}`]: grows(0.25),
  [`thanos_shipper_upload_failures_total{${thanos('sidecar')}}`]: grows(0.5),
  [`thanos_objstore_bucket_operations_total{${ofBucket}}`]: grows(4),
  [`thanos_objstore_bucket_operation_failures_total{${ofBucket}}`]: grows(1),
  [`thanos_blocks_meta_syncs_total{${thanos('store')}}`]: grows(2),
  [`thanos_blocks_meta_sync_failures_total{${thanos('store')}}`]: grows(1),
  [`thanos_compact_todo_compactions{${thanos('compactor')}}`]: level(3),
  [`thanos_compact_todo_downsample_blocks{${thanos('compactor')}}`]: level(5),
  [`thanos_compact_halted{${thanos('compactor')}}`]: level(1),
};

export const addedWorld: World = {
  ...replaced('kube-state-metrics-nodes', nodes),
  ...replaced('kube-state-metrics', objects),
  ...volumes,
  ...databases,
  ...certificates,
  ...longTerm,
};

const of = (
  dashboard: string,
  panels: Readonly<Record<string, SpecPanel['shows']>>,
): AddedPanel[] => Object.entries(panels).map(([panel, shows]) => ({ dashboard, panel, shows }));

/** Columns of tables are named by query, `A` and `B`, and their rows are summed. */
export const addedPanels: readonly AddedPanel[] = [
  ...of('audifi-stack', {
    'Blocks Uploaded': { 'sidecar-0': 1, 'failed sidecar-0': 2 },
    'Bucket Errors': { 'thanos-sidecar sidecar-0': 0.25, 'list of blocks store-0': 0.5 },
    'Compactor Backlog': { compactions: 3, downsampling: 5 },
    'Compactor State': { 'compactor-0': 1 },
  }),
  ...of('audifi-overview', { 'Certificate Days Left': { app: 30, api: 2 } }),
  ...of('audifi-kubernetes', {
    Nodes: { 'node-a': 1, 'node-b': 0, 'node-a DiskPressure': 2, 'node-b cordoned': 3 },
    'Pods Not Ready': { 'audifi api-2 node-b': 1, 'audifi api-3 ': 1 },
    'Workloads Short of Pods': { A: 23, B: 11 },
    Restarts: { 'api api-2 audifi': 16, 'worker w-1 audifi': 8 },
    'Out of Memory Kills': { 'api api-2 audifi': 16 },
    'Waiting Containers': {
      'worker w-1 audifi CrashLoopBackOff': 1,
      'api api-3 audifi ContainerCreating': 2,
    },
    'Volume Space Left': { 'audifi data-db-0': 0.3, 'audifi files': 0.5 },
    'Volume Inodes Left': { 'audifi data-db-0': 0.8 },
    'Volumes Smaller Than Requested': { A: 200, B: 100 },
  }),
  ...of('audifi-database', {
    Deadlocks: { audifi: 2 },
    'Idle Transactions': { audifi: 90 },
    'PostgreSQL Replicas': { 'p:9187': 2 },
    'Replication Lag': { 'standby of p:9187': 4_096, 'slot etl of p:9187': 8_192 },
    'Transaction IDs': { audifi: 150e6 },
    'Rejected Connections': { 'r:9121': 8 },
    'Redis Replicas': { 'r:9121': 1 },
    'Redis Persistence': { 'snapshot r:9121': 0, 'AOF write r:9121': 1, 'AOF rewrite r:9121': 1 },
  }),
];
