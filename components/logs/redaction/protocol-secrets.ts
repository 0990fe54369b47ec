import type { RedactionGroup } from './rule';

/** A binary of Erlang that contains a text, or a string. */
const erlangText = '(?:<<(?:\\\\*"[^"\\\\]*\\\\*"|[0-9, ]*)>>|\\\\*"[^"\\\\]*\\\\*"|[a-z_]+)';

/** Secrets in the notations of protocols and of programs in other languages. */
export const protocolSecrets: RedactionGroup = {
  name: 'protocol-secrets',
  rules: [
    {
      name: 'broker-parameters',
      // A record of RabbitMQ's client for Erlang: user, password, virtual host.
      before: `(?:amqp_params_(?:network|direct)|\\{plain)\\s*,\\s*\\{?${erlangText}\\s*,\\s*(?:\\{encrypted\\s*,\\s*)?(?:<<)?`,
      secret: '(?:\\\\*"[^"\\\\]+\\\\*"|[0-9]+(?:, ?[0-9]+)+)',
      replacement: '[redacted]',
      when: ['amqp_params', '{plain,'],
      changes: [
        [
          '{amqp_params_network,<<"fed">>,<<"KoO9">>,<<"/">>,"rabbit-3",5671}',
          '{amqp_params_network,<<"fed">>,<<[redacted]>>,<<"/">>,"rabbit-3",5671}',
        ],
        [
          '{"m":"{amqp_params_direct,<<\\"fed\\">>, <<\\"KoO9\\">>}"}',
          '{"m":"{amqp_params_direct,<<\\"fed\\">>, <<[redacted]>>}"}',
        ],
      ],
      leaves: [
        '{plain,"x"}',
        '{amqp_params_direct,none,none,<<"/">>,x}',
        'amqp_params_network{host="x"}',
      ],
    },
    {
      name: 'media-key',
      // The key of an encrypted call in SDP (SDES).
      before: '\\binline:',
      secret: '[A-Za-z0-9+/]{20,}={0,2}',
      replacement: '[redacted]',
      when: ['inline:'],
      changes: [
        [
          'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc+GJc/vB6CEmYzg27dFACON5QT|2^20|1:4',
          'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[redacted]|2^20|1:4',
        ],
      ],
      leaves: ['inline:false', 'module inline:worker'],
    },
  ],
};
