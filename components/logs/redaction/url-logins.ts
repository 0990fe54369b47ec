import { keep, type RedactionGroup } from './rule';

/** Credentials in URLs. A separate group for `@`, which the group for mail also searches for. */
export const urlLogins: RedactionGroup = {
  name: 'url-logins',
  when: ['://', '%3a%2f%2f', ' -u ', 'user ', '@tcp(', '@unix(', 'curl '],
  opens: [' -u ', '--user ', '-user ', 'curl '],
  rules: [
    {
      name: 'url-password',
      before: '://[^\\s/:@"\'\\\\]*:',
      secret: '(?:[^\\s/"\\\\]|\\\\.)*[^\\s/"\\\\]',
      after: '@[A-Za-z0-9\\[][A-Za-z0-9.:\\]_-]*',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['postgres://app:s3cr%21t@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
        ['postgres://app:a@b\\"c@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
      ],
      leaves: ['http://db:5432/x?to=me', 'https://audifi.io/@ada', 'http://db:5432/x?to=a@b.de'],
    },
    {
      name: 'url-password-with-slash',
      // A port consists of digits only.
      before: '://[^\\s/:@"\'\\\\]*:',
      // If no host follows, the rule above has replaced only the start of the password.
      secret:
        '(?:[0-9]*[^\\s/"\\\\0-9[]|\\[redacted\\]@[^\\s/"\\\\.]*/)(?:[^\\s"\\\\]|\\\\.)*/(?:[^\\s"\\\\]|\\\\.)*',
      after: '@[A-Za-z0-9\\[][A-Za-z0-9.-]*(?::[0-9]+)?(?:[/?"\'\\s\\\\]|$)',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['postgres://audifi:So/Z7#x@db:5432/audifi', 'postgres://audifi:[redacted]@db:5432/audifi'],
      ],
      leaves: [
        ...['http://db:5432/x?to=me@b.de', 'https://a.b/c:d@e'],
        'https://ci:[redacted]@npm.x.io/@audifi/engine',
      ],
    },
    {
      name: 'url-password-with-blank-or-quote',
      // Only in URLs of databases and mail servers, because a number of a port and a sentence may
      // also precede an address.
      before:
        '(?i:(?:postgres(?:ql)?|rediss?|amqps?|mysql|mariadb|mongodb(?:\\+srv)?|smtps?|ldaps?)://[^\\s/:@"\'\\\\]*:)',
      secret:
        '[0-9]*[^\\s/"\\\\@0-9][^\\s/"\\\\@]*(?:(?: [^\\s/"\\\\@:]+){1,3}|"[0-9A-Za-z][^\\s/"\\\\@:]*)',
      after: '@[A-Za-z0-9\\[]',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['postgres://app:a b@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
        ['redis://:a"b@db:6379', 'redis://:[redacted]@db:6379'],
      ],
      leaves: ['redis://db:6379 and ada@b.io', 'postgres://app:[redacted]@db to x@b.io'],
    },
    {
      name: 'url-password-encoded',
      before: '(?i:%3a%2f%2f[^\\s/:@"\'\\\\%]*%3a)',
      secret: '[^\\s"\'\\\\&]+?',
      after: '(?i:%40)[A-Za-z0-9.-]+',
      replacement: '[redacted]',
      when: ['%40'],
      changes: [['?u=redis%3A%2F%2Fapp%3Apw1%40db', '?u=redis%3A%2F%2Fapp%3A[redacted]%40db']],
      leaves: ['?u=https%3A%2F%2Faudifi.io'],
    },
    {
      name: 'public-node',
      // The public key of a node of Ethereum.
      before: '\\benode://',
      secret: '',
      after: '[0-9a-f]{64}',
      replacement: keep,
      when: ['enode://'],
      changes: [
        [
          `enode://${'5c504ed4'.repeat(16)}@127.0.0.1:30303`,
          `enode://${keep}${'5c504ed4'.repeat(16)}@127.0.0.1:30303`,
        ],
      ],
      leaves: ['enode://x:y@127.0.0.1'],
    },
    {
      name: 'url-user-key',
      // A key instead of a user, as error trackers write it.
      before: '://',
      secret: '[A-Za-z0-9_-]{20,}',
      after: '@[A-Za-z0-9.-]+',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['https://0123456789abcdef01234567@o1.ingest.io/2', 'https://[redacted]@o1.ingest.io/2'],
      ],
      leaves: ['ssh://git@github.com/x'],
    },
    {
      name: 'url-user-token',
      // A token as the user name. The password is empty or names its kind (`:x-oauth-basic`).
      before: '://',
      secret: '[A-Za-z]{0,24}[0-9][A-Za-z0-9]{19,}',
      after: ':(?:\\[redacted\\])?@[A-Za-z0-9.-]+',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['https://sG88xDfnyLR3N5X97LVsi0er:[redacted]@x.io', 'https://[redacted]:[redacted]@x.io'],
      ],
      leaves: ['postgres://audifi_application_user1:[redacted]@db', 'redis://:[redacted]@db'],
    },
    {
      name: 'user-and-group',
      // User and group of a process in a container, not a login.
      before:
        '(?:\\b(?:docker|podman|nerdctl|kubectl)\\s(?:compose\\s)?(?:run|exec|create)(?:\\s+-\\S+(?:[ =][^\\s-]\\S*)?)*?\\s(?:-u|--user)[ =][^\\s:"\'\\\\]+|\\s(?:-u|--user)[ =][0-9]+)',
      secret: '',
      after: ':[A-Za-z0-9]',
      replacement: keep,
      when: [' -u ', '--user '],
      changes: [
        ['docker run --rm -u ada:staff x', `docker run --rm -u ada${keep}:staff x`],
        ['gosu --user 1000:1000', `gosu --user 1000${keep}:1000`],
      ],
      leaves: ['docker exec api curl -u ada:pw1 https://x', 'curl -u ada:pw1 https://x'],
    },
    ...['"', "'"].map((quote) => ({
      // A password between quotes may contain blanks.
      name: `login-option-in-${quote === '"' ? 'double' : 'single'}-quotes`,
      before: `(?:\\s-u|\\bcurl\\s+-[a-zA-Z]{1,6}u|--(?:proxy-)?user)[\\s=]+\\\\*${quote}[^\\s:"'${keep}]+:`,
      secret: `(?:[^${quote}\\\\\\n]|\\\\[^"'])+`,
      after: `\\\\*${quote}`,
      replacement: '[redacted]',
      when: [' -u ', '-user ', '-user=', 'curl '],
      changes: [
        [
          `curl -u ${quote}ada:pw one${quote} https://x`,
          `curl -u ${quote}ada:[redacted]${quote} https://x`,
        ],
      ] as const,
      leaves: ['sort -u "a b"', 'docker run --user 1000 x'],
    })),
    {
      name: 'login-option',
      before: `(?:(?:\\s-u|\\bcurl\\s+-[a-zA-Z]{1,6}u|--(?:proxy-)?user)\\s+\\\\*["']?[^\\s:"'${keep}]+:|\\bcurl\\b[^|;\\n"]{0,80}?\\s-u\\\\*["']?[A-Za-z0-9_.-]+:|\\bhttps?\\s+[^|;\\n"]{0,80}?-a\\s+[A-Za-z0-9_.-]+:|\\blftp\\s+-u\\s+[^\\s,"']+,)`,
      secret: '[^\\s"\'\\\\/][^\\s"\'\\\\]*',
      replacement: '[redacted]',
      when: [' -u ', '-user ', 'curl '],
      changes: [
        ['curl -u ada:pw1 https://x', 'curl -u ada:[redacted] https://x'],
        ['curl -sS -uada:pw1 https://x', 'curl -sS -uada:[redacted] https://x'],
        ['curl -vu ada:pw1 https://x', 'curl -vu ada:[redacted] https://x'],
        ['lftp -u ada,pw1 sftp.x.io', 'lftp -u ada,[redacted] sftp.x.io'],
      ],
      leaves: ['sort -u a b', 'docker run --user 1000 x', 'redis-cli -u redis://db:6379'],
    },
    {
      name: 'dsn-password',
      // A DSN of Go's MySQL driver.
      before: '[A-Za-z0-9_.-]+:',
      secret: '[^\\s"\'\\\\()/]+',
      after: '@(?:tcp|unix)\\(',
      replacement: '[redacted]',
      when: ['@tcp(', '@unix('],
      changes: [['app:pw1@tcp(db:3306)/audifi', 'app:[redacted]@tcp(db:3306)/audifi']],
      leaves: ['app@tcp(db:3306)/audifi'],
    },
  ],
};
