import { redisMetrics } from '../../telemetry';
import { keepOnly } from './postgres-config';
import type { ScrapeConfig } from './prometheus-config';
import { hostPort } from '../units';

/** Path of the Redis exporter's password file. */
export const redisPasswordPath = '/etc/redis_exporter/secrets/passwords.json';

export interface RedisAddress {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** Whether to use TLS, with the certificate authorities of the image. @default false */
  readonly tls?: boolean;
}

/** URL without user and password. Pure. */
export function redisUrl({ host, port, tls = false }: RedisAddress): string {
  return `${tls ? 'rediss' : 'redis'}://${hostPort(host, port)}`;
}

/**
 * Arguments of the exporter. It reads no keys, and no settings, because CONFIG shows passwords.
 * Histograms per command are off, because nothing uses them. See
 * https://github.com/oliver006/redis_exporter/blob/v1.86.0/README.md#command-line-flags
 */
export function redisExporterArgs(address: RedisAddress): readonly string[] {
  return [
    `--redis.addr=${redisUrl(address)}`,
    `--redis.password-file=${redisPasswordPath}`,
    '--config-command=-',
    '--exclude-latency-histogram-metrics',
    '--connection-timeout=5s',
    // Otherwise any client could make the exporter query any server that the exporter can reach.
    '--disable-scrape-endpoint',
    '--log-format=json',
  ];
}

/** The password file. The exporter looks up the password by the URL including the user. */
export function redisPasswords(address: RedisAddress, user: string, password: string): string {
  const url = new URL(redisUrl(address));
  return JSON.stringify({ [`${url.protocol}//${encodeURIComponent(user)}@${url.host}`]: password });
}

/** The user that the Redis exporter logs in as. */
export interface MonitoringUser {
  readonly user: string;
  /** 64 hex digits, so that the ACL file has no plain-text password. */
  readonly passwordSha256: string;
}

/**
 * One line of an ACL file, or the arguments of `ACL SETUSER` without the first word. It allows the
 * exporter's commands, but no keys and no channels. `SLOWLOG GET`, which the exporter also tries,
 * stays forbidden, because it shows keys and values of other clients' commands. Pure.
 *
 * Throws on names with spaces and on invalid SHA-256 values.
 *
 * Upstream: https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function monitoringAcl({ user, passwordSha256 }: MonitoringUser): string {
  if (!/^[^\s\0]+$/.test(user)) throw new Error('a name in an ACL must not contain spaces');
  if (!/^[0-9a-f]{64}$/.test(passwordSha256)) throw new Error('not the SHA-256 of a password');
  const commands = ['ping', 'info', 'client|setname', 'cluster|info', 'slowlog|len'];
  return `user ${user} reset on #${passwordSha256} ${commands.map((name) => `+${name}`).join(' ')}`;
}

/** The spec's job `redis`. Keeps only metrics of the contract and of the exporter's process. */
export function redisScrape(): ScrapeConfig {
  const { metric_relabel_configs: kept = [] } = keepOnly(Object.keys(redisMetrics));
  return {
    metric_relabel_configs: [
      ...kept,
      // Labels of redis_instance_info that change at each start and would create new series.
      {
        action: 'labeldrop',
        regex: 'master_replid|os|process_id|redis_build_id|run_id|tcp_port',
      },
    ],
  };
}
