import { keep, type RedactionGroup } from './rule';

/**
 * `otp:user_456` is a Redis key in a command, not a field. This group runs first, so that the rules
 * for text skip it.
 */
export const redisKeys: RedactionGroup = {
  name: 'redis-keys',
  when: [
    'get',
    'set',
    'del',
    'expire',
    'ttl',
    'exists',
    'incr',
    'push',
    'pop',
    'scan',
    'unlink',
    'xadd',
  ],
  opens: [],
  rules: [
    {
      name: 'redis-key',
      before: `(?:^|[\\s"'\\]])(?:P?SETEX|SETNX|H?M?SET|GETSET|H?M?GET(?:ALL)?|GETEX|GETDEL|H?DEL|UNLINK|P?EXPIRE(?:AT)?|P?TTL|EXISTS|INCR(?:BY)?|[LR]PUSH|[LR]POP|SADD|SREM|ZADD|XADD|[HSZ]?SCAN|p?setex|setnx|hm?set|set|hget(?:all)?|get|del|unlink)\\\\*["']?(?:,? args: \\[ ?|,?\\s+(?:2\\) )?)\\\\*["']?[^\\s"'\\\\:]{0,40}`,
      secret: '',
      after: ':',
      replacement: keep,
      changes: [
        ['SETEX otp:user_456 300 1', `SETEX otp${keep}:user_456 300 1`],
        ["command: 'SET', args: [ 'otp:7', '1' ]", `command: 'SET', args: [ 'otp${keep}:7', '1' ]`],
      ],
      leaves: ['forget token: x', 'set the token'],
    },
  ],
};
