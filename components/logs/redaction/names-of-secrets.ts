import { spoken } from './names';
import { keep, type RedactionGroup, type RedactionRule } from './rule';

/**
 * Values that only name something, and calls that contain no secret. Other rules skip what these
 * rules mark.
 */
export const namesOfSecrets: readonly RedactionRule[] = [
  {
    name: 'names-of-secrets',
    // Kubernetes refers to Secrets by their names.
    when: ['imagepullsecrets', 'external-secrets:', 'non-existent secret'],
    before: '(?:imagePullSecrets\\\\*"?|external-secrets|non-existent secret key):\\s*',
    secret: '',
    after: '[^\\s]',
    replacement: keep,
    changes: [
      ['imagePullSecrets: [ghcr]', `imagePullSecrets: ${keep}[ghcr]`],
      ['non-existent secret key: tls.crt', `non-existent secret key: ${keep}tls.crt`],
    ],
    leaves: ['secrets: [ghcr]'],
  },
  {
    name: 'call-of-node',
    // A request to a blockchain node: method and public data. Later rules mask its wallets.
    when: ['body: {', 'body="{', 'body={', 'body=\\'],
    before: '(?i:body(?:: |=))',
    secret: '',
    after:
      '\\\\*"?\\{(?:\\\\*"(?:jsonrpc|id)\\\\*":(?:\\\\*"2\\.0\\\\*"|[0-9]+),)*\\\\*"method\\\\*":\\\\*"(?:eth|net)_',
    replacement: keep,
    changes: [
      ['Request body: {"method":"eth_call"}', `Request body: ${keep}{"method":"eth_call"}`],
      [
        '{"m":"body: {\\"id\\":1,\\"method\\":\\"eth_call\\"}"}',
        `{"m":"body: ${keep}{\\"id\\":1,\\"method\\":\\"eth_call\\"}"}`,
      ],
    ],
    leaves: ['body: {"method":"login"}'],
  },
  {
    name: 'names-of-variables',
    // A message about secrets, not a value.
    when: ['secret: ', 'secrets: ', 'credentials: ', 'tokens: '],
    before: '(?i:\\b(?:secrets?|credentials|tokens): )',
    secret: '',
    after: '[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+ [a-z]{2}',
    replacement: keep,
    changes: [['secrets: DB_PASSWORD loaded', `secrets: ${keep}DB_PASSWORD loaded`]],
    leaves: ['secret: HUNTER2 loaded', 'secrets: A_B'],
  },
  {
    name: 'resource-name',
    // In AWS Secrets Manager, this is the name of the secret, not its value.
    when: ['secretsmanager:'],
    before: 'arn:aws[a-z-]*:secretsmanager:[a-z0-9-]*:[0-9]*:secret:',
    secret: '',
    after: '[A-Za-z0-9]',
    replacement: keep,
    changes: [
      [
        'arn:aws:secretsmanager:eu-west-1:1234:secret:db-AbCdEf',
        `arn:aws:secretsmanager:eu-west-1:1234:secret:${keep}db-AbCdEf`,
      ],
    ],
    leaves: ['secret:db-AbCdEf'],
  },
  {
    name: 'service-account',
    // Kubernetes' message about a token that it cannot get.
    before: '(?i:\\btoken: )',
    secret: '',
    after: 'serviceaccounts? ',
    replacement: keep,
    when: ['serviceaccount'],
    changes: [
      [
        'failed to fetch token: serviceaccount "worker" not found',
        `failed to fetch token: ${keep}serviceaccount "worker" not found`,
      ],
    ],
    leaves: ['token: hunter2'],
  },
  {
    name: 'password-used',
    // MySQL and MariaDB say whether the client sent a password.
    when: ['using password: '],
    before: '(?i:using password: )',
    secret: '',
    after: '(?:YES|NO)\\b',
    replacement: keep,
    changes: [
      [
        "denied for user 'a'@'b' (using password: YES)",
        `denied for user 'a'@'b' (using password: ${keep}YES)`,
      ],
    ],
    leaves: ['using password: YESTERDAY'],
  },
  {
    name: 'version-of-package',
    // `pyjwt==2.10.1`, as pip writes it.
    when: ['==', '>=', '~='],
    before: `(?i:[a-z0-9_-]*${spoken}s?)`,
    secret: '',
    after: '(?:==|>=|~=)[0-9]{1,4}(?:\\.[0-9a-z*]+)+(?:[\\s,;"\'\\\\)\\]]|$)',
    replacement: keep,
    changes: [['pip: pyjwt==2.10.1 x', `pip: pyjwt${keep}==2.10.1 x`]],
    leaves: ['token==2', 'token=2.10.1'],
  },
  {
    name: 'public-key-of-assembly',
    // The name of an assembly of .NET.
    when: ['publickeytoken'],
    before: 'PublicKeyToken',
    secret: '',
    after: '=(?:[0-9a-f]{16}|null)\\b',
    replacement: keep,
    changes: [['PublicKeyToken=b77a5c561934e089', `PublicKeyToken${keep}=b77a5c561934e089`]],
    leaves: ['token=b77a5c561934e089'],
  },
];

/**
 * Placeholders of statements. A group of its own, because nearly every statement has one, and few
 * contain a word that opens the other rules.
 */
export const placeholders: RedactionGroup = {
  name: 'placeholders',
  opens: [],
  rules: [
    {
      name: 'placeholder-in-statement',
      // The placeholder of a column with any name.
      when: [' = $', '=$'],
      before: '\\b[a-z][a-z0-9_]*\\\\*"? ?= ?',
      secret: '',
      after: '\\$[0-9]{1,2}(?:[\\s,;)"\'\\\\]|$)',
      replacement: keep,
      changes: [
        ['set iban = $1, line1=$2 where', `set iban = ${keep}$1, line1=${keep}$2 where`],
        ['where "zip" = $12', `where "zip" = ${keep}$12`],
      ],
      leaves: ['IBAN=$1', 'zip=$1a'],
    },
  ],
};
