import { createHash } from 'node:crypto';
import { services } from '../services';

/** Paths in the container of Redis. */
export const redisPaths = {
  config: '/etc/audifi/redis.conf',
  users: '/run/audifi/users.acl',
  data: '/data',
} as const;

export const redisPort = services.redis.ports.redis;

/**
 * The server's settings. Redis contains queues, so it never evicts keys: when memory is full,
 * writes fail. Writes are on disk within one second. Pure.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/
 *
 * @param memoryMiB limit of the container; an AOF rewrite copies pages that change meanwhile
 * @param commands which commands go to the slow log: 10 ms or more, or all. Entries show keys and
 * values.
 */
export function redisConfig({
  memoryMiB,
  commands = 'slow',
}: {
  readonly memoryMiB: number;
  readonly commands?: 'slow' | 'all';
}): string {
  return `${[
    `port ${redisPort}`,
    'bind * -::*',
    'protected-mode yes',
    'tcp-keepalive 60',
    'maxclients 500',
    `aclfile ${redisPaths.users}`,
    'enable-debug-command no',
    'enable-module-command no',
    '',
    `maxmemory ${Math.floor(memoryMiB / 2)}mb`,
    'maxmemory-policy noeviction',
    '# Disconnect a subscriber that does not read before it uses up the memory.',
    'client-output-buffer-limit pubsub 8mb 2mb 60',
    '',
    `dir ${redisPaths.data}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    '',
    'logfile ""',
    'loglevel notice',
    `slowlog-log-slower-than ${commands === 'all' ? 0 : 10_000}`,
    `slowlog-max-len ${commands === 'all' ? 1_024 : 128}`,
  ].join('\n')}\n`;
}

/**
 * The application's line of the ACL file: only its own keys and channels, and no dangerous commands
 * (KEYS, FLUSHALL, CONFIG, SHUTDOWN, …). Redis allows PSUBSCRIBE only for a pattern that is in the
 * list word for word, so the one of ws-server is there too. Pure.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function appAcl({ user, password }: { user: string; password: string }): string {
  const channels = '&audifi:* &audifi:studio:*';
  return `user ${user} reset on #${sha256(password)} ~audifi:* ${channels} +@all -@admin -@dangerous`;
}

/** The ACL file, without a default user. */
export function aclFile(users: readonly string[]): string {
  return ['user default reset', ...users, ''].join('\n');
}

/** SHA-256, the format of passwords in an ACL file. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
