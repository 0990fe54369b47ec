import { createHash } from 'node:crypto';
import { services } from '../services';

/** Where Redis finds its files. */
export const redisPaths = {
  config: '/etc/audifi/redis.conf',
  users: '/run/audifi/users.acl',
  data: '/data',
} as const;

export const redisPort = services.redis.ports.redis;

/**
 * The server's settings. A queue lives here, so nothing is ever thrown away to make room: when memory is full,
 * writes fail and say so. What was written is on disk within a second. Pure.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/
 *
 * @param memoryMiB limit of the container; a rewrite of the log copies what changes meanwhile
 * @param commands those in the slow log: of 10 ms or more, or all; its entries show keys and values, and stay in Redis
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
    '# A subscriber that does not read is cut off before it takes the memory of all.',
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
 * The application's line of the ACL file: its own keys and channels, and no command that is dangerous to others
 * (KEYS, FLUSHALL, CONFIG, SHUTDOWN, …). Pure.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function appAcl({ user, password }: { user: string; password: string }): string {
  return `user ${user} reset on #${sha256(password)} ~audifi:* &audifi:* +@all -@admin -@dangerous`;
}

/** The ACL file: nobody without a name. */
export function aclFile(users: readonly string[]): string {
  return ['user default reset', ...users, ''].join('\n');
}

/** The form in which an ACL file holds a password. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
