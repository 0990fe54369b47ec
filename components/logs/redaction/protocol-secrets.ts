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

/** Names of Envoy's secrets. Its other messages contain texts in the same form. */
const envoySecret =
  '(?i:secret|private_?key|passw(?:or)?d|passphrase|token|credential|hmac|pre_?shared_?key|session_ticket_keys|keys)';

/** The same where the name of a secret opens the theme. */
export const namedProtocolSecrets: RedactionGroup = {
  name: 'named-protocol-secrets',
  opens: [],
  rules: [
    {
      name: 'inline-secret',
      // Envoy's configuration as text of Protocol Buffers.
      before: `${envoySecret}(?:\\s|\\\\+n)*:?(?:\\s|\\\\+n)*\\{(?:[^{}"]|\\\\+n)*?\\binline_(?:string|bytes)\\s*:\\s*\\\\*"`,
      secret: '(?:[^"\\\\]|\\\\+[^"\\\\])+',
      replacement: '[redacted]',
      when: ['inline_'],
      changes: [
        [
          'generic_secret { secret { inline_string: "twQPb1" } }',
          'generic_secret { secret { inline_string: "[redacted]" } }',
        ],
        [
          'private_key {\n  inline_bytes: "-----BEGIN KEY-----\\nMIIE\\n"\n}',
          'private_key {\n  inline_bytes: "[redacted]"\n}',
        ],
        [
          '{"m":"password { inline_string: \\"a b\\" }"}',
          '{"m":"password { inline_string: \\"[redacted]\\" }"}',
        ],
      ],
      leaves: [
        'body { inline_string: "no healthy upstream" }',
        'certificate_chain { inline_bytes: "-----BEGIN CERTIFICATE-----" }',
        'text_format_source { inline_string: "%START_TIME%" }',
      ],
    },
    {
      name: 'broker-password',
      // A record with the names of its fields.
      before: 'amqp_params[a-z_]*\\{[^{}]*?password\\s*=\\s*(?:<<)?\\\\*"',
      secret: '[^"\\\\]+',
      replacement: '[redacted]',
      when: ['amqp_params'],
      changes: [
        [
          '#amqp_params_network{username = <<"fed">>,password = <<"K o">>}',
          '#amqp_params_network{username = <<"fed">>,password = <<"[redacted]">>}',
        ],
      ],
      leaves: ['#amqp_params_network{username = <<"fed">>}'],
    },
  ],
};
