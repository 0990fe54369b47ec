import { escapedText, keep, type RedactionGroup } from './rule';

/** An argument that is neither an option nor a shell variable. */
const value = `(?:${escapedText}|"[^"\\\\:,]+"|'[^'"\\\\]+'|[^\\s"'\\\\$${keep}-][^\\s"'\\\\]*)`;

/** Commands that take a key or a password at a position, or as `name=value` of any name. */
export const tools: RedactionGroup = {
  name: 'tools',
  rules: [
    {
      name: 'object-storage-alias',
      // MinIO's client takes an alias, a URL, the name of the key and the key.
      before:
        '\\bmc(?:li)? (?:--[a-z-]+ )*(?:alias (?:set|s)|config host add)(?: --[a-z-]+)* \\S+ \\\\*["\']?https?://\\S+ \\S+ ',
      secret: value,
      replacement: '[redacted]',
      when: ['alias s', 'host add'],
      changes: [
        [
          'mc alias set s3 https://s:9000 app hunter',
          'mc alias set s3 https://s:9000 app [redacted]',
        ],
      ],
      leaves: ['mc alias set s3 https://s:9000', 'mc alias ls'],
    },
    {
      name: 'key-option-with-sign',
      // rclone has such an option for each storage.
      before: '--[a-z0-9-]*-key=',
      secret: '[A-Za-z_+-]{0,24}[0-9][A-Za-z0-9_+=-]{15,}',
      replacement: '[redacted]',
      when: ['-key='],
      changes: [
        [
          'parameters ["--b2-key=ge4VsOc4VsJe4XNwrStjO" "--transfers=8"]',
          'parameters ["--b2-key=[redacted]" "--transfers=8"]',
        ],
      ],
      leaves: ['--sort-key=created_at', '--tls-key=/run/secrets/key-2026-of-the-server.pem'],
    },
    {
      name: 'key-of-customer',
      // A key with which S3 encrypts an object (SSE-C): 32 bytes in base64.
      before: '(?i:customer-?key(?:\\\\*["\'])?\\s*[:=]\\s*(?:\\\\*["\'])?)',
      secret: '[A-Za-z0-9+/]{43}=',
      replacement: '[redacted]',
      when: ['customerkey', 'customer-key'],
      changes: [
        [
          "SSECustomerKey: 'Vt1I+gp1hoAuyTFbN1oi959exXMLyGcdmU9RNHojmAs=' })",
          "SSECustomerKey: '[redacted]' })",
        ],
      ],
      leaves: ["SSECustomerKeyMD5: 'jW4Mhtd2wKkHvHk3vZ0iNg=='", 'customerKey: cus_17'],
    },
    {
      name: 'line-of-pgpass',
      // PostgreSQL's password file: host, port, database, user and password.
      before:
        '(?:^|[\\s"\'\\\\=])[A-Za-z0-9.*-]+:(?:[1-9][0-9]{1,4}|\\*):[A-Za-z0-9_*-]+:[A-Za-z0-9_*-]+:',
      secret: '[^\\s"\'\\\\:]+',
      after: '(?:[\\s"\'\\\\]|$)',
      replacement: '[redacted]',
      when: [':5432:', ':6432:', ':5433:', '*:*:', 'pgpass'],
      changes: [
        ['db:5432:audifi:app:hunter', 'db:5432:audifi:app:[redacted]'],
        ['.pgpass: db:31:audifi:app:hunter', '.pgpass: db:31:audifi:app:[redacted]'],
      ],
      leaves: ['api:5432:audifi:app', 'tcp:5432: a:b:c'],
    },
    {
      name: 'login-option-with-sign',
      before: '\\blogin\\b[^|;\\n"]*?\\s-p=\\\\*["\']?',
      secret: '[^\\s"\'\\\\$][^\\s"\'\\\\]*',
      replacement: '[redacted]',
      when: [' -p='],
      changes: [['podman login -u ada -p=hunter r.io', 'podman login -u ada -p=[redacted] r.io']],
      leaves: ['docker run -p=80:80 web', 'login -p=$PW r.io'],
    },
    {
      name: 'document-password',
      // The passwords of the reader and of the owner of a PDF, also in a list of arguments.
      before: '\\bqpdf\\b[^|;\\n]*?--encrypt(?:\\\\*["\'])?[ ,]+\\\\*["\']?',
      secret: '[^\\s"\'\\\\,[-][^\\s"\'\\\\,]*(?:\\\\*["\'])?[ ,]+\\\\*["\']?[^\\s"\'\\\\,]+',
      replacement: '[redacted]',
      when: ['--encrypt'],
      changes: [
        ['qpdf --encrypt hunter boss 256 -- a b', 'qpdf --encrypt [redacted] 256 -- a b'],
        [`qpdf ("--encrypt" "hunter" "boss" "256")`, `qpdf ("--encrypt" "[redacted]" "256")`],
      ],
      leaves: ['qpdf --encrypt --help', 'mkfs --encrypt a b'],
    },
    {
      name: 'plaintext-option',
      before: '\\s--plaintext[ =]\\\\*["\']?',
      secret: `[^"'\\\\\\n$-][^"'\\\\\\n]*`,
      after: `(?:\\\\*["']|$)`,
      replacement: '[redacted]',
      when: ['--plaintext'],
      changes: [
        [
          "caddy hash-password --plaintext 'a b' --algorithm bcrypt",
          "caddy hash-password --plaintext '[redacted]' --algorithm bcrypt",
        ],
      ],
      leaves: ['grpcurl --plaintext $HOST'],
    },
    {
      name: 'message-option',
      // The text of a message on Twilio's command line.
      before: '\\btwilio\\b[^\\n]*?\\s--body[ =]',
      secret: `(?:\\\\*"[^"\\\\]*\\\\*"|'[^'"\\\\]*'|[^\\s"'\\\\]+)`,
      replacement: '[redacted]',
      when: ['twilio '],
      changes: [["twilio create --body 'Hi Ada' => 1", 'twilio create --body [redacted] => 1']],
      leaves: ['curl --body x'],
    },
    {
      name: 'recipient-option',
      before: '\\btwilio\\b[^\\n]*?\\s--to[ =]\\\\*["\']?',
      secret: '[+0-9(][0-9 ()./-]{3,}',
      after: '[0-9]{4}\\b',
      replacement: '***',
      when: ['twilio '],
      changes: [['twilio create --to 0043-664-9128835 x', 'twilio create --to ***8835 x']],
      leaves: ['twilio create --to 22395', 'git log --to 0043-664-9128835'],
    },
    {
      name: 'short-message',
      // The text of a message in SMPP.
      before:
        '(?i:\\bshort_?message(?:\\\\*["\'])?\\s*[:=]\\s*(?:\\{\\s*\\\\*["\']?message(?:\\\\*["\'])?\\s*:\\s*)?\\\\*["\'])',
      secret: '[^"\'\\\\\\n]+',
      replacement: '[redacted]',
      when: ['short_message', 'shortmessage'],
      changes: [
        ["short_message: { message: 'code 33' }", "short_message: { message: '[redacted]' }"],
        ['{"shortMessage":"code 33"}', '{"shortMessage":"[redacted]"}'],
      ],
      leaves: ['short_message: { encoding: 8 }'],
    },
    {
      name: 'rclone-option',
      before:
        '\\brclone (?:--?\\S+ )*config (?:create|update|password) [^|;\\n"]*?\\b(?:secret_access_key|access_key|key|pass(?:word)?2?|token|secret|client_secret|sas_url|account_key)(?: |=)',
      secret: value,
      replacement: '[redacted]',
      when: ['rclone '],
      changes: [
        [
          'rclone config create b b2 account a key hunter',
          'rclone config create b b2 account a key [redacted]',
        ],
        [
          'rclone config create b sftp pass=hunter x',
          'rclone config create b sftp pass=[redacted] x',
        ],
      ],
      leaves: ['rclone config create b drive scope drive', 'rclone copy key dir'],
    },
    {
      name: 'obscured-password',
      before: '\\brclone obscure ',
      secret: value,
      replacement: '[redacted]',
      when: ['obscure '],
      changes: [['rclone obscure hunter', 'rclone obscure [redacted]']],
      leaves: ['rclone obscure -'],
    },
    {
      name: 'configured-key',
      // `aws configure set` and `npm config set`.
      before:
        '\\b(?:configure|config) set (?:[^\\s=]*(?:secret|token|password|_auth)[^\\s=]*|[^\\s=]+[._](?:key|pass))[ =]',
      secret: value,
      replacement: '[redacted]',
      when: ['gure set ', 'fig set '],
      changes: [
        [
          'aws configure set aws_secret_access_key hunter',
          'aws configure set aws_secret_access_key [redacted]',
        ],
      ],
      leaves: [
        'aws configure set region eu-west-1',
        'npm config set //a.io/:_authToken=[redacted] && ls',
      ],
    },
    {
      name: 'no-secret-by-command',
      before:
        '(?:--from-literal[= ]\\\\*["\']?|\\bsecrets? set )(?i:[a-z0-9_.-]*(?:user|user_?name|host|port|database|db_?name|region|env|type))=',
      secret: '',
      after: '[A-Za-z0-9]',
      replacement: keep,
      when: ['from-literal', 'secrets set '],
      changes: [['--from-literal=username=ada', `--from-literal=username=${keep}ada`]],
      leaves: ['--from-literal=pw=ada'],
    },
    {
      name: 'secret-by-command',
      // `kubectl create secret … --from-literal`, `fly secrets set`, `gh secret set … --body`.
      before:
        '(?:--from-literal[= ]\\\\*["\']?[A-Za-z0-9_.-]+=|\\bsecrets? set (?:[A-Z][A-Z0-9_]*=|[A-Za-z0-9_-]+ [^|;\\n"]*?(?:--body|-b)[= ]))',
      secret: value,
      replacement: '[redacted]',
      when: ['from-literal', 'secret set ', 'secrets set '],
      changes: [
        [
          'kubectl create secret generic db --from-literal=pw=hunter',
          'kubectl create secret generic db --from-literal=pw=[redacted]',
        ],
        ['fly secrets set DSN=hunter -a x', 'fly secrets set DSN=[redacted] -a x'],
        ['gh secret set DSN --body hunter', 'gh secret set DSN --body [redacted]'],
      ],
      leaves: ['kubectl create configmap x --from-file=a', 'gh secret set DSN < f'],
    },
    {
      name: 'secret-string-option',
      // Options of `aws secretsmanager`, also in the list of arguments that it logs.
      before: '--secret-(?:string|binary)\\\\*["\']?[,= ]\\s*(?:\\\\*["\'])?',
      secret: '[^\\s"\'\\\\$,-][^\\s"\'\\\\]*',
      replacement: '[redacted]',
      when: ['--secret-'],
      changes: [["['--secret-string', 'hunter']", "['--secret-string', '[redacted]']"]],
      leaves: ['--secret-id x'],
    },
    {
      name: 'secret-from-pipe',
      before: '\\b(?:echo|printf)\\s+(?:-[a-z]+\\s+|\\\\*["\']%s\\\\*["\']\\s+)?',
      secret: value,
      after: '\\s*\\|[^|\\n]*\\b(?:(?:docker|podman) secret create|(?:gh|wrangler|fly) secret)',
      replacement: '[redacted]',
      when: ['secret create', 'gh secret', 'wrangler secret'],
      changes: [
        [
          'printf hunter | docker secret create db -',
          'printf [redacted] | docker secret create db -',
        ],
      ],
      leaves: ['docker secret create db /run/db'],
    },
    {
      name: 'seed-of-one-time-codes',
      // A TOTP secret in several encodings, as speakeasy returns it.
      before: '(?:^|[{,\\s\\\\"])(?:ascii|hex|base32)(?:\\\\*")?: ?\\\\*["\']',
      secret: '[^"\'\\\\]{8,}',
      replacement: '[redacted]',
      when: ['base32'],
      changes: [
        [
          "{ ascii: '?:SD%oDD<E', hex: 'b36ae285178ff', base32: '7ZXEDKWCKTG2' }",
          "{ ascii: '[redacted]', hex: '[redacted]', base32: '[redacted]' }",
        ],
      ],
      leaves: ['encoding: base32', "{ base32: true, hex: 'ff' }"],
    },
    {
      name: 'quoted-by-go-parser',
      // Kubernetes quotes the text around a parse error.
      before: '(?:byte of|bigger context) \\.\\.\\.\\|',
      secret: '[^|\\n]+',
      after: '\\|(?:\\.\\.\\.|$)',
      replacement: '[redacted]',
      when: ['yte of ...', 'context ...'],
      changes: [
        [
          'found in #10 byte of ...|SSWORD":"x"},"k|..., bigger context ...|{"PASSWORD":"x"}|...',
          'found in #10 byte of ...|[redacted]|..., bigger context ...|[redacted]|...',
        ],
      ],
      leaves: ['10 byte of |x|'],
    },
    {
      name: 'login-in-base64',
      // User and password in Dovecot's auth dialogue.
      before: '\\bclient in: AUTH[^\\n]*?(?:\\s|\\\\+t)resp=',
      secret: '[A-Za-z0-9+/]{4,}={0,2}',
      replacement: '[redacted]',
      when: ['client in: auth'],
      changes: [
        [
          'client in: AUTH\t1\tPLAIN\tresp=AHBheW91dHMA (may',
          'client in: AUTH\t1\tPLAIN\tresp=[redacted] (may',
        ],
      ],
      leaves: ['client in: AUTH\t1\tPLAIN\tservice=imap'],
    },
    {
      name: 'session-key-in-xml',
      // A session key in a response of Last.fm.
      before: '<key>',
      secret: '[0-9a-fA-F]{32,}',
      after: '</key>',
      replacement: '[redacted]',
      when: ['<key>'],
      changes: [['<key>d580d57f32848f5dcf574d1ce18d78b2</key>', '<key>[redacted]</key>']],
      leaves: ['<key>CFBundleVersion</key>'],
    },
    {
      name: 'header-of-exporter',
      // Honeycomb's key in OTEL_EXPORTER_OTLP_HEADERS.
      before: '(?i:honeycomb-team(?:\\\\*["\'])?\\s*[:=]\\s*\\[?(?:\\\\*["\'])?)',
      secret: '[A-Za-z0-9_]{20,}',
      replacement: '[redacted]',
      when: ['eycomb-team'],
      changes: [
        [
          'x-honeycomb-team=4X6hcHFxpd89LEnOQ4uNTC,x-honeycomb-dataset=audifi',
          'x-honeycomb-team=[redacted],x-honeycomb-dataset=audifi',
        ],
      ],
      leaves: ['x-honeycomb-team=audifi'],
    },
    {
      name: 'refused-signing-key',
      // A private key in ethers' message about an invalid argument.
      before: 'value=\\\\*"',
      secret: '(?:0x)?[0-9a-fA-F]{64}',
      after: '\\\\*"[^"]*(?i:signing-?key|private-?key)',
      replacement: '[redacted]',
      when: ['signing-key', 'signingkey', 'private-key', 'privatekey'],
      changes: [
        [
          'value="b61672223b30c09cba517366cdcf1ba1cde11df51cf198d4af1124d30269bfb4", code=X) at new SigningKey',
          'value="[redacted]", code=X) at new SigningKey',
        ],
      ],
      leaves: ['value="b61672223b30c09cba51", code=X) at new SigningKey'],
    },
  ],
};
