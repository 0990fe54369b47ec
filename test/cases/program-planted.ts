import { type Planted, values } from './planted-values';

/**
 * Error messages of programs, as in reports of users and bug trackers: HTTP clients, mailers, ORMs,
 * drivers, payment and blockchain libraries, servers and tools, in all forms in which a logger
 * writes them. `{pw}` and the other placeholders get a new value each time (planted-values.ts).
 */

/** Errors as a program prints them. Loggers write the same text into JSON. */
const texts: readonly (readonly [program: string, text: string, hard?: 'hard'])[] = [
  // HTTP clients.
  [
    'axios',
    "AxiosError: Request failed with status code 401 { code: 'ERR_BAD_REQUEST', config: { headers: Object [AxiosHeaders] { Accept: 'application/json', Authorization: 'Bearer {tok}', 'User-Agent': 'axios/1.7.2' }, method: 'post' } }",
  ],
  [
    'axios',
    'config: { auth: { username: \'svc\', password: \'{pw}\' }, url: \'https://api.example.com/v1/charges\', data: \'{"email":"{mail}","card":{"number":"{card}","cvc":"{code}"}}\' }',
  ],
  [
    'http',
    "_header: 'POST /v1/charges HTTP/1.1\\r\\nAuthorization: Bearer {tok}\\r\\nHost: api.example.com\\r\\n\\r\\n'",
  ],
  [
    'got',
    'HTTPError: Response code 403 (Forbidden) for https://api.example.com/v1/x?api_key={tok}&page=2',
  ],
  [
    'undici',
    "TypeError: fetch failed { cause: Error: connect ECONNREFUSED 10.0.0.5:443, request: { headers: { authorization: 'Basic {b64}' } } }",
  ],
  ['curl', '> Authorization: Basic {b64}'],
  ['curl', '< Set-Cookie: session={tok}; Path=/; HttpOnly'],
  ['curl', '> X-Api-Key: {tok}'],
  ['curl', '> PRIVATE-TOKEN: {tok}'],
  ['curl', '> DD-API-KEY: {hex}'],
  ['curl', '> x-goog-api-key: {tok}'],
  ['curl', '> Ocp-Apim-Subscription-Key: {hex}'],
  ['fetch', "headers: Headers { 'content-type': 'application/json', 'x-csrf-token': '{tok}' }"],
  // Values in sentences, quoted or after a word.
  ['login', 'login failed for ada with password "{pw}"'],
  ['login', "wrong password '{pw}' for ada"],
  ['login', 'OTP {code} sent to user_7'],
  ['login', '2FA code: {code} accepted'],
  ['payout', 'payout to IBAN DE89{digits8}{digits8}00 done'],
  ['ethers', 'mnemonic: {words}'],
  ['ethers', 'Seed phrase used: "{words}"'],
  // Keys in paths of RPC providers.
  [
    'ethers',
    'could not detect network (event="noNetwork", code=NETWORK_ERROR, url="https://eth-mainnet.g.alchemy.com/v2/{tok}")',
  ],
  ['viem', 'HTTP request failed. URL: https://rpc.ankr.com/eth/{hex64} Status: 503'],
  ['web3', 'connection not open on wss://ws-nd-123-456-789.p2pify.com/{hex}'],
  ['web3', 'https://polygon-mainnet.chainstacklabs.com/{hex}'],
  // Queries and forms that the server has parsed.
  ['express', "query: { sig: '{tok}', page: '2' }"],
  ['busboy', 'Content-Disposition: form-data; name="password"\\r\\n\\r\\n{pw}\\r\\n--b'],
  ['PHP', '["password"]=> string(8) "{pw}"'],
  ['Ruby', '{:password=>"{pw}", :plan=>"pro"}'],
  ['Java', 'User(id=7, password={pw}, email={mail})'],
  ['Go', '{Password:{pw} Email:{mail} Plan:pro}'],
  ['Java', 'jdbc:postgresql://db:5432/audifi?user=audifi&password={pw}&ssl=true'],
  ['ADO.NET', 'Server=db;Database=x;User Id=sa;Password={pw};Encrypt=true'],
  ['Azure', 'AccountName=a;AccountKey={b64};EndpointSuffix=core.windows.net'],
  ['WireGuard', 'PrivateKey = {b64}'],
  // Values of ORMs.
  [
    'Sequelize',
    'Executing (default): INSERT INTO "Users" ("id","email","pw") VALUES ($1,$2,$3); 7, "{mail}", "{pw}"',
  ],
  ['Prisma', 'prisma:query INSERT INTO "User" VALUES ($1,$2) params=["{mail}","{pw}"]'],
  ['Knex', "knex:bindings [ '{mail}', '{pw}' ]"],
  ['ioredis', "{ command: { name: 'setex', args: [ 'otp:7', '300', '{code}' ] } }"],
  // Hashes of passwords, and tokens of more providers.
  ['htpasswd', 'audifi:$apr1$abcd1234${alnum36}'],
  ['argon2', 'hash $argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ${alnum36}'],
  ['Django', 'hash pbkdf2_sha256$260000$abcsalt${alnum36}='],
  ['LDAP', 'userPassword: {SSHA}{alnum36}'],
  ['PASETO', 'token v4.local.{alnum36}'],
  ['JWT', 'cut off: eyJhbGciOiJSUzI1NiJ9.eyJ{alnum36}'],
  ['Mapbox', 'sk.eyJ1IjoiYXVk{alnum36}.{alnum36}'],
  ['Discord', 'bot MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.{alnum36} logged in'],
  ['Tailscale', 'using tskey-auth-{alnum36}'],
  ['Alchemy', 'using alcht_{alnum36}'],
  ['Pulumi', 'using pul-{hex}01234567'],
  ['Resend', 'using re_AbCd1234_{alnum36}'],
  ['Plaid', 'using access-production-8d1b7a1e-0f5c-4d2e-9a77-1234{digits8}'],
  ['SMTP', 'RCPT TO:<{mail}>, then ada.lovelace@[192.0.2.1]'],
  // Mail.
  [
    'nodemailer',
    "Error: Can't send mail - all recipients were rejected: 550 5.1.1 <{mail}>: Recipient address rejected { code: 'EENVELOPE', rejected: [ '{mail}' ], command: 'RCPT TO' }",
  ],
  ['nodemailer', 'C: RCPT TO:<{mail}>'],
  ['nodemailer', 'C: AUTH PLAIN {b64}'],
  ['nodemailer', "envelope: { from: '{mail}', to: [ '{mail}', '{mail}' ] }"],
  [
    'nodemailer',
    "transport options { host: 'smtp.example.com', port: 587, auth: { user: 'mailer', pass: '{pw}' } }",
  ],
  [
    'SES',
    "sending email { Destination: { ToAddresses: [ '{mail}' ] }, Message: { Subject: { Data: '{word} arrived' }, Body: { Text: { Data: 'about {word}' } } } }",
    'hard',
  ],
  [
    'SendGrid',
    "email rejected { personalizations: [ { to: [ { email: '{mail}' } ] } ], subject: 'about {word}', content: [ { type: 'text/plain', value: 'the {word}' } ] }",
  ],
  [
    'Python smtplib',
    "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed') send: 'AUTH PLAIN {b64}\\r\\n'",
  ],
  // ORMs and drivers.
  [
    'Prisma',
    'Invalid `prisma.user.create()` invocation: { data: { email: "{mail}", passwordHash: "{bcrypt}", phone: "{phone}" } } Unique constraint failed on the fields: (`email`)',
  ],
  [
    'Prisma',
    'prisma:query SELECT "id" FROM "User" WHERE "email" = $1 LIMIT $2 params: ["{mail}",1]',
  ],
  [
    'Prisma',
    "PrismaClientInitializationError: Can't reach database server, datasource url postgresql://app:{pw}@db.internal:5432/audifi?schema=public",
  ],
  [
    'TypeORM',
    'query failed: INSERT INTO "user"("email", "password") VALUES ($1, $2) -- PARAMETERS: ["{mail}","{pw}"]',
  ],
  [
    'TypeORM',
    "QueryFailedError: duplicate key value { query: 'INSERT INTO users VALUES ($1, $2)', parameters: [ '{mail}', '{pw}' ], detail: 'Key (email)=({mail}) already exists.' }",
  ],
  [
    'knex',
    'error: insert into "users" ("email", "password") values (\'{mail}\', \'{pw}\') - duplicate key value violates unique constraint',
  ],
  [
    'Sequelize',
    'Executing (default): UPDATE "users" SET "reset_token"=\'{tok}\' WHERE "email" = \'{mail}\'',
  ],
  [
    'mongoose',
    'MongoServerError: E11000 duplicate key error collection: audifi.users index: email_1 dup key: { email: "{mail}" }',
  ],
  [
    'mongodb',
    'MongoParseError: mongodb+srv://app:{pw}@cluster0.ab1cd.mongodb.net/audifi?w=majority',
  ],
  [
    'pg',
    "connectionParameters: ConnectionParameters { user: 'app', database: 'audifi', port: 5432, password: '{pw}' }",
  ],
  ['ioredis', "ReplyError: WRONGPASS { command: { name: 'auth', args: [ 'default', '{pw}' ] } }"],
  ['ioredis', "ioredis:redis write command[10.0.0.1:6379]: 0 -> auth([ '{pw}' ])", 'hard'],
  [
    'ioredis',
    "options: { host: 'redis', port: 6379, username: 'default', password: '{pw}', db: 0 }",
  ],
  ['redis', "ERR unknown command 'AUHT', with args beginning with: 'default' '{pw}'", 'hard'],
  [
    'SQLAlchemy',
    "[SQL: INSERT INTO users (email, password) VALUES (%(email)s, %(password)s)] [parameters: {'email': '{mail}', 'password': '{pw}'}]",
  ],
  ['Hibernate', 'binding parameter (2:VARCHAR) <- [{pw}]', 'hard'],
  [
    'HikariCP',
    'Failed to initialize pool jdbc:postgresql://db:5432/audifi?user=app&password={pw}&ssl=true',
  ],
  // Payment.
  [
    'stripe',
    'StripeSignatureVerificationError: No signatures found { header: \'t=1795662000,v1={hex64}\', payload: \'{"id":"evt_1","data":{"object":{"customer_email":"{mail}"}}}\' }',
  ],
  [
    'stripe',
    "PaymentIntent requires action { id: 'pi_3Mtw', client_secret: 'pi_3Mtw_secret_{tok}', shipping: { address: { line1: '{number} {street}', city: 'Hull' }, phone: '{phone}' } }",
  ],
  ['stripe', "Invalid API Key provided { apiKey: 'sk_{live}_{tok}' }"],
  [
    'stripe',
    "StripeCardError: Your card was declined. raw: { number: '{card}', exp_month: 4, cvc: '{code}' }",
  ],
  [
    'shopify',
    "order { shipping_address: { address1: '{number} {street}', city: 'Leeds', zip: '{zip}' }, total: '12.00' }",
  ],
  // Blockchains.
  [
    'ethers 5',
    'Error: missing response (requestBody="{\\"method\\":\\"eth_getBalance\\",\\"params\\":[\\"{wallet}\\",\\"latest\\"]}", requestMethod="POST", url="https://mainnet.infura.io/v3/{hex}", code=SERVER_ERROR, version=web/5.7.1)',
  ],
  [
    'ethers 6',
    'Error: server response 401 Unauthorized (request={  }, info={ "requestUrl": "https://eth-mainnet.g.alchemy.com/v2/{tok}" }, code=SERVER_ERROR, version=6.13.1)',
  ],
  [
    'ethers 6',
    'insufficient funds for intrinsic transaction cost (transaction={ "from": "{wallet}", "to": "{wallet}", "value": "0x2386f26fc10000" })',
  ],
  ['ethers 5', "new Wallet { privateKey: '0x{hex64}', address: '{wallet}' }"],
  [
    'viem',
    'HttpRequestError: HTTP request failed.\n\nStatus: 401\nURL: https://polygon-mainnet.g.alchemy.com/v2/{tok}\nRequest body: {"method":"eth_call","params":[{"to":"{wallet}"},"latest"]}\n\nVersion: viem@2.21.0',
  ],
  [
    'viem',
    'ContractFunctionExecutionError: execution reverted\n\nRequest Arguments:\n  from:   {wallet}\n  to:     {wallet}\n  value:  0.01 ETH',
  ],
  ['hardhat', 'Invalid config: { accounts: { mnemonic: "{words}" } }'],
  ['hardhat', "accounts: [ '0x{hex64}' ]", 'hard'],
  [
    'solana',
    'Error: 403 Forbidden: https://x-y.solana-mainnet.quiknode.pro/{hex}/ sender {solana}',
  ],
  ['walletconnect', 'bitcoin payout to {bech32} failed: dust'],
  // Messages and telephones.
  [
    'twilio',
    "RestException [Error]: The 'To' number {phone} is not a valid phone number. { status: 400, code: 21211 }",
  ],
  ['twilio', "client { accountSid: 'AC0a1b', authToken: '{hex}' }"],
  ['twilio', 'POST /Messages.json To=%2B4415{digits8}&From=%2B441515550100&Body=hello', 'hard'],
  ['twilio', "message { to: 'whatsapp:{phone}', body: 'your code is {code}' }"],
  ['sms', 'Your AudiFi verification code is: {code}'],
  ['sms', 'OTP for user_1: {code}', 'hard'],
  ['vonage', "send { msisdn: '4479{digits8}', text: 'hi' }"],
  ['slack', "webhook: 'https://hooks.slack.com/services/T0AA/B0BB/{tok}'"],
  ['telegram', 'POST https://api.telegram.org/bot123456789:{tok}/sendMessage 404'],
  // Clouds and tools.
  [
    'aws',
    'AWS4-HMAC-SHA256 Credential=AK{ia}{upper16}/20261126/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature={hex64}',
  ],
  [
    'aws',
    "credentials: { accessKeyId: 'AK{ia}{upper16}', secretAccessKey: '{tok}', sessionToken: '{tok}' }",
  ],
  ['aws', 'GET https://b.s3.amazonaws.com/x.wav?X-Amz-Expires=300&X-Amz-Signature={hex64}'],
  [
    'git',
    "fatal: Authentication failed for 'https://oauth2:ghp_{alnum36}@github.com/audifi/app.git/'",
  ],
  ['npm', 'npm error //registry.example.com/:_authToken={tok}'],
  ['docker', "Env: [ 'PATH=/usr/bin', 'POSTGRES_PASSWORD={pw}', 'NODE_ENV=production' ]"],
  ['docker', 'docker run -e POSTGRES_PASSWORD={pw} -p 5432:5432 postgres:17'],
  [
    'docker',
    'docker config {"auths":{"ghcr.io":{"username":"ci","password":"{pw}","auth":"{b64}"}}}',
  ],
  [
    'kubernetes',
    'kubeadm join 10.0.0.1:6443 --token abcdef.{tok} --discovery-token-ca-cert-hash sha256:0a1b',
  ],
  ['kubernetes', 'kubectl create secret generic db --from-literal=password={pw}'],
  ['kubernetes', 'client-key-data: {b64}{b64}', 'hard'],
  ['helm', 'helm upgrade db bitnami/postgresql --set auth.password={pw} --wait'],
  ['vault', 'X-Vault-Token: hvs.{tok}'],
  ['dotenv', 'loaded JWT_SECRET={pw} SMTP_PASS={pw} NODE_ENV=production PORT=3000'],
  ['spring', 'spring.datasource.password={pw}'],
  ['terraform', 'password = "{pw}"'],
  ['ssh', '-----BEGIN OPENSSH {private}-----\n{b64}\n-----END OPENSSH {private}-----'],
  ['kafka', 'sasl.jaas.config=PlainLoginModule required username="u" password="{pw}";'],
  ['kafkajs', "sasl: { mechanism: 'plain', username: 'app', password: '{pw}' }"],
  ['ldap', "bind { dn: 'cn=admin', bindCredentials: '{pw}' }"],
  ['rabbitmq', 'amqp://app:{pw}@rabbit:5672/vhost refused'],
  ['sentry', 'DSN https://{hex}@o123.ingest.sentry.io/456'],
  ['supabase', "createClient { supabaseKey: 'eyJhbGciOiJIUzI1NiJ9.eyJ{tok}.{tok}' }"],
  ['livekit', "new AccessToken { apiKey: 'API{upper16}', secret: '{tok}' }"],
  ['ffmpeg', 'rtmp://live.example.com/app/?streamKey={tok}: Connection refused'],
  ['otp', 'otpauth://totp/AudiFi:ada?secret={base32}&issuer=AudiFi'],
  // Other languages.
  ['Go', '&{Email:{mail} Password:{pw} Age:30}'],
  ['Go', 'map[Authorization:[Bearer {tok}] Accept:[*/*]]'],
  [
    'Go',
    'Get "https://app:{pw}@api.example.com/v1": dial tcp: lookup api.example.com: no such host',
  ],
  ['Rust', 'User { id: 7, email: "{mail}", password: "{pw}" }'],
  ['Rust', 'Login { token: Some("{tok}") }'],
  ['Java', 'User(id=1, email={mail}, password={pw}, phone={phone})'],
  ['Python', "login failed {'username': 'ada', 'password': '{pw}', 'token': None}"],
  ['Python', "headers={'Authorization': 'Token {tok}'}"],
  [
    'PHP',
    "PDOException: #0 /app/db.php(12): PDO->__construct('mysql:host=db', 'app', '{pw}')",
    'hard',
  ],
  ['Ruby', 'Parameters: {"email"=>"{mail}", "password"=>"{pw}", "commit"=>"Log in"}'],
  // Forms, queries, markup.
  ['form', 'body: email=ada%40{domain}&password={pw}&remember=on'],
  ['graphql', 'mutation { login(email: "{mail}", password: "{pw}") { id } }'],
  ['graphql', "variables: { input: { email: '{mail}', password: '{pw}' } }"],
  ['soap', '<wsse:Password Type="#PasswordText">{pw}</wsse:Password>'],
  ['xml', '<user name="ada" password="{pw}"/>'],
  ['websocket', 'wss://ws.audifi.io/socket?session=s1&token={tok} closed 1006'],
  ['websocket', 'Sec-WebSocket-Protocol: audifi, bearer.{tok}'],
  ['socket.io', "handshake: { auth: { token: '{tok}' }, address: '10.0.0.5' }"],
  ['oauth', 'POST /token grant_type=authorization_code&code={tok}&client_secret={pw}'],
  [
    'oauth',
    'InternalOAuthError: Failed to obtain access token { data: \'{"refresh_token":"{tok}"}\' }',
  ],
  ['jwt', 'JsonWebTokenError: invalid signature eyJhbGciOiJIUzI1NiJ9.eyJ{tok}.{tok}'],
  ['magic link', 'sent https://app.audifi.io/auth/magic-link/{tok} to {mail}'],
  [
    'morgan',
    '203.0.113.9 - - [26/Nov/2026:03:00:00 +0000] "GET /reset?token={tok} HTTP/1.1" 200 12 "https://app.audifi.io/login?code={tok}" "Mozilla/5.0"',
  ],
  ['support', 'customer {mail} called from {phone}, lives at {number} {street}, Hull'],
];

const at = '2026-11-26T03:00:00.000Z';
/** Ways in which a text is written to the log. */
const loggers: readonly (readonly [source: string, write: (text: string) => string])[] = [
  ['worker', (text) => text],
  ['api-server', (text) => JSON.stringify({ level: 50, time: at, pid: 1, msg: text })],
  [
    'ws-server',
    (text) =>
      JSON.stringify({
        ...{ level: 'error', message: 'Unhandled', timestamp: at },
        error: { name: 'Error', stack: `${text}\n    at main (/app/index.js:1:1)` },
      }),
  ],
  [
    'api-server',
    (text) => JSON.stringify({ level: 'error', timestamp: at, raw: JSON.stringify({ text }) }),
  ],
];

/** Objects in the notation of loggers, one per line. */
const objects: readonly (readonly [
  program: string,
  source: string,
  line: string,
  hard?: 'hard',
])[] = [
  [
    'pino-http',
    'api-server',
    '{"level":50,"time":"{at}","req":{"id":1,"method":"POST","url":"/login?token={tok}","headers":{"host":"x","authorization":"Bearer {tok}","cookie":"sid={tok}; theme=dark","x-api-key":"{tok}"},"remoteAddress":"10.0.0.5"},"res":{"statusCode":401,"headers":{"set-cookie":["sid={tok}; Path=/"]}},"msg":"request errored"}',
  ],
  [
    'express',
    'api-server',
    '{"level":"error","timestamp":"{at}","message":"bad request","body":{"email":"{mail}","password":"{pw}","passwordConfirm":"{pw}"},"query":{"reset_token":"{tok}"}}',
  ],
  [
    'express',
    'api-server',
    '{"level":"error","timestamp":"{at}","message":"x","session":{"cookie":{"path":"/"},"passport":{"user":7},"csrfSecret":"{tok}"}}',
  ],
  [
    'winston',
    'worker',
    '{"level":"error","timestamp":"{at}","message":"sms failed","to":"{phone}","otp":"{code}","attempt":2}',
  ],
  [
    'winston',
    'worker',
    '{"level":"info","timestamp":"{at}","message":"email sent","email":{"to":"{mail}","subject":"about {word}","html":"<p>{word}</p>"}}',
  ],
  [
    'stripe',
    'api-server',
    '{"level":"error","timestamp":"{at}","message":"webhook","event":{"data":{"object":{"customer_details":{"email":"{mail}","phone":"{phone}","address":{"line1":"{number} {street}","postal_code":"{zip}"}}}}}}',
  ],
  [
    'stripe',
    'api-server',
    '{"level":"error","timestamp":"{at}","message":"card","payment_method":{"card":{"number":"{card}","cvc":"{code}"}}}',
  ],
  [
    'ethers',
    'worker',
    '{"level":"error","timestamp":"{at}","message":"mint failed","tx":{"from":"{wallet}","to":"{wallet}"},"wallets":["{wallet}","{bech32}"],"rpc":"https://mainnet.infura.io/v3/{hex}"}',
  ],
  [
    'kubernetes',
    'worker',
    '{"level":"error","timestamp":"{at}","message":"pod","env":[{"name":"DB_PASSWORD","value":"{pw}"},{"name":"PORT","value":"80"}]}',
  ],
  [
    'axios',
    'worker',
    '{"level":"error","timestamp":"{at}","message":"Request failed","config":{"headers":{"Authorization":"Bearer {tok}","X-Vault-Token":"hvs.{tok}"},"params":{"apikey":"{tok}"},"auth":{"username":"x","password":"{pw}"}}}',
  ],
  [
    'firebase',
    'worker',
    '{"level":"error","timestamp":"{at}","message":"x","credential":{"private_key":"-----BEGIN {private}-----\\n{b64}\\n-----END {private}-----\\n","client_email":"{mail}"}}',
  ],
  [
    'graphql',
    'api-server',
    '{"level":"error","timestamp":"{at}","message":"x","operation":"mutation { login(email: \\"{mail}\\", password: \\"{pw}\\") { id } }","variables":{"password":"{pw}","newPassword":"{pw}"}}',
  ],
  [
    'caddy',
    'caddy',
    '{"level":"info","ts":1795662000.123456,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"203.0.113.9","proto":"HTTP/2.0","method":"GET","host":"app.audifi.io","uri":"/ws?access_token={tok}","headers":{"X-Api-Key":["{tok}"],"Sec-Websocket-Protocol":["audifi, bearer.{tok}"],"Referer":["https://app.audifi.io/reset-password/{tok}"]}},"user_id":"{mail}","duration":0.01,"size":5,"status":302,"resp_headers":{"Location":["https://app.audifi.io/cb?code={tok}&state=x"]}}',
  ],
  [
    'livekit',
    'ws-server',
    '{"level":"info","timestamp":"{at}","message":"join","room":"r1","participantToken":"{tok}","stream_key":"{tok}"}',
  ],
  [
    'oauth',
    'api-server',
    '{"level":"info","timestamp":"{at}","message":"callback","response":{"access_token":"{tok}","id_token":"eyJhbGciOiJIUzI1NiJ9.eyJ{tok}.{tok}","expires_in":3600,"token_type":"Bearer"}}',
  ],
];

const statements: readonly (readonly [text: string, hard?: 'hard'])[] = [
  ['DETAIL:  Failing row contains (1, {mail}, {phone}, {bcrypt}).'],
  ['DETAIL:  Key (email)=({mail}) already exists.'],
  ["LOG:  statement: CREATE USER MAPPING FOR app SERVER x OPTIONS (user 'a', password '{pw}')"],
  [
    "STATEMENT:  CREATE SUBSCRIPTION s CONNECTION 'host=db user=rep password={pw} dbname=x' PUBLICATION p",
  ],
  ["LOG:  statement: SELECT crypt('{pw}', gen_salt('bf'))"],
  ["LOG:  statement: SELECT set_config('app.token', '{tok}', true)"],
  [
    "LOG:  AUDIT: SESSION,1,1,WRITE,INSERT,TABLE,public.users,\"INSERT INTO users VALUES ('{mail}','{pw}')\",<none>",
  ],
  ["LOG:  duration: 1200.1 ms  plan: Query Text: SELECT * FROM users WHERE token = '{tok}'"],
  ['LOG:  statement: NOTIFY sessions, \'{"token":"{tok}"}\''],
  ["LOG:  execute <unnamed>: EXECUTE login('{pw}')", 'hard'],
  ['CONTEXT:  JSON data, line 1: {"password":"{pw}", "name": x'],
  ["LOG:  duration: 1500.0 ms  parse <unnamed>: UPDATE users SET phone = '{phone}' WHERE id = 1"],
];

/** All lines, each with its own values. */
export const programLines: readonly Planted[] = [
  ...texts.flatMap(([program, text, hard]) =>
    loggers.map(([source, write]) => {
      const { filled, hidden } = values(text);
      return {
        ...{ kind: `program ${program}`, hard: hard !== undefined, source },
        ...{ line: write(filled), hidden, kept: [] },
      };
    }),
  ),
  ...objects.map(([program, source, line, hard]) => {
    const { filled, hidden } = values(line.replaceAll('{at}', at));
    return {
      ...{ kind: `program ${program}`, hard: hard !== undefined, source },
      ...{ line: filled, hidden, kept: [] },
    };
  }),
  ...statements.map(([text, hard]) => {
    const { filled, hidden } = values(text);
    return {
      ...{ kind: 'program PostgreSQL', hard: hard !== undefined, source: 'postgres' },
      ...{ line: `2026-11-26 03:00:00.000 UTC [4711] app@audifi ${filled}`, hidden, kept: [] },
    };
  }),
];
