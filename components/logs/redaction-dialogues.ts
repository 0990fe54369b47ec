import { anyName } from './redaction-names';
import { keep, type RedactionGroup } from './redaction-rule';

/**
 * A word that looks like a password: letters with digits or special characters. `oauth2` and
 * `magic-link` do not.
 */
const guessed = `(?:(?:[A-Za-z]+[0-9!@#$%^&*+]|[0-9]+[A-Za-z!@#$%^&*+-])[^\\s"'\\\\,;=${keep}]{4,}|[A-Za-z]{6,}[0-9!@#$%^&*+]+[^\\s"'\\\\,;=${keep}]*|[a-z]+-[a-z]{4,}-[0-9]{2,})`;

/** Passwords in the dialogue of a protocol, in a shell, in code and in markup. */
export const dialogues: RedactionGroup = {
  name: 'dialogues',
  when: [
    ...[
      'password-stdin',
      'pass ',
      'pass"',
      '::',
      '&quot;',
      '&#34;',
      '%22',
      'u0022',
      '":',
      'value=',
      'assword ',
    ],
    ...['</', 'gnature', ')]: ', 'secretor'],
  ],
  // The name of the secret opens the theme.
  opens: [],
  rules: [
    {
      name: 'password-scheme',
      // `password scram-sha-256` is no password.
      when: ['assword '],
      before: '(?i:\\bpassword\\s+)',
      secret: '',
      after:
        '(?i:(?:scram|sha|md5|argon|bcrypt|pbkdf|scrypt|v[0-9]|hash|policy|field|step|reset|login|auth|column|grant|type)[a-z0-9_.-]*)',
      replacement: keep,
      changes: [['password scram-sha-256 failed', `password ${keep}scram-sha-256 failed`]],
      leaves: ['password hunter2x failed'],
    },
    {
      name: 'refused-password',
      when: ['assword '],
      before: '(?i:\\bpassword\\s+)',
      secret: guessed,
      after:
        '(?:\\s+(?i:failed|rejected|denied|refused|incorrect|invalid|wrong|expired|accepted|is|was|did|does|has|for|from|in)\\b|\\s*$|\\\\*")',
      replacement: '[redacted]',
      changes: [
        ['bind dc=x password lsqemxv-ktocr-17 failed', 'bind dc=x password [redacted] failed'],
      ],
      leaves: ['password changed for user_7', 'password user_7'],
    },
    {
      name: 'password-from-pipe',
      when: ['password-stdin'],
      before: '(?i:\\b(?:echo|printf)\\s+(?:-[a-z]+\\s+|\\\\*["\']%s\\\\*["\']\\s+)?)',
      secret: `(?:\\\\+"[^"\\\\]*\\\\+"|"[^"\\\\]*"|'[^'"\\\\]*'|[^\\s"'\\\\$-][^\\s"'\\\\|]*)`,
      after: '\\s*\\|[^|\\n]*--password-stdin',
      replacement: '[redacted]',
      changes: [
        [
          'echo hunter | docker login --password-stdin',
          'echo [redacted] | docker login --password-stdin',
        ],
      ],
      leaves: ['echo $PW | docker login --password-stdin', 'docker login --password-stdin'],
    },
    {
      name: 'pass-command',
      // FTP and POP3. `PASS src/a.test.ts` is a test.
      when: ['pass '],
      before: '(?:\\bUSER [^\\s"\\\\]+(?:\\s|\\\\+[rn])+|(?:C:|>|ftp:|pop3:) ?)PASS ',
      secret: '[^\\s"\\\\]+',
      replacement: '[redacted]',
      changes: [
        ['C: PASS hunter', 'C: PASS [redacted]'],
        ['USER ada PASS hunter', 'USER ada PASS [redacted]'],
      ],
      leaves: ['PASS test/unit/a.test.ts', 'USER root'],
    },
    {
      name: 'directory-attribute',
      // LDIF writes two colons before base64.
      when: ['::'],
      before: `(?i:${anyName}::\\s+)`,
      secret: '[A-Za-z0-9+/]{4,}={0,2}',
      replacement: '[redacted]',
      changes: [['userPassword:: aHVudGVy', 'userPassword:: [redacted]']],
      leaves: ['token::parse', 'cn:: aHVudGVy'],
    },
    {
      name: 'encoded-json-field',
      // JSON in HTML, in a URL, and with escaped quotes.
      when: ['&quot;', '&#34;', '%22', 'u0022'],
      before: `(?i:${anyName}(?:&quot;|&#34;|%22|\\\\+u0022)\\s*(?::|%3a)(?:\\s|%20|\\+)*(?:&quot;|&#34;|%22|\\\\+u0022))`,
      secret: '(?:[^&%\\s"\\\\]|%[013-9a-fA-F][0-9a-fA-F]|%2[013-9a-fA-F])+',
      replacement: '[redacted]',
      changes: [
        ['{&quot;password&quot;:&quot;x1&quot;}', '{&quot;password&quot;:&quot;[redacted]&quot;}'],
        ['%7B%22token%22%3A%22x1%22%7D', '%7B%22token%22%3A%22[redacted]%22%7D'],
      ],
      leaves: ['{&quot;title&quot;:&quot;x1&quot;}', '%7B%22id%22%3A%22x1%22%7D'],
    },
    {
      name: 'symbol',
      // As `util.inspect` writes a property with a symbol as its name.
      when: [')]: '],
      before: `(?i:\\[Symbol\\([a-z0-9_. -]*${anyName}\\)\\]: )`,
      secret: `(?:'[^'"\\\\]*'|\\\\+"[^"\\\\]*\\\\+"|[^\\s"'\\\\,{]+)`,
      replacement: "'[redacted]'",
      changes: [["[Symbol(kPassword)]: 'x y',", "[Symbol(kPassword)]: '[redacted]',"]],
      leaves: ['[Symbol(kCapture)]: false,'],
    },
    {
      name: 'secret-or-key',
      // An option of libraries for JSON web tokens.
      when: ['secretor'],
      before: `(?i:secretor(?:private)?key(?:(?:\\\\*["'])?\\s*[:=]\\s*|\\s+)\\\\*["'])`,
      secret: '[^"\'\\\\]+',
      replacement: '[redacted]',
      changes: [["{ secretOrKey: 'hunter' }", "{ secretOrKey: '[redacted]' }"]],
      leaves: ['secretOrPrivateKey must have a value'],
    },
    {
      name: 'quoted-name-in-code',
      // `"password": 'x'`, as people write objects.
      when: { matches: '"\\s*:\\s*[\'`]' },
      before: `(?i:${anyName}\\\\*"\\s*:\\s*)`,
      secret: `(?:'[^'"\\\\]*'|\`[^\`"\\\\]*\`)`,
      replacement: "'[redacted]'",
      changes: [[`"passphrase": 'x y',`, `"passphrase": '[redacted]',`]],
      leaves: [`"title": 'x y',`],
    },
    {
      name: 'argument-pair',
      // As ethers describes a wrong argument.
      when: ['value='],
      before: `(?i:\\b(?:argument|name|field|param|property|key)=\\\\*["']?[a-z0-9_.-]*${anyName}\\\\*["']?,?\\s+(?:value|received)=\\\\*["']?)`,
      secret: '[^\\s"\'\\\\,;)<>/]+',
      replacement: '[redacted]',
      changes: [
        [
          '(argument="privateKey", value="0x1f", code=X)',
          '(argument="privateKey", value="[redacted]", code=X)',
        ],
      ],
      leaves: ['(argument="address", value="0x1f", code=X)'],
    },
    {
      name: 'wallet-signature',
      // 65 bytes. With it, anyone can log in as the owner of the wallet.
      when: ['gnature'],
      before: `(?i:signature(?:\\\\*["'])?\\s*[:=]?\\s*\\\\*["']?0x)`,
      secret: '[0-9a-fA-F]{128,132}',
      after: '\\b',
      replacement: '[redacted]',
      changes: [[`signature 0x${'0123abcd'.repeat(16)}1b ok`, 'signature 0x[redacted] ok']],
      leaves: [`signature 0x${'0123abcd'.repeat(8)}`],
    },
    {
      name: 'xml-named-element',
      when: ['</'],
      before: `(?i:<[a-z][^<>]*?\\s(?:name|key|id)=\\\\*["'][a-z0-9_.-]*${anyName}\\\\*["'][^<>]*>)`,
      secret: '[^<>"\\s][^<>"]*',
      after: '</',
      replacement: '[redacted]',
      changes: [['<param name="apiKey">x y</param>', '<param name="apiKey">[redacted]</param>']],
      leaves: ['<param name="title">x y</param>'],
    },
  ],
};

/** Secrets of services whose name is in the line, and pairs of a user and a password. */
export const services: RedactionGroup = {
  name: 'services',
  rules: [
    {
      name: 'login-with-password',
      when: ['in as ', 'login as '],
      before:
        '(?i:\\b(?:log(?:ged|ging)?[ -]?in|sign(?:ed|ing)?[ -]?in)\\s+as\\s+\\S+\\s+(?:with|using|via|and|/)\\s+)',
      secret: guessed,
      replacement: '[redacted]',
      changes: [['login as ada with hunter2x now', 'login as ada with [redacted] now']],
      leaves: [
        'login as ada with google',
        'logged in as ada with oauth2',
        'login as ada with method=totp2',
      ],
    },
    {
      name: 'login-pair',
      when: ['login attempt', 'creds '],
      before:
        '(?i:\\b(?:log[ -]?in attempt(?: (?:with|by|as|from|for))?|creds):?\\s+[a-z0-9_.@*-]{1,40}\\s*[:/]\\s*)',
      secret: guessed,
      replacement: '[redacted]',
      changes: [
        ['login attempt: ada / hunter2x', 'login attempt: ada / [redacted]'],
        ['creds ada:hunter2x', 'creds ada:[redacted]'],
      ],
      leaves: ['login attempt: 3 / 5', 'creds missing: 2', 'login attempt from 10.0.0.5:53412'],
    },
    {
      name: 'community',
      when: ['snmp', 'ocommunity', 'wcommunity'],
      before:
        '(?i:\\bsnmp-server community |\\br[ow]community6? |\\bsnmp[a-z]*\\b[^|;\\n"]*?\\s-c ?)',
      secret: '[^\\s"\'\\\\]+',
      replacement: '[redacted]',
      changes: [
        ['snmpwalk -v2c -c hunter 10.0.0.1', 'snmpwalk -v2c -c [redacted] 10.0.0.1'],
        ['rocommunity hunter 10.0.0.0/8', 'rocommunity [redacted] 10.0.0.0/8'],
      ],
      leaves: ['snmpd started', 'community playlist'],
    },
    {
      name: 'spoken-community',
      when: ['snmp'],
      before: '(?i:\\bcommunity(?:[ -](?:string|name))?(?:\\s+is)?\\s*[:=]?\\s*)',
      secret: `(?:\\\\+"[^"\\\\]+\\\\+"|"[^"\\\\:,]+"|'[^'"\\\\]+'|[A-Za-z_-]*[0-9][^\\s"'\\\\,;]*)`,
      replacement: '[redacted]',
      changes: [['snmpd: community string pr1v ok', 'snmpd: community string [redacted] ok']],
      leaves: ['snmpd: community string missing'],
    },
    {
      name: 'keystore',
      when: ['ciphertext'],
      before: `(?i:\\b(?:ciphertext|mac)(?:\\\\*["'])?\\s*[:=]\\s*\\\\*["']?)`,
      secret: '[0-9A-Za-z+/=_-]{16,}',
      replacement: '[redacted]',
      changes: [
        [
          '{"ciphertext":"0123456789abcdef","mac":"0123456789abcdef"}',
          '{"ciphertext":"[redacted]","mac":"[redacted]"}',
        ],
      ],
      leaves: ['ciphertext: invalid', '{"ciphertext":"short"}'],
    },
    {
      name: 'hexadecimal-login',
      // Twilio and Mailjet: two hexadecimal words, which alone may be any hash.
      when: ['twilio', 'mailjet'],
      before: '(?:\\bAC|[\\s"\'=:/])[0-9a-f]{32}:',
      secret: '[0-9a-f]{32}\\b',
      replacement: '[redacted]',
      changes: [
        [
          `twilio: AC${'0123abcd'.repeat(4)}:${'4567cdef'.repeat(4)} 401`,
          `twilio: AC${'0123abcd'.repeat(4)}:[redacted] 401`,
        ],
      ],
      leaves: [`trace ${'0123abcd'.repeat(4)}:${'4567cdef'.repeat(4)}`],
    },
    {
      name: 'directory-client',
      when: ['ldap', 'smbclient'],
      before:
        '(?:\\bldap[a-z]+\\b[^|;\\n"]{0,80}?\\s-w\\s+|\\bsmbclient\\b[^|;\\n"]{0,80}?-U\\s*[^\\s%"]+%)\'?',
      secret: '[^\\s"\'\\\\-][^\\s"\'\\\\]*',
      replacement: '[redacted]',
      changes: [
        ['ldapsearch -D cn=x -w hunter -b dc=x', 'ldapsearch -D cn=x -w [redacted] -b dc=x'],
        ['smbclient //h/s -U ada%hunter', 'smbclient //h/s -U ada%[redacted]'],
      ],
      leaves: ['ldapsearch -W -b dc=x'],
    },
    {
      name: 'registry-login',
      // Of npm.
      when: ['_auth='],
      before: '(?:^|[\\s:"/])_auth=\\\\*"?',
      secret: '[A-Za-z0-9+/]{6,}={0,2}',
      replacement: '[redacted]',
      changes: [['//r.example/:_auth=YWRhOmh1bnRlcg==', '//r.example/:_auth=[redacted]']],
      leaves: ['basic_auth=enabled'],
    },
    {
      name: 'userlist',
      // Of PgBouncer.
      when: ['userlist'],
      before: 'userlist[^"\\n]*\\\\*"[^"\\\\]+\\\\*"\\s+\\\\*"',
      secret: '[^"\\\\]+',
      replacement: '[redacted]',
      changes: [['userlist.txt: "app" "hunter"', 'userlist.txt: "app" "[redacted]"']],
      leaves: ['userlist.txt not found'],
    },
    {
      name: 'vault-token',
      // Before version 1.10.
      when: ['vault'],
      before: '(?:^|[\\s"\'=:])[sb]\\.',
      secret: '[A-Za-z0-9]{24}',
      after: '(?:[^A-Za-z0-9.]|$)',
      replacement: '[redacted]',
      changes: [['vault: s.' + 'aBcDeFgHiJkLmNoPqRsTuVwX denied', 'vault: s.[redacted] denied']],
      leaves: ['vault: s.shutdown'],
    },
  ],
};
