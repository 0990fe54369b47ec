import { keep, type RedactionGroup } from './rule';
import { magicPath, sessionIds } from './sessions';
import { random } from './short-names';

/**
 * Random letters and digits, about 20 or more, with at least one digit. An address of a contract
 * and a hash with `0x` do not match.
 */
export const opaque =
  '(?:[A-Za-z]{1,24}[0-9][A-Za-z0-9_+/=~.-]{16,}|[A-Za-z]{17,}[0-9][A-Za-z0-9]{4,}(?:\\.[A-Za-z0-9_.-]+)?|(?:[1-9]|0[0-9A-WYZa-wyz])[A-Za-z0-9_+/=~.-]{19,})';

/**
 * Values that count as secrets only if they are long and random: `"access":"public"` is a word.
 * Most are in lines that are unusual anyway. Hexadecimal values do not make a line unusual.
 */
export const opaqueValues: RedactionGroup = {
  name: 'opaque-values',
  opens: [
    ...['s-session', 'sig=', 'fresh":"', '"access":"', 'fresh:', 'reset:', " access: '", 'ial":"'],
    ...['auth:', 'auth='],
  ],
  rules: [
    {
      name: 'token-program',
      // The public addresses of Solana's programs for tokens, in the log of each transaction.
      when: ['tokenkegqfe', 'tokenzqdbnb'],
      before: '\\bToken',
      secret: '',
      after: '(?:kegQfeZyiNw|zQdBNbLqP5V)[A-Za-z0-9]{20}',
      replacement: keep,
      changes: [
        [
          'Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA invoke',
          `Program Token${keep}kegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA invoke`,
        ],
      ],
      leaves: ['token kegQfeZyiNw'],
    },
    {
      name: 'opaque-field',
      before: `(?:^|[^A-Za-z])(?i:refresh|access|state|nonce|code|plaintext|key[_-]?material|p256dh|x-auth|tok|sig|remember(?:[_-]?me)?)(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*\\[?\\\\*["']?`,
      secret: opaque,
      replacement: '[redacted]',
      when: [
        'fresh',
        ...['ccess"', "ccess'", 'ccess\\', 'ccess:', 'ccess=', 'ccess ', 'ccess\t'],
        'state',
        'nonce',
        ...['code=', 'code =', "code' =", "code'=", 'code" =', 'code"=', 'code\\" =', 'code\\"='],
        'plaintext',
        'material',
        '256dh',
        'x-auth',
        'tok:',
        'tok=',
        ...['tok"', 'tok\\', "tok'", 'tok ='],
        'sig=',
        'remember',
        'sig:',
        ...['sig"', 'sig\\', "sig'", 'sig ='],
      ],
      changes: [
        ['{"refresh":"kZ81kLm09PqRsTuV2wYzAb3dEf","id":7}', '{"refresh":"[redacted]","id":7}'],
        ['?state=Xr4o6FXi4qAvL6tq7gIoxzf8&x=1', '?state=[redacted]&x=1'],
        ["{ access: 'kZ81kLm09PqRsTuV2wYzAb3dEf' }", "{ access: '[redacted]' }"],
        ["'code' => 'kZ81kLm09PqRsTuV2wYzAb3dEf',", "'code' => '[redacted]',"],
        [':state=>"kZ81kLm09PqRsTuV2wYzAb3dEf"', ':state=>"[redacted]"'],
        ['{\\"tok\\":\\"kZ81kLm09PqRsTuV2wYzAb3dEf\\"}', '{\\"tok\\":\\"[redacted]\\"}'],
      ],
      leaves: [
        '{"access":"public","state":"waiting-for-transcoding"}',
        'refresh=2026-11-26',
        '{"stateRoot":"kZ81kLm09PqRsTuV2wYzAb3dEf"}',
        'code=ERR_HTTP2_GOAWAY_SESSION_2026_11_26',
        '{"state":"0x5c504ed432cb51138bcf09aa5e8a410d"}',
      ],
    },
    {
      name: 'auth-field',
      // The name of a method has letters of one case, or only one number.
      before: `(?:^|[^A-Za-z])(?i:auth)(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*u?\\\\*["']?`,
      secret: random,
      after: `(?:[\\s"'\\\\,;&)}\\]]|$)`,
      replacement: '[redacted]',
      when: ['auth"', "auth'", 'auth\\', 'auth:', 'auth=', 'auth ='],
      changes: [
        ['{"auth":"ZqXOtgfgFj3XudT8"}', '{"auth":"[redacted]"}'],
        ['{"m":"{\\"auth\\": \\"ZqXOtgfgFj3XudT8\\"}"}', '{"m":"{\\"auth\\": \\"[redacted]\\"}"}'],
        ['x auth=ZqXOtgfgFj3XudT8 n=3', 'x auth=[redacted] n=3'],
      ],
      leaves: [
        ...['auth=scram-sha-256', 'auth: ES256K', '{"auth":"oauth2"}', 'auth=rs256 n=1'],
        'oauth=ZqXOtgfgFj3XudT8',
      ],
    },
    ...sessionIds,
    {
      name: 'exchange-code',
      // Google's codes contain a slash.
      before: '\\b4/',
      secret: '0A[A-Za-z0-9_-]{20,}',
      replacement: '[redacted]',
      when: ['4/0a'],
      changes: [['{"code":"4/0AX4XfWjYZ1234567890abcdef"}', '{"code":"4/[redacted]"}']],
      leaves: ['layer 4/0Ax'],
    },
    {
      name: 'opaque-redis-key',
      // `reset:<token>` and `magic:<token>` are the token itself, unlike the ID of a session.
      before: `(?i:\\b[a-z_:-]{0,20}?(?:reset|magic(?:[_-]?link)?|verif(?:y|ication)|invit(?:e|ation)|activat(?:e|ion)|confirm(?:ation)?|refresh|token|revoked|denylist|blacklist)s?(?:${keep}?:(?:(?:[0-9]{1,12}|e?mail|phone|password|pwd?|user|account|access|refresh|link):)?|\\\\*["']\\s+\\\\*["']))`,
      secret: opaque,
      replacement: '[redacted]',
      when: [
        'magic',
        'reset:',
        'verif',
        'invit',
        'confirm',
        'activat',
        'fresh:',
        'token',
        'evoked',
        'list:',
      ],
      changes: [
        ['"GET" "magic:mvIv2cbmUGCHQkRG7EM2FvNmHr"', '"GET" "magic:[redacted]"'],
        ['"GET" "verify:email:mvIv2cbmUGCHQkRG7EM2FvNmHr"', '"GET" "verify:email:[redacted]"'],
      ],
      leaves: ['"GET" "reset:42"', '"GET" "track:mvIv2cbmUGCHQkRG7EM2FvNmHr"'],
    },
    {
      name: 'spoken-key',
      before:
        '(?i:\\b(?:(?:using|with|invalid|bad|wrong|unknown|expired|revoked|disabled|rotated|new|old|rejected|refused|denied|presented|provided|supplied|leaked|inactive)\\s+key|api[ _-]?key|cookie|(?:[a-z]+_)?token(?:s? by (?:value|hash))?|verifier|secret(?:s|\\(s\\))?(?:\\s+(?:from|loaded|used))?|credential|state mismatch:? expected|(?:invit|redeem|activat|exchang|authori[sz])[a-z]*(?: [a-z]+)?:? code)(?:\\s*[:=,])?\\s*[\\[(]?\\\\*["\']?)',
      secret: opaque,
      replacement: '[redacted]',
      when: [
        'key ',
        'key:',
        'key [',
        'kie ',
        'token',
        'verifier',
        'cret ',
        'crets ',
        'cret(',
        'redential ',
        'mismatch',
        'code ',
      ],
      changes: [
        ['invite accepted: code vX4zoooQeT8KQZ0p7MeoHOWB', 'invite accepted: code [redacted]'],
        ['using key vX4zoooQeT8KQZ0p7MeoHOWB for x', 'using key [redacted] for x'],
        ['api key [Uqofsd189Fqj0wgC7cFIpVNd] bad', 'api key [[redacted]] bad'],
        ['cookie wOqyxrJc2bCIMf6G7P6MI02WxyMY missing', 'cookie [redacted] missing'],
      ],
      leaves: [
        'primary key users_pkey_2026_11_26_partition',
        'with key track:42',
        'using key 0x52908400098527886E0F',
      ],
    },
    {
      name: 'judged-key',
      // Only if the line says what is wrong with the key: other keys are indexes or cache keys.
      before:
        '(?i:(?:^|["\':,;.(\\]]\\s*|\\b(?:the|api|licen[cs]e|access|your|this|client|auth|account|server)\\s+)key(?:\\s+|=|:\\s*)[\\[(]?\\\\*["\'`]?)',
      secret: opaque,
      after:
        '(?i:\\\\*["\'`]?[)\\]]?\\s+(?:(?:is|was|has|been|not|now|no longer)\\s+)*(?:(?:in)?active|(?:in)?valid|(?:un)?known|disabled|revoked|expired|suspended|blocked|deleted|rotated|rejected|leaked|found|allowed|exceeded)\\b)',
      replacement: '[redacted]',
      when: ['key ', 'key:', 'key='],
      changes: [
        ['key=vX4zoooQeT8KQZ0p7MeoHOWB is not active', 'key=[redacted] is not active'],
        [
          '{"m":"license key \\"vX4zoooQeT8KQZ0p7MeoHOWB\\" not found"}',
          '{"m":"license key \\"[redacted]\\" not found"}',
        ],
      ],
      leaves: [
        'cache key vX4zoooQeT8KQZ0p7MeoHOWB not found',
        'key tracks:42 expired',
        'key=vX4zoooQeT8KQZ0p7MeoHOWB moved',
      ],
    },
    {
      name: 'queried-token',
      // A value in a query that Mongoose prints.
      before:
        '(?i:(?:token|secret)s?\\.[a-z]+\\(\\{\\s*\\\\*["\']?[a-z_]+\\\\*["\']?:\\s*\\\\*["\'])',
      secret: opaque,
      replacement: '[redacted]',
      when: ['({'],
      changes: [
        [
          "tokens.findOne({ value: 'vX4zoooQeT8KQZ0p7MeoHOWB' })",
          "tokens.findOne({ value: '[redacted]' })",
        ],
      ],
      leaves: ["tracks.findOne({ key: 'vX4zoooQeT8KQZ0p7MeoHOWB' })"],
    },
    {
      name: 'secret-id',
      // A secret ID of Vault's AppRole or Consul. In AWS, a secret ID is only a name.
      before: '(?i:secret_?id(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?)',
      secret: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
      replacement: '[redacted]',
      when: ['cretid', 'cret_id'],
      changes: [['secret_id=550e8400-e29b-41d4-a716-446655440000', 'secret_id=[redacted]']],
      leaves: ['SecretId: prod/db'],
    },
    {
      name: 'changed-key',
      // The second value, after the rule above has replaced the first one.
      before: '\\[redacted\\](?:,|\\s+(?:to|->|→|got|by|with))\\s+\\\\*["\']?',
      secret: opaque,
      replacement: '[redacted]',
      when: ['cret ', 'crets ', 'cret(', 'mismatch', 'token', 'key '],
      changes: [
        [
          'secret from [redacted] to vX4zoooQeT8KQZ0p7MeoHOWB',
          'secret from [redacted] to [redacted]',
        ],
      ],
      leaves: ['token [redacted] to user_7'],
    },
    {
      name: 'key-before-its-name',
      before: '["\']',
      secret: opaque,
      after:
        '\\\\*["\'] (?i:(?:to be|is|as|is not|was) (?:an? )?(?:valid |invalid )?(?:api ?key|token|secret|jwt)\\b)',
      replacement: '[redacted]',
      when: ['api key', 'apikey', 'token', 'secret', 'jwt'],
      changes: [
        [
          "expected 'vX4zoooQeT8KQZ0p7MeoHOWB' to be a valid apiKey",
          "expected '[redacted]' to be a valid apiKey",
        ],
      ],
      leaves: ["'track' is a token"],
    },
    {
      name: 'key-in-answer',
      // The field `key` in an API's message about API keys.
      before: '"key\\\\*"\\s*:\\s*\\\\*"',
      secret: opaque,
      replacement: '[redacted]',
      when: ['api key', 'apikey', 'api_key', 'api-key'],
      changes: [
        [
          '{"message":"bad API key","key":"vX4zoooQeT8KQZ0p7MeoHOWB"}',
          '{"message":"bad API key","key":"[redacted]"}',
        ],
      ],
      leaves: ['{"key":"vX4zoooQeT8KQZ0p7MeoHOWB"}'],
    },
    {
      name: 'signed-cookie',
      // Cookies that Express has signed.
      before: '\\bs(?::|%3[aA])',
      secret: `[A-Za-z0-9_-]{20,}\\.[^\\s"'\\\\;,&${keep}]{20,}`,
      replacement: '[redacted]',
      when: ['s%3a', '=s:', ' s:', '"s:', "'s:"],
      changes: [
        [
          'sid=s%3A5F4YKTngsAwowQSI7nUo6duyAZeS6V.nUo6duyAZeS6VAJC7EcKgDab x',
          'sid=s%3A[redacted] x',
        ],
      ],
      leaves: ['https://x.example.com/abc.def', 's:abc.def'],
    },
    magicPath,
    {
      name: 'push-endpoint',
      before: '(?:/fcm/send|/wpush/v[0-9]|push\\.apple\\.com)/',
      secret: '[A-Za-z0-9_:~.%-]{20,}',
      replacement: '[redacted]',
      when: ['/send/', '/wpush/', 'push.apple.'],
      changes: [
        [
          'https://fcm.googleapis.com/fcm/send/K0wDeMFrYW6IFpqU73hQN:x',
          'https://fcm.googleapis.com/fcm/send/[redacted]',
        ],
      ],
      leaves: ['/fcm/send/x', 'https://web.push.apple.com/'],
    },
    {
      name: 'path-token-before-word',
      // Longer than the IDs that programs generate, and not a UUID.
      before: '/',
      secret: '(?:[A-Za-z]{0,24}[0-9][A-Za-z0-9_]{27,}|[A-Za-z0-9]{32,})',
      after: '/(?i:confirm|verif|reset|activat|accept|unsub|undo|cancel|revert)',
      replacement: '[redacted]',
      when: [
        '/confirm',
        '/verif',
        '/reset',
        '/activat',
        '/accept',
        '/unsub',
        '/undo',
        '/cancel',
        '/revert',
      ],
      changes: [
        [
          'GET /t/XrviQm9dYBRcMOwX7eIRsjUmyvcdUb0xAb/confirm-email',
          'GET /t/[redacted]/confirm-email',
        ],
      ],
      leaves: [
        '/users/7f3c2d1e-4b5a-6978-8796-a5b4c3d2e1f0/reset',
        '/users/01HF8Z6Y3K8M4N2P5Q7R9S1T3V/verify',
      ],
    },
  ],
};
