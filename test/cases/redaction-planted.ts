import { accessLine } from './access-line';
import { programLines } from './program-planted';
import { alnum, base58, digits, hex, letters, lower, type Planted } from './planted-values';
import { writtenLines } from './written-lines';

/**
 * Lines with values that must not be stored, combined from names, formats and positions: each value
 * in each format, and each of these in some positions. They cover the kinds in docs/redaction.md.
 * All values are invented.
 */
const json = (fields: object): string =>
  JSON.stringify({
    ...{ timestamp: '2026-11-26T03:00:00.000Z', level: 'info', service: 'api-server' },
    ...fields,
  });

/** Positions of a text in a line. */
const places: readonly (readonly [name: string, source: string, line: (text: string) => string])[] =
  [
    ['text', 'worker', (text) => `before ${text} after`],
    [
      'message',
      'api-server',
      (text) => json({ requestId: 'req_1', message: `before ${text} after` }),
    ],
    ['line feed', 'api-server', (text) => json({ message: `before:\n${text}\nafter` })],
    ['tab', 'api-server', (text) => json({ message: `before\t${text}\tafter` })],
    [
      'nested text',
      'worker',
      (text) => json({ raw: JSON.stringify({ note: `a\n${text}\nb` }), x: 1 }),
    ],
    ['colour', 'worker', (text) => `\u001b[32minfo\u001b[39m \u001b[1m${text}\u001b[0m after`],
    [
      'colour in JSON',
      'api-server',
      (text) => json({ message: `\u001b[33m${text}\u001b[39m after` }),
    ],
    [
      'markup',
      'api-server',
      (text) =>
        json({ message: `<b>${text}</b>` })
          .replaceAll('<', '\\u003c')
          .replaceAll('>', '\\u003e'),
    ],
    ['slash', 'worker', (text) => `found /${text}/ there`],
    ['underscore', 'worker', (text) => `found x_${text} there`],
    ['list', 'api-server', (text) => json({ items: ['a', text, 'b'] })],
    ['deep', 'api-server', (text) => json({ a: { b: { c: [{ d: { e: text } }] } } })],
  ];

const planted: Planted[] = [];
function plant(
  kind: string,
  source: string,
  line: string,
  hidden: readonly string[],
  more: { readonly kept?: readonly string[]; readonly hard?: boolean } = {},
): void {
  planted.push({ kind, hard: more.hard ?? false, source, line, hidden, kept: more.kept ?? [] });
}

/** Field names, by family. */
const names = {
  password: [
    'password',
    'pass',
    'SMTP_PASS',
    'password2',
    'passWord',
    'newPassword',
    'user_password',
    'PGPASSWORD',
    'passwd',
    'passphrase',
    'passcode',
    'passwordConfirmation',
    'pwd',
    'db.password',
  ],
  token: [
    'token',
    'accessToken',
    'refresh_token',
    'ID_TOKEN',
    'csrfToken',
    'jwt',
    'X-Auth-Token',
    'sessionToken',
    'token_hash',
  ],
  secret: ['secret', 'client_secret', 'webhookSecret', 'credentials', 'JWT_SECRET'],
  key: [
    'apiKey',
    'x-api-key',
    'API_KEY',
    'masterKey',
    'private_key',
    'secretAccessKey',
    'encryption-key',
    'streamKey',
    'signingKey',
  ],
  header: ['Authorization', 'proxy-authorization', 'Cookie', 'set-cookie', 'bearer'],
} as const;
const codes = [
  'otp',
  'otpCode',
  'recoveryCode',
  'mfa_code',
  'verificationCode',
  'pin',
  'cvc',
  'securityCode',
  'backup-code',
  'totp',
];

let n = 0;
for (const [family, all] of Object.entries({ ...names, code: codes })) {
  for (const name of all) {
    n += 1;
    const value = family === 'code' ? letters(n, 6, '123456789') : `Zq${letters(n, 14, alnum)}`;
    const hidden = [family === 'code' ? value : value.slice(2, -2)];
    // A cookie header extends to the end of the line.
    const kept = name.toLowerCase().includes('cookie') ? [] : ['submitted'];
    const forms: readonly (readonly [string, string])[] = [
      ['api-server', json({ [name]: value, attempt: 3, message: 'submitted' })],
      ['ws-server', json({ user: { form: { [name]: value } }, message: 'submitted' })],
      [
        'api-server',
        json({ raw: JSON.stringify({ [name]: value, ok: true }), message: 'submitted' }),
      ],
      [
        'api-server',
        json({
          raw: JSON.stringify({ body_: JSON.stringify({ [name]: value, ok: 1 }) }),
          message: 'submitted',
        }),
      ],
      ['worker', `submitted { '${name}': '${value}', attempt: 3 }`],
      ['worker', `submitted ${name}=${value} attempt=3`],
      ['worker', `submitted "${name}"="${value}"; attempt=3`],
      ['worker', `submitted ${name}: ${value}`],
      ['worker', `Map(1) { '${name}' => '${value}' } submitted`],
      ['api-server', json({ message: `submitted ${name}=${value} x` })],
      ['api-server', json({ message: `submitted:\n${name}: ${value}\nx` })],
      ['api-server', json({ message: `submitted ${name}="${value}" x` })],
      ['api-server', json({ [name]: [value, value], message: 'submitted' })],
      [
        'api-server',
        json({ [name]: { a: { b: { c: { d: { e: { f: value } } } } } }, message: 'submitted' }),
      ],
      ['worker', `\u001b[32m${name}\u001b[39m: \u001b[33m'${value}'\u001b[39m submitted`],
      ['api-server', json({ headers: [{ name, value }], message: 'submitted' })],
    ];
    for (const [i, [source, line]] of forms.entries()) {
      // If neither format nor value identifies a secret, the name may not be sufficient: a number
      // in a list of headers is not recognised as a code.
      plant(`field-${family}`, source, line, hidden, {
        kept: i === 13 ? [] : kept,
        hard: i === 13 || i === 15,
      });
    }
    if (family === 'header' || family === 'key') {
      plant(
        `list-${family}`,
        'api-server',
        json({ rawHeaders: ['Host', 'x', name, value], message: 'submitted' }),
        hidden,
        { kept },
      );
    }
  }
}

for (const option of [
  '--password',
  '--token',
  '--api-key',
  '--requirepass',
  '--db-password',
  '--client-secret',
]) {
  n += 1;
  const value = `Zq${letters(n, 12, alnum)}`;
  plant('option', 'worker', `run ${option} ${value} --port 6379`, [value], { kept: ['6379'] });
  plant('option', 'worker', `run ${option}=${value} --port 6379`, [value], { kept: ['6379'] });
  plant('option', 'worker', `run ${option} '${value} x' --port 6379`, [value], { kept: ['6379'] });
}

/** Keys of providers, by format. */
const forms: readonly (readonly [name: string, make: (i: number) => string])[] = [
  ['stripe', (i) => `sk_live_${letters(i, 24, alnum)}`],
  ['stripe webhook', (i) => `whsec_${letters(i, 32, alnum)}`],
  ['slack', (i) => `xoxb-${letters(i, 12, digits)}-${letters(i, 24, alnum)}`],
  ['github', (i) => `ghp_${letters(i, 36, alnum)}`],
  ['github fine', (i) => `github_pat_${letters(i, 22, alnum)}_${letters(i, 59, alnum)}`],
  ['gitlab', (i) => `glpat-${letters(i, 20, alnum)}`],
  ['aws', (i) => `AKIA${letters(i, 16, `${digits}ABCDEFGHIJKLMNOPQRSTUVWXYZ`)}`],
  ['google', (i) => `AIzaSy${letters(i, 33, alnum)}`],
  ['google oauth', (i) => `ya29.${letters(i, 40, alnum)}`],
  ['google secret', (i) => `GOCSPX-${letters(i, 28, alnum)}`],
  ['openai', (i) => `sk-proj-${letters(i, 40, alnum)}`],
  ['openai old', (i) => `sk-${letters(i, 48, alnum)}`],
  ['anthropic', (i) => `sk-ant-api03-${letters(i, 40, alnum)}`],
  ['hugging face', (i) => `hf_${letters(i, 34, alnum)}`],
  ['digitalocean', (i) => `dop_v1_${letters(i, 64, hex)}`],
  ['mailgun', (i) => `key-${letters(i, 32, hex)}`],
  ['sendgrid', (i) => `SG.${letters(i, 22, alnum)}.${letters(i, 43, alnum)}`],
  ['npm', (i) => `npm_${letters(i, 36, alnum)}`],
  ['shopify', (i) => `shpat_${letters(i, 32, hex)}`],
  ['vault', (i) => `hvs.CAES${letters(i, 40, alnum)}`],
  ['grafana', (i) => `glsa_${letters(i, 32, alnum)}_${letters(i, 8, hex)}`],
  ['jwt', (i) => `eyJhbGciOiJIUzI1NiJ9.eyJ${letters(i, 30, alnum)}.${letters(i, 43, alnum)}`],
  [
    'jwe',
    (i) =>
      `eyJhbGciOiJkaXIi${letters(i, 10, alnum)}..${letters(i, 16, alnum)}.${letters(i, 40, alnum)}.${letters(i, 22, alnum)}`,
  ],
  ['bcrypt', (i) => `$2b$12$${letters(i, 53, alnum)}`],
];
for (const [kind, make] of forms) {
  for (const [place, source, line] of places) {
    n += 1;
    const value = make(n);
    plant(`key-${kind}, ${place}`, source, line(value), [value.slice(-16, -2)]);
  }
}

/** Values that are masked, so a part may stay. */
const masked: readonly (readonly [
  kind: string,
  make: (i: number) => readonly [text: string, hidden: string],
  hard?: boolean,
])[] = [
  [
    'e-mail',
    (i) => [
      `${letters(i, 9, lower)}.${letters(i + 1, 7, lower)}@example.com`,
      `${letters(i + 1, 7, lower)}@`,
    ],
  ],
  [
    'e-mail plus',
    (i) => [`${letters(i, 9, lower)}+tag@mail.example.co.uk`, `${letters(i, 9, lower).slice(1)}+`],
  ],
  ['ethereum', (i) => [`0x${letters(i, 40, hex)}`, letters(i, 40, hex).slice(6, 34)]],
  [
    'ethereum upper',
    (i) => [
      `0X${letters(i, 40, hex).toUpperCase()}`,
      letters(i, 40, hex).toUpperCase().slice(6, 34),
    ],
  ],
  ['bitcoin', (i) => [`1${letters(i, 33, base58)}`, letters(i, 33, base58).slice(8, 24)]],
  [
    'bech32',
    (i) => [
      `bc1q${letters(i, 38, 'acdefghjklmnpqrstuvwxyz023456789')}`,
      letters(i, 38, 'acdefghjklmnpqrstuvwxyz023456789').slice(8, 28),
    ],
  ],
  [
    'cosmos',
    (i) => [
      `cosmos1${letters(i, 38, 'acdefghjklmnpqrstuvwxyz023456789')}`,
      letters(i, 38, 'acdefghjklmnpqrstuvwxyz023456789').slice(8, 28),
    ],
  ],
  [
    'cardano',
    (i) => [
      `addr1${letters(i, 98, 'acdefghjklmnpqrstuvwxyz023456789')}`,
      letters(i, 98, 'acdefghjklmnpqrstuvwxyz023456789').slice(8, 28),
    ],
  ],
  ['tezos', (i) => [`tz1${letters(i, 33, base58)}`, letters(i, 33, base58).slice(8, 24)]],
  ['solana', (i) => [`7${letters(i, 43, base58)}`, letters(i, 43, base58).slice(8, 30)]],
  [
    'phone',
    (i) => [`+44 7700 9${letters(i, 5, digits)}`, `7700 9${letters(i, 5, digits).slice(0, 2)}`],
  ],
  [
    'phone compact',
    (i) => [`+49151${letters(i, 8, digits)}`, `151${letters(i, 8, digits).slice(0, 3)}`],
  ],
  ['phone american', (i) => [`+1 (415) 555-0${letters(i, 3, digits)}`, '(415) 555']],
  ['card', (i) => [`4539 1488 ${letters(i, 4, digits)} 6467`, `1488 ${letters(i, 4, digits)}`]],
  ['card compact', (i) => [`4539148${letters(i, 6, digits)}467`, `9148${letters(i, 6, digits)}`]],
];
for (const [kind, make] of masked) {
  for (const [place, source, line] of places) {
    n += 1;
    const [text, hidden] = make(n);
    // A value after `x_` may be an ID.
    const hard = place === 'underscore';
    // An ID, see docs/redaction.md.
    if (hard && (kind.startsWith('card') || kind.startsWith('phone'))) continue;
    plant(`${kind}, ${place}`, source, line(text), [hidden], { hard });
  }
}

const caddy = (uri: string): string => accessLine({ uri });

for (const parameter of [
  'token',
  'code',
  'sig',
  'signature',
  'key',
  'auth',
  'ticket',
  'access_token',
  'X-Amz-Signature',
  'api_key',
  'otp',
  'nonce',
  'hash',
  'reset_token',
  'jwt',
  'session',
  'password',
  'apikey',
]) {
  n += 1;
  const value = letters(n, 32, alnum);
  plant(
    'url-parameter',
    'caddy',
    caddy(`/auth/callback?lang=en&${parameter}=${value}&ref=mail`),
    [value.slice(8, 24)],
    { kept: ['lang=en', 'ref=mail'] },
  );
  plant(
    'url-parameter',
    'worker',
    `GET https://app.audifi.io/x?${parameter}=${value} 200`,
    [value.slice(8, 24)],
    { kept: ['200'] },
  );
  plant(
    'url-parameter',
    'api-server',
    json({ url: `/x?a=1&${parameter}=${value}` }).replace('&', '\\u0026'),
    [value.slice(8, 24)],
  );
  plant('url-parameter', 'caddy', caddy(`/login?next=%2Fx%3F${parameter}%3D${value}%26a%3D1`), [
    value.slice(8, 24),
  ]);
}
for (const path of [
  '/auth/magic/',
  '/magic-link/',
  '/reset-password/',
  '/password/reset/',
  '/verify-email/',
  '/v1/verify/',
  '/invite/',
  '/confirm/',
  '/activate/',
  '/unsubscribe/',
  '/login/callback/',
]) {
  n += 1;
  const value = letters(n, 32, alnum);
  plant('path-token', 'caddy', caddy(`${path}${value}`), [value.slice(8, 24)], { kept: [path] });
  plant(
    'path-token',
    'api-server',
    json({ message: `sent https://app.audifi.io${path}${letters(n, 40, hex)}?x=1` }),
    [letters(n, 40, hex).slice(8, 32)],
  );
}
for (const url of [
  'https://eth-mainnet.g.alchemy.com/v2/',
  'https://mainnet.infura.io/v3/',
  'wss://mainnet.infura.io/ws/v3/',
  'https://x-y.solana-mainnet.quiknode.pro/',
  'https://rpc.ankr.com/eth/',
  'https://hooks.slack.com/services/T0/B0/',
  'https://discord.com/api/webhooks/112233445566778899/',
  'https://api.telegram.org/bot123456789:',
]) {
  n += 1;
  const value = letters(n, 36, alnum);
  plant(
    'url-key',
    'worker',
    json({ error: { message: `could not detect network (url="${url}${value}") 404` } }),
    [value.slice(8, 24)],
    { kept: ['404'] },
  );
  plant('url-key', 'worker', `POST ${url}${value} 404`, [value.slice(8, 24)], { kept: ['404'] });
}
for (const [user, password] of [
  ['app', 'Zq7plainpw'],
  ['app', 'So@Zeichen7'],
  ['app', 'So/Zeichen8#x'],
  ['', 'Zq9redis'],
] as const) {
  for (const scheme of ['postgres', 'redis', 'mongodb+srv', 'amqp', 'https']) {
    plant(
      'url-login',
      'api-server',
      json({
        message: `connecting to ${scheme}://${user}:${password}@db.internal:5432/audifi?ssl=1`,
      }),
      [password],
      { kept: ['audifi'] },
    );
    plant(
      'url-login',
      'worker',
      `connecting to ${scheme}://${user}:${password}@db:5432/audifi`,
      [password],
      { kept: ['db:5432'] },
    );
  }
}
plant(
  'url-login',
  'worker',
  'Server=db;User Id=app;Password=Zq7plain;Database=audifi',
  ['Zq7plain'],
  { kept: ['Database=audifi'] },
);

const pg = (text: string): string => `2026-11-26 03:00:00.000 UTC [4711] app@audifi ${text}`;
for (const [text, hidden, kept] of [
  ["LOG:  statement: ALTER ROLE app WITH PASSWORD 'PgGeheim1'", ['PgGeheim1'], ['ALTER ROLE app']],
  [
    "LOG:  statement: create user x encrypted password 'Pg''Geheim2' valid until 'infinity'",
    ['Geheim2'],
    ['infinity'],
  ],
  [
    "LOG:  statement: INSERT INTO users (name, password) VALUES ('bob', 'PgGeheim3')",
    ['PgGeheim3', 'bob'],
    ['INSERT INTO users'],
  ],
  [
    'LOG:  statement: INSERT INTO "users" ("name", "password") VALUES (\'it\'\'s\', \'PgGeheim4\') RETURNING id',
    ['PgGeheim4', "it''s"],
    ['RETURNING id', '"password"'],
  ],
  [
    "LOG:  statement: UPDATE users SET password = 'PgGeheim5', n = 4 WHERE id = 7",
    ['PgGeheim5'],
    ['WHERE id = 7'],
  ],
  [
    "DETAIL:  Parameters: $1 = 'ada', $2 = 'PgGeheim6', $3 = NULL",
    ['PgGeheim6', "'ada'"],
    ['$3 = NULL'],
  ],
  ['DETAIL:  Key (token)=(PgGeheim7) already exists.', ['PgGeheim7'], ['already exists']],
  [
    'DETAIL:  Key (email, api_key)=(x, PgGeheim8) already exists.',
    ['PgGeheim8'],
    ['already exists'],
  ],
  [
    'DETAIL:  Failing row contains (7, bob, PgGeheim9, null).',
    ['PgGeheim9'],
    ['Failing row contains'],
  ],
  ['CONTEXT:  COPY users, line 2: "7 bob PgGeheim10"', ['PgGeheim10'], ['COPY users']],
  ['CONTEXT:  COPY users, line 2, column password: "PgGeheim11"', ['PgGeheim11'], ['COPY users']],
  [
    "LOG:  duration: 1200.1 ms  execute s1: select * from users where token = 'PgGeheim12'",
    ['PgGeheim12'],
    ['select * from users'],
  ],
  [
    "STATEMENT:  SELECT id FROM users WHERE name IN ('PgGeheim13', 'PgGeheim14')",
    ['PgGeheim13', 'PgGeheim14'],
    ['SELECT id FROM users'],
  ],
  [
    'ERROR:  invalid input syntax for type uuid: "PgGeheim15"',
    ['PgGeheim15'],
    ['invalid input syntax'],
  ],
  ['LOG:  statement: ALTER ROLE app PASSWORD $$PgGeheim16$$', ['PgGeheim16'], ['ALTER ROLE app']],
] as const) {
  plant('postgres', 'postgres', pg(text), hidden, { kept });
  plant('sql in JSON', 'api-server', json({ message: text, requestId: 'req_9' }), hidden, {
    kept: ['req_9'],
  });
}

const monitor = (...args: string[]): string =>
  `1795662000.123456 [0 10.0.0.5:53412] ${args.map((arg) => `"${arg}"`).join(' ')}`;
for (const [line, hidden, kept] of [
  [monitor('AUTH', 'RdGeheim1'), ['RdGeheim1'], ['AUTH']],
  [monitor('AUTH', 'default', 'RdGeheim2'), ['RdGeheim2'], ['AUTH']],
  [
    monitor('HSET', 'user_456', 'password', 'RdGeheim3', 'plan', 'pro'),
    ['RdGeheim3'],
    ['plan', 'pro', 'user_456'],
  ],
  [monitor('SETEX', 'otp:user_456', '300', '739184'), ['739184'], ['otp:user_456', '300']],
  [
    monitor('SET', 'session:user_456', 'RdGeheim4', 'EX', '300'),
    ['RdGeheim4'],
    ['session:user_456'],
  ],
  [monitor('CONFIG', 'SET', 'requirepass', 'RdGeheim5'), ['RdGeheim5'], ['CONFIG']],
  [monitor('ACL', 'SETUSER', 'app', 'on', '>RdGeheim6', '~*'), ['RdGeheim6'], ['SETUSER']],
  [monitor('HELLO', '3', 'AUTH', 'default', 'RdGeheim7'), ['RdGeheim7'], ['HELLO']],
  ['AUTH RdGeheim8', ['RdGeheim8'], ['AUTH']],
  ['SETEX otp:user_456 300 739185', ['739185'], ['otp:user_456']],
  ['SET token:user_456 RdGeheim9', ['RdGeheim9'], ['token:user_456']],
  ['requirepass RdGeheim10', ['RdGeheim10'], []],
  [
    '1:M 26 Nov 2026 03:00:00.000 # Failed AUTH for "default" with password RdGeheim11',
    ['RdGeheim11'],
    ['Failed AUTH'],
  ],
  [
    "ReplyError: WRONGPASS { command: { name: 'auth', args: [ 'RdGeheim12' ] } }",
    ['RdGeheim12'],
    ['WRONGPASS'],
  ],
] as const) {
  plant('redis', 'redis', line, hidden, { kept });
}

for (const [line, hidden, kept, hard] of [
  [
    json({ shippingAddress: { line1: '6 Snowdrop Way', city: 'Hull' }, n: 1 }),
    ['Snowdrop'],
    ['"n":1'],
  ],
  [json({ address: '12 Bluebell Walk, Cardiff' }), ['Bluebell'], []],
  [json({ addresses: ['12 Bluebell Walk, Cardiff'], n: 1 }), ['Bluebell'], ['"n":1']],
  [json({ raw: JSON.stringify({ address: '2 Bramble Row' }) }), ['Bramble'], []],
  ['order address="14 Bluebell Walk, Cardiff" id=7', ['Bluebell'], ['id=7']],
  ["{ billing_address: { line1: '6 Snowdrop Way' }, id: 7 }", ['Snowdrop'], ['id: 7']],
  ["{ address: '6 Snowberry Way', ok: true }", ['Snowberry'], ['ok: true']],
  [json({ street: 'Hauptstraße 12', zip: '10115' }), ['Hauptstra', '10115'], []],
  [json({ message: 'ship to 14 Bluebell Walk, Cardiff' }), ['Bluebell'], [], true],
  [
    json({
      email: {
        to: 'x@example.com',
        subject: 'a zeppelin',
        html: '<p>quicksilver</p>',
        text: 'quicksand',
      },
      message: 'mail sent',
    }),
    ['zeppelin', 'quicksilver', 'quicksand'],
    ['mail sent'],
  ],
  [
    json({ mail: { subject: 'the armadillo' }, message: 'mail sent' }),
    ['armadillo'],
    ['mail sent'],
  ],
  [
    json({
      mailOptions: {
        content: 'a capybara',
        attachments: [{ filename: 'x.pdf', content: 'SGVsbG9Bcm1hZGE=' }],
      },
    }),
    ['capybara', 'Bcm1hZ'],
    [],
  ],
  [
    json({
      to: 'x@example.com',
      subject: 'the armadillo',
      text: 'a capybara',
      event: 'email.sent',
    }),
    ['armadillo', 'capybara'],
    ['email.sent'],
  ],
  [
    "sending mail { to: 'x@example.com', subject: 'the armadillo', text: 'a capybara' }",
    ['armadillo', 'capybara'],
    ['sending mail'],
  ],
  [
    json({
      raw: JSON.stringify({ subject: 'the armadillo', html: '<p>capybara</p>' }),
      message: 'mail sent',
    }),
    ['armadillo', 'capybara'],
    ['mail sent'],
  ],
  [json({ tel: '020 7946 0309' }), ['7946'], []],
  [json({ phones: ['020 7946 0309', '07700 900310'], n: 1 }), ['7946', '900310'], ['"n":1']],
  [json({ phone: { number: '02079460309', type: 'home' } }), ['0207946'], []],
  [json({ mobileNumber: 447700900310 }), ['7700900'], []],
  ["{ tel: '020 7946 0309', id: 7 }", ['7946'], ['id: 7']],
  [json({ message: 'call 020 7946 0309 back' }), ['020 7946'], []],
  [json({ message: 'sms to 07700 900310 queued' }), ['7700 90'], ['queued']],
  [json({ message: 'sms to 004915123456354 queued' }), ['15123456'], ['queued']],
  [caddy('/v1/verify?phone=%2B44+7700+900421'), ['7700+90'], []],
  [json({ wallets: ['7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV'] }), ['yscszYEp35KHN8vv'], []],
  [
    json({ topics: ['0x0000000000000000000000006246033f8366855d7fdb742255f3a9d4c26a7809'] }),
    ['66855d7fdb742255'],
    [],
  ],
  [json({ securityCode: '913', brand: 'visa' }), ['913'], ['visa']],
  ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', ['BAQEFAASCBKcwgg'], []],
  [
    json({ message: 'x', 'Sec-Websocket-Protocol': ['audifi, bearer.OcIB2Qhln7Kx40GU7hZy'] }),
    ['Qhln7Kx40GU7'],
    [],
  ],
  [json({ message: 'your verification code is 483920' }), ['483920'], [], true],
  ['<user><password>Zq7plain</password></user>', ['Zq7plain'], ['<user>']],
  ['curl -u ada:Zq7plain https://x', ['Zq7plain'], ['https://x']],
] as const) {
  plant('other', 'api-server', line, hidden, { kept, hard: hard === true });
}

export const plantedLines: readonly Planted[] = [...planted, ...programLines, ...writtenLines];

/** Headers of a request that no rule has to check, around those with a secret. */
const around = (headers: Record<string, string[]>): string =>
  accessLine({
    uri: '/v1/tracks?page=2',
    headers: {
      ...{ Accept: ['*/*'], Connection: ['keep-alive'] },
      ...headers,
      ...{
        'Sec-Fetch-Mode': ['cors'],
        Traceparent: [`00-${'0af7'.repeat(8)}-${'b7ad'.repeat(4)}-01`],
      },
    },
  });
for (const [name, before] of [
  ['X-Api-Key', ''],
  ['Sec-Websocket-Protocol', 'token, '],
  ['Stripe-Signature', 't=1796089493,v1='],
  ['X-Session-Token', ''],
] as const) {
  n += 1;
  const value = letters(n, 40, alnum);
  plant('header', 'caddy', around({ [name]: [`${before}${value}`] }), [value.slice(8, 30)], {
    kept: [name, '"Sec-Fetch-Mode":["cors"]', '"Connection":["keep-alive"]'],
  });
}
