import { counter, gauge, open, someHave } from '../contract';

/** Redis, by redis_exporter 1.x. It cannot read keys, so the worker reports the queue depth. */
export const redisMetrics = {
  redis_up: gauge({ unit: 'boolean', help: '1 if the exporter could query Redis.' }),
  redis_exporter_last_scrape_error: gauge({
    unit: 'boolean',
    help: '1 if the last scrape of Redis had an error.',
    labels: { err: someHave('the error', 5) },
    budget: 5,
  }),
  redis_instance_info: gauge({
    unit: 'boolean',
    help: '1, with version, role and eviction policy.',
    labels: {
      redis_version: open('version', 3),
      redis_mode: ['standalone', 'cluster', 'sentinel'],
      role: ['master', 'slave'],
      maxmemory_policy: open('allkeys-lru, noeviction, …', 8),
    },
    budget: 3,
  }),
  redis_uptime_in_seconds: gauge({ unit: 'seconds', help: 'Age of the process.' }),

  redis_memory_used_bytes: gauge({ unit: 'bytes', help: 'Memory of the data and of clients.' }),
  redis_memory_max_bytes: gauge({ unit: 'bytes', help: '`maxmemory`; 0 for no limit.' }),
  redis_evicted_keys_total: counter({
    unit: 'count',
    help: 'Keys evicted because memory was full.',
  }),
  redis_connected_clients: gauge({ unit: 'connections', help: 'Clients without replicas.' }),
  redis_blocked_clients: gauge({
    unit: 'connections',
    help: 'Clients waiting in a blocking call, such as workers.',
  }),
  redis_max_clients: gauge({ unit: 'connections', help: '`maxclients`.' }),
  redis_rejected_connections_total: counter({
    unit: 'connections',
    help: 'Connections refused at `maxclients`.',
  }),
  redis_pubsub_channels: gauge({ unit: 'count', help: 'Channels with a subscriber.' }),
  redis_pubsub_patterns: gauge({ unit: 'count', help: 'Patterns with a subscriber.' }),
  redis_pubsub_clients: gauge({
    unit: 'connections',
    help: 'Subscribers.',
    onlyIf: 'Redis is 7.4 or newer',
  }),

  redis_keyspace_hits_total: counter({ unit: 'queries', help: 'Lookups that found their key.' }),
  redis_keyspace_misses_total: counter({ unit: 'queries', help: 'Lookups that found no key.' }),
  redis_commands_processed_total: counter({ unit: 'queries', help: 'Commands of all clients.' }),
  redis_commands_total: counter({
    unit: 'queries',
    help: 'Calls of the command.',
    labels: { cmd: open('command, e.g. get', 250) },
    budget: 250,
  }),
  redis_commands_duration_seconds_total: counter({
    unit: 'seconds',
    help: 'Total time of the command.',
    labels: { cmd: open('command, e.g. get', 250) },
    budget: 250,
  }),
  redis_slowlog_length: gauge({
    unit: 'queries',
    help: 'Entries of the slow log: commands above `slowlog-log-slower-than`.',
  }),
  redis_db_keys: gauge({
    unit: 'count',
    help: 'Keys of the database.',
    labels: { db: open('db0 to db15', 16) },
    budget: 16,
  }),

  redis_rdb_last_bgsave_status: gauge({
    unit: 'boolean',
    help: '1 if the last snapshot succeeded.',
  }),
  redis_rdb_changes_since_last_save: gauge({
    unit: 'count',
    help: 'Changes since the last snapshot, which a crash would lose without AOF.',
  }),
  redis_aof_enabled: gauge({ unit: 'boolean', help: '1 if the append-only file (AOF) is on.' }),
  redis_aof_last_write_status: gauge({
    unit: 'boolean',
    help: '1 if the last AOF write succeeded.',
  }),
  redis_aof_last_bgrewrite_status: gauge({
    unit: 'boolean',
    help: '1 if the last AOF rewrite succeeded.',
  }),
  redis_connected_slaves: gauge({ unit: 'count', help: 'Replicas that are connected.' }),
};
