import { redisMetrics } from '../../telemetry';
import { keepOnly } from './postgres-config';
import type { ScrapeConfig } from './prometheus-config';

/** Where the Redis exporter finds its password. */
export const redisPasswordPath = '/etc/redis_exporter/secrets/passwords.json';

export interface RedisAddress {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** TLS, by the certificate authorities of the image. @default false */
  readonly tls?: boolean;
}

/** URL without user and password. Pure. */
export function redisUrl({ host, port, tls = false }: RedisAddress): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'rediss' : 'redis'}://${bracketed}:${port}`;
}

/**
 * Arguments of the exporter. It asks for no keys and no settings: CONFIG shows passwords, and a histogram for
 * each command is more than anybody reads.
 * https://github.com/oliver006/redis_exporter/blob/v1.86.0/README.md#command-line-flags
 */
export function redisExporterArgs(address: RedisAddress): readonly string[] {
  return [
    `--redis.addr=${redisUrl(address)}`,
    `--redis.password-file=${redisPasswordPath}`,
    '--config-command=-',
    '--exclude-latency-histogram-metrics',
    '--connection-timeout=5s',
    // Others could have it look at any server that it reaches.
    '--disable-scrape-endpoint',
    '--log-format=json',
  ];
}

/** Text of the password file: the exporter looks a password up by the URL with the user in it. */
export function redisPasswords(address: RedisAddress, user: string, password: string): string {
  const url = new URL(redisUrl(address));
  return JSON.stringify({ [`${url.protocol}//${encodeURIComponent(user)}@${url.host}`]: password });
}

/** The user that the Redis exporter logs in as. */
export interface MonitoringUser {
  readonly user: string;
  /** 64 hex digits: an ACL file holds no password in plain. */
  readonly passwordSha256: string;
}

/**
 * One line of an ACL file, or what follows `ACL SETUSER` without its first word: the exporter's commands, no
 * key and no channel. `SLOWLOG GET`, which the exporter tries as well, stays refused: it shows keys and values of
 * others' commands. Pure.
 *
 * Throws on names with blanks and on what is no SHA-256.
 *
 * Upstream: https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function monitoringAcl({ user, passwordSha256 }: MonitoringUser): string {
  if (!/^[^\s\0]+$/.test(user)) throw new Error('a name in an ACL has no blanks');
  if (!/^[0-9a-f]{64}$/.test(passwordSha256)) throw new Error('not the SHA-256 of a password');
  const commands = ['ping', 'info', 'client|setname', 'cluster|info', 'slowlog|len'];
  return `user ${user} reset on #${passwordSha256} ${commands.map((name) => `+${name}`).join(' ')}`;
}

/** The spec's job `redis`: only what the contract declares is kept, and what the exporter says of itself. */
export function redisScrape(): ScrapeConfig {
  const { metric_relabel_configs: kept = [] } = keepOnly(Object.keys(redisMetrics));
  return {
    metric_relabel_configs: [
      ...kept,
      // Of redis_instance_info: what is another series after each start.
      {
        action: 'labeldrop',
        regex: 'master_replid|os|process_id|redis_build_id|run_id|tcp_port',
      },
    ],
  };
}
