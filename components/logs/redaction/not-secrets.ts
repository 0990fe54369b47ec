import { separator } from './fields';
import { affix, spoken } from './names';
import { namesOfSecrets } from './names-of-secrets';
import { keep, type RedactionRule } from './rule';

/** Values after a secret's name that are not secrets. Other rules skip what these rules mark. */
export const notSecrets: readonly RedactionRule[] = [
  {
    name: 'placeholder-message',
    // The message in a shell expansion for a variable that is not set.
    when: [':?'],
    before: '\\$\\{[A-Z][A-Z0-9_]*:',
    secret: '',
    after: '\\?[^}"]*\\}',
    replacement: keep,
    changes: [['PASSWORD=${PASSWORD:?must be set}', `PASSWORD=\${PASSWORD:${keep}?must be set}`]],
    leaves: ['PASSWORD=${PASSWORD:-hunter2}'],
  },
  {
    name: 'placeholder',
    // A placeholder of a statement (`password = ?`, `token=$1`), or a variable named like a secret.
    when: ['?', '$'],
    before: `(?i:${spoken}${affix})${separator}`,
    secret: '',
    after: `(?:\\?|\\$[0-9]{1,2}|\\$(?:[A-Za-z_]{0,20}(?i:${spoken}))|\\$\\{[A-Z][A-Z0-9_]*(?::?${keep}?\\?[^}"]*)?\\})(?:[\\s,;)"'\\\\]|$)`,
    replacement: keep,
    changes: [
      ['where "password" = ? and id = ?', `where "password" = ${keep}? and id = ?`],
      ['set token=$1,n=$2', `set token=${keep}$1,n=$2`],
      ['reset(token: $token, n: $n)', `reset(token: ${keep}$token, n: $n)`],
      ['PASSWORD=${DB_PW:?must be set}', `PASSWORD=${keep}\${DB_PW:?must be set}`],
    ],
    leaves: ['password=$1x', 'password: ?x', 'PASSWORD=${DB_PW:-hunter2}'],
  },
  {
    name: 'error-of-file',
    // The error of the system after a path, whose end may be the name of a secret.
    when: [': e'],
    before: '/[A-Za-z0-9_.-]+["\']?: ',
    secret: '',
    after: 'E[A-Z]{3,14}(?:[^0-9A-Za-z]|$)',
    replacement: keep,
    changes: [['/run/secrets/db_password: ENOENT', `/run/secrets/db_password: ${keep}ENOENT`]],
    leaves: ['password: ENOENT', '/run/secrets/db_password: Ehunter'],
  },
  {
    name: 'masked',
    // The program itself has masked the value.
    when: ['[hidden', '[filtered]', '[masked]', '[protected]', '<hidden>', '<masked>'],
    before: '[A-Za-z0-9_)\\]"\'`]',
    secret: '',
    after:
      '\\s*(?:=>|[:=])\\s*\\\\*["\']?(?i:\\[(?:hidden|filtered|masked|protected)\\]|<(?:hidden|masked)>)',
    replacement: keep,
    changes: [
      ['ssl.keystore.password = [hidden]', `ssl.keystore.password${keep} = [hidden]`],
      ['{"password":"[FILTERED]"}', `{"password"${keep}:"[FILTERED]"}`],
      ['{"pin"=>"[FILTERED]"}', `{"pin"${keep}=>"[FILTERED]"}`],
    ],
    leaves: ['password=hidden'],
  },
  {
    name: 'placeholder-of-header',
    // Messages that explain the header.
    when: ['[token]', '[jwt]', '<token>', '<jwt>', '{token}', '<your', '<api'],
    before: '(?i:authorization\\\\*["\']?\\s*[:=]\\s*\\\\*["\']?)',
    secret: '',
    after:
      '(?i:bearer|basic|token)\\s+(?:\\[[A-Za-z_ -]{2,20}\\]|<[A-Za-z_ -]{2,20}>|\\{[A-Za-z_]{2,20}\\})',
    replacement: keep,
    changes: [['Authorization: Bearer <token>', `Authorization: ${keep}Bearer <token>`]],
    leaves: ['Authorization: Bearer hunter2 <token>'],
  },
  {
    name: 'name-of-type',
    // The type in a validator's message about what it received.
    when: ['received'],
    before: '(?i:\\breceived\\\\*["\']?\\s*:\\s*)',
    secret: '',
    after: '\\\\*["\'](?:undefined|null|nan|string|number|boolean|object|array)\\\\*["\']',
    replacement: keep,
    changes: [["password received: 'null'", `password received: ${keep}'null'`]],
    leaves: ["received: 'x'"],
  },
  {
    name: 'namespace',
    // Qualified names of C++ and Rust.
    when: ['::'],
    before: `(?i:${spoken}s?)`,
    secret: '',
    after: '::[A-Za-z_]',
    replacement: keep,
    changes: [['std::token::Bearer', `std::token${keep}::Bearer`]],
    leaves: ['userPassword:: aHVudGVy'],
  },
  {
    name: 'truth',
    when: ['true', 'false', 'null', 'undefined', ': ok', '=ok', '=on', '=off', ': on', ': off'],
    before: `(?i:\\b(?:pass|pin|pw|otp)s?|(?:magic|reset|invite|login)[_-]?link|webhook[_-]?url|tax[_-]?id)${separator}`,
    secret: '',
    after: '(?i:true|false|null|undefined|ok|on|off)(?:[^0-9A-Za-z_(]|$)',
    replacement: keep,
    changes: [
      ['pass: true, pin=null', `pass: ${keep}true, pin=${keep}null`],
      ['magic_link=false', `magic_link=${keep}false`],
      ['magic_link=off', `magic_link=${keep}off`],
    ],
    leaves: ['pass: truest'],
  },
  {
    name: 'test-result',
    // Counts of passed and failed tests.
    when: ['fail', 'skip'],
    before: '(?i:\\bpass(?:ed)?\\\\*"?\\s*[:=]\\s*)',
    secret: '',
    after: '[0-9]{1,6},?\\s*\\\\*"?(?i:fail(?:ed|ures?)?|skip(?:ped)?)\\\\*"?\\s*[:=]',
    replacement: keep,
    changes: [['{"pass":12,"fail":0}', `{"pass":${keep}12,"fail":0}`]],
    leaves: ['pass=1234 failed'],
  },
  {
    name: 'public-key',
    // Environment variables whose names end in `_KEY` and whose values are not secret.
    when: ['_key='],
    before:
      '\\b(?:[A-Z0-9]+_)*(?:PUBLIC|PRIMARY|CACHE|IDEMPOTENCY|PARTITION|SORT|OBJECT|FOREIGN)_KEY=\\\\*["\']?',
    secret: '',
    after: '[A-Za-z0-9]',
    replacement: keep,
    changes: [['VAPID_PUBLIC_KEY=BNc1', `VAPID_PUBLIC_KEY=${keep}BNc1`]],
    leaves: ['API_KEY=x'],
  },
  {
    name: 'comparison',
    // Not a value yet: the values follow, and the rules for compared values redact them.
    when: [': got ', ': expected '],
    before: `(?i:(?:${spoken}|[cx]srf): )`,
    secret: '',
    after: '(?:got|expected) ',
    replacement: keep,
    changes: [['invalid token: got "x"', `invalid token: ${keep}got "x"`]],
    leaves: ['token: gotham'],
  },
  {
    name: 'reason-code',
    when: [': '],
    before: `(?i:\\btoken\\\\*["'\`]?: +)`,
    secret: '',
    after:
      '(?:[A-Z]{3,}(?:_[A-Z]{2,})+|(?:[a-z]+[_-]){0,4}(?:mismatch|invalid|expired|grant|denied|missing|unsupported|error|revoked|malformed|unknown)(?:[_-][a-z]+){0,3})(?:[^0-9A-Za-z_-]|$)',
    replacement: keep,
    changes: [
      ['Invalid token: audience-mismatch', `Invalid token: ${keep}audience-mismatch`],
      ['access token: invalid_grant (x)', `access token: ${keep}invalid_grant (x)`],
      ['bad token: ERR_JWS_INVALID', `bad token: ${keep}ERR_JWS_INVALID`],
    ],
    leaves: ['token: abc_def', 'token: invalid_7f3c'],
  },
  {
    name: 'unexpected-token',
    // A parser names the token that it did not expect.
    when: ['xpected token: ', 'near token: '],
    before: '(?i:(?:unexpected|near) token: +)',
    secret: '',
    after: '(?:[a-z]+|[`\'"]?[^0-9A-Za-z\\s"\'`]{1,3}[`\'"]?)(?:[^0-9A-Za-z_-]|$)',
    replacement: keep,
    changes: [
      ['Unexpected token: export (a.mjs)', `Unexpected token: ${keep}export (a.mjs)`],
      ['near token: `=>`', `near token: ${keep}\`=>\``],
    ],
    leaves: ['unexpected token: x1'],
  },
  {
    name: 'cookie-options',
    // The options of a cookie, without its value.
    when: ['httponly', 'maxage', 'samesite'],
    before: '(?i:\\bcookie(?:\\\\*["\'])?\\s*:\\s*)',
    secret: '',
    after:
      '\\{(?:[\\s,]*\\\\*["\']?(?i:path|secure|httponly|samesite|(?:original)?maxage|_?expires|domain|partitioned|priority|signed|overwrite)\\\\*["\']?\\s*:\\s*(?:\\\\*["\'][A-Za-z0-9/.: -]*\\\\*["\']|[A-Za-z0-9.:-]+))+\\s*\\}',
    replacement: keep,
    changes: [
      ["{ cookie: { path: '/', maxAge: 9 } }", `{ cookie: ${keep}{ path: '/', maxAge: 9 } }`],
      ['{"cookie":{"httpOnly":true}}', `{"cookie":${keep}{"httpOnly":true}}`],
    ],
    leaves: ["{ cookie: { sid: 'x', maxAge: 9 } }"],
  },
  {
    name: 'cookie-options-in-text',
    when: ['httponly', 'maxage', 'samesite', 'secure'],
    before: '(?i:\\bcookies?:\\s+)',
    secret: '',
    after:
      '(?i:(?:path|secure|httponly|samesite|max-?age|domain|partitioned|priority|signed)=[A-Za-z0-9/._-]+[,;]?(?:\\s+|\\\\|$|"))+',
    replacement: keep,
    changes: [['cookies: secure=true sameSite=lax', `cookies: ${keep}secure=true sameSite=lax`]],
    leaves: ['cookie: sid=x; secure=true', 'cookies: secure'],
  },
  {
    name: 'amount-with-unit',
    // `password: 12 characters minimum`
    when: [
      // Not `; charset=utf-8`.
      ...Array.from({ length: 10 }, (_, digit) => `${digit} char`),
      ...[' digit', ' remaining', ' left', ' attempt', ' bytes', ' files', ' parts'],
      ...[' used', ' of ', ' entries', ' items'],
    ],
    before: `(?i:\\b(?:${spoken}|zip|body|html)s?: )`,
    secret: '',
    after:
      '(?:[0-9]{1,3} (?:char(?:acter)?s?|digits?|remaining|left|attempts?|used|of [0-9]+|entries|items)|[0-9]+ (?:bytes|files|parts))(?:[^0-9A-Za-z_-]|$)',
    replacement: keep,
    changes: [
      ['password: 12 characters minimum', `password: ${keep}12 characters minimum`],
      ['body: 1532 bytes', `body: ${keep}1532 bytes`],
    ],
    leaves: ['pin: 482914 used', 'password: 12'],
  },
  {
    name: 'state-of-secret',
    // What a program writes in place of the value.
    when: ['[set]', '[unset]', '[missing]', '[redacted]', '[filtered]', '[hidden]', '[masked]'],
    before: `(?i:(?:${spoken}|pass|pw)s?${affix}(?:\\\\*["'])?\\s*[:=]\\s*)`,
    secret: '',
    after:
      '\\\\*["\']\\[(?:set|unset|missing|R(?:edacted|EDACTED)|(?i:filtered|hidden|masked))\\]\\\\*["\']',
    replacement: keep,
    changes: [
      ['{"smtpPassword":"[missing]"}', `{"smtpPassword":${keep}"[missing]"}`],
      ["authorization: '[Redacted]'", `authorization: ${keep}'[Redacted]'`],
    ],
    leaves: ['{"password":"[hunter]"}'],
  },
  {
    name: 'filtered-by-rails',
    when: ['[filtered]', '***'],
    before: `(?i:(?:${spoken}|pass|pw)s?${affix})`,
    secret: '',
    after: '(?:\\\\*["\'])?\\s*=>\\s*\\\\*["\'](?:\\[FILTERED\\]|\\*{3,})\\\\*["\']',
    replacement: keep,
    changes: [
      ['"otp"=>"[FILTERED]"', `"otp${keep}"=>"[FILTERED]"`],
      ["password => '****'", `password${keep} => '****'`],
    ],
    leaves: ['"otp"=>"[hunter]"'],
  },
  {
    name: 'masked-with-stars',
    when: ['***', '•••', '●●●'],
    before: `(?i:(?:${spoken}|pass|pw)s?${affix}(?:\\\\*["'])?\\s*[:=]\\s*)`,
    secret: '',
    after: '(?:[A-Z][A-Za-z]+\\()?\\\\*["\']?(?:\\*{3,}|[•●]{3,})\\\\*["\']?(?:[\\s,;&)}\\]]|$)',
    replacement: keep,
    changes: [
      ["password=SecretStr('****'), n=1", `password=${keep}SecretStr('****'), n=1`],
      ['{"password":"****"}', `{"password":${keep}"****"}`],
    ],
    leaves: ['password=***hunter', 'password=**'],
  },
  {
    name: 'type-of-field',
    // Compilers and GraphQL write the type of a field after its name.
    when: [': string', ': number', ': boolean', ': unknown'],
    before: `(?i:${spoken}${affix})\\??: `,
    secret: '',
    after: '(?:[Ss]tring|number|boolean|unknown)!?(?:\\[\\])?(?:[;,)]| \\|| = [a-z(]|\\s*$)',
    replacement: keep,
    changes: [
      ['  password: string;', `  password: ${keep}string;`],
      ['f($token: String!, $n: Int)', `f($token: ${keep}String!, $n: Int)`],
    ],
    leaves: ['password: strings;'],
  },
  {
    name: 'read-from-elsewhere',
    // Source code that reads the value from the environment or from an object.
    when: ['environ', 'process.env', 'getenv', '= self.', '= this.', '= await '],
    before: `(?i:${spoken}${affix})${separator}`,
    secret: '',
    after:
      '(?:(?:os\\.environ|process\\.env|(?:os\\.|System\\.)?getenv)[.\\[(]|(?:await )?(?:self|this)\\.[A-Za-z_.]+(?:[;,)\\s]|$|\\([^"\'\\\\]))',
    replacement: keep,
    changes: [
      ['password = os.environ["PW"]', `password = ${keep}os.environ["PW"]`],
      ['token = self.store.get(key)', `token = ${keep}self.store.get(key)`],
    ],
    leaves: ['password = environment1', "token = self.sign('hunter2')"],
  },
  {
    name: 'pass-number',
    // Encoders and compilers count their passes, browsers their cookies. A password is longer than
    // two digits.
    when: ['pass"', 'pass=', 'pass:', 'pass\\', 'pass ', 'kies'],
    before: '(?i:\\b(?:pass|cookies)\\\\*["\']?\\s*[:=]\\s*)',
    secret: '',
    after: '[0-9]{1,2}(?:[^0-9A-Za-z._-]|$)',
    replacement: keep,
    changes: [
      ['two passes, pass=2 done', `two passes, pass=${keep}2 done`],
      ['{"cookies":3}', `{"cookies":${keep}3}`],
    ],
    leaves: ['SMTP_PASS=12', 'pass=123'],
  },
  {
    name: 'archive',
    // A file, not a postcode.
    when: ['.zip'],
    before: '(?i:\\bzip(?:\\\\*["\'])?\\s*[:=]\\s*)',
    secret: '',
    after: '\\\\*["\']?[^\\s"\'\\\\:;,&]{1,200}\\.zip(?:[^0-9A-Za-z]|$)',
    replacement: keep,
    changes: [
      ['{"zip":"stems-9.zip"}', `{"zip":${keep}"stems-9.zip"}`],
      ['zip=/out/a.zip ok', `zip=${keep}/out/a.zip ok`],
    ],
    leaves: ['{"zip":"10115"}', 'zip=10115 file=a.zip'],
  },
  {
    name: 'working-directory',
    // Variables of a shell.
    when: ['pwd=/'],
    before: '(?:^|[^0-9A-Za-z_])(?:OLD|INIT_)?PWD=',
    secret: '',
    after: '/(?:[a-z0-9._-]+(?:/[a-z0-9._-]+)*/?)?(?:[ \\t"\'\\\\;,]|(?m:$))',
    replacement: keep,
    changes: [['PWD=/usr/src/app\nOLDPWD=/', `PWD=${keep}/usr/src/app\nOLDPWD=${keep}/`]],
    leaves: ['DB_PWD=/usr', 'PWD=/Hunter2'],
  },
  {
    name: 'usage',
    // `--help` shows `<password>` in place of a value.
    when: [' <', '=<'],
    before:
      '(?i:--[a-z-]{0,30}(?:token|pass|password|passphrase|secret|key|credentials?|auth|pin|otp)[ =])',
    secret: '',
    after: '<[a-z_ -]+>(?:[\\s\\]]|$)',
    replacement: keep,
    changes: [
      ['  --password <password>  of the user', `  --password ${keep}<password>  of the user`],
    ],
    leaves: ['--password <x1'],
  },
  ...namesOfSecrets,
];
