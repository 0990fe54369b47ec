import { passwordWithSemicolon } from './config-files';
import { encodedFields } from './encoded-fields';
import { anyName } from './names';
import { escapedText, keep, type RedactionGroup } from './rule';

/**
 * A word that looks like a password: letters with digits or special characters. `oauth2` and
 * `magic-link` do not.
 */
export const guessed = `(?:(?:[A-Za-z]+[0-9!@#$%^&*+]|[0-9]+[A-Za-z!@#$%^&*+-])[^\\s"'\\\\,;=${keep}]{4,}|[A-Za-z]{6,}[0-9!@#$%^&*+]+[^\\s"'\\\\,;=${keep}]*|[a-z]+-[a-z]{4,}-[0-9]{2,})`;

/** Passwords in the dialogue of a protocol, in a shell, in code and in markup. */
export const dialogues: RedactionGroup = {
  name: 'dialogues',
  // Otherwise the name of the secret opens the theme.
  opens: ['sudo -s'],
  rules: [
    {
      name: 'password-scheme',
      // In `password scram-sha-256`, the second word is not a password.
      when: ['assword '],
      before: '(?i:\\bpassword\\s+)',
      secret: '',
      after:
        '(?i:(?:scram|sha|md5|argon|bcrypt|pbkdf|scrypt|v[0-9]|hash|policy|field|step|reset|login|auth|column|grant|type)[a-z_.-]*[0-9])',
      replacement: keep,
      changes: [['password scram-sha-256 failed', `password ${keep}scram-sha-256 failed`]],
      leaves: ['password hunter2x failed'],
    },
    {
      name: 'password-of-account',
      when: ['assword '],
      before:
        '(?i:\\b(?:root|admin|user|initial|temp(?:orary)?|default|new|old|current|master|database|db|account) password\\s+)',
      secret: guessed,
      replacement: '[redacted]',
      changes: [
        ['minio root password hunter2x on :9001', 'minio root password [redacted] on :9001'],
      ],
      leaves: ['new password user_7', 'old password expired'],
    },
    {
      name: 'judged-password',
      // A password in brackets, or after a description of what is wrong with it.
      when: ['assword'],
      before:
        '(?i:\\bpassword(?:\\s+(?:(?:is|was)\\s+)?(?:too|not|weak|short|long|common|simple|wrong|incorrect|compromised|leaked|breached|reused|pwned|entered|given|used))*(?::\\s*|\\s+[\\[(]))',
      secret: guessed,
      replacement: '[redacted]',
      changes: [
        ['Password too weak: hunter2x (score 1)', 'Password too weak: [redacted] (score 1)'],
      ],
      leaves: ['password too weak: 3 of 4', 'password (required)'],
    },
    {
      name: 'refused-password',
      when: ['assword '],
      before: '(?i:\\bpassword\\s+)',
      secret: guessed,
      after:
        '(?:\\s+(?i:failed|rejected|denied|refused|incorrect|invalid|wrong|expired|accepted|is|was|did|does|has|for|from|in|seen|found|already|too|not|must|contains|matches|on|at|via|and)\\b|[,;)\\]]|\\s*$|\\\\+n|\\\\*")',
      replacement: '[redacted]',
      changes: [
        ['bind dc=x password lsqemxv-ktocr-17 failed', 'bind dc=x password [redacted] failed'],
      ],
      leaves: ['password changed for user_7', 'password user_7'],
    },
    {
      name: 'password-from-pipe',
      when: ['password-stdin', 'chpasswd', 'sudo -s'],
      before: '(?i:\\b(?:echo|printf)\\s+(?:-[a-z]+\\s+|\\\\*["\']%s\\\\*["\']\\s+)?)',
      secret: `(?:${escapedText}|"(?:[^"\\\\]|\\\\.)*"|'(?:[^'"\\\\]|\\\\+[^'"\\\\])*'|[^\\s"'\\\\$-][^\\s"'\\\\|]*)`,
      after: '\\s*\\|[^|\\n]*(?:--password-stdin|\\bchpasswd\\b|\\bsudo -S)',
      replacement: '[redacted]',
      changes: [
        [
          'echo hunter | docker login --password-stdin',
          'echo [redacted] | docker login --password-stdin',
        ],
        ['echo ada:hunter | chpasswd', 'echo [redacted] | chpasswd'],
        ['echo hunter | sudo -S id', 'echo [redacted] | sudo -S id'],
      ],
      leaves: ['echo $PW | docker login --password-stdin', 'docker login --password-stdin'],
    },
    {
      name: 'password-input',
      // The input of chpasswd: a user and a password.
      when: ['chpasswd'],
      before:
        '\\bchpasswd\\b(?:: line [0-9]+:|[^|\\n"<]{0,40}<<<|:)\\s*\\\\*["\']?[a-z_][a-z0-9_.-]*:',
      secret: '[^\\s"\'\\\\]+',
      replacement: '[redacted]',
      changes: [
        ['chpasswd: line 1: ada:hunter', 'chpasswd: line 1: ada:[redacted]'],
        ['chpasswd <<< "ada:hunter"', 'chpasswd <<< "ada:[redacted]"'],
      ],
      leaves: ['chpasswd: line 1: missing new password'],
    },
    {
      name: 'password-program',
      // What follows these names is a message of the program, not a password.
      when: ['chpasswd', 'htpasswd', 'gpasswd', 'smbpasswd', 'kpasswd'],
      before: '\\b(?:ch|ht|g|smb|k)passwd(?:\\[[0-9]+\\])?',
      secret: '',
      after: ': [A-Za-z]',
      replacement: keep,
      changes: [['chpasswd: line 1: x', `chpasswd${keep}: line 1: x`]],
      leaves: ['passwd: hunter', 'chpasswd[12]'],
    },
    {
      name: 'pass-command',
      // FTP and POP3. `PASS src/a.test.ts` is a test.
      when: ['pass '],
      before:
        '(?:\\bUSER [^\\s"\\\\]+(?:\\s|\\\\+[rn])+|\\b331 [^\\n"\\\\]{0,80}(?:\\n|\\\\+[rn])+|(?:C:|>|ftp:|pop3:) ?)PASS ',
      secret: '[^\\s"\\\\]+',
      replacement: '[redacted]',
      changes: [
        ['C: PASS hunter', 'C: PASS [redacted]'],
        ['USER ada PASS hunter', 'USER ada PASS [redacted]'],
        ['331 Password required\nPASS hunter', '331 Password required\nPASS [redacted]'],
      ],
      leaves: ['PASS test/unit/a.test.ts', 'USER root'],
    },
    {
      name: 'quoted-pass-command',
      // The command alone in quotes, as clients of FTP and POP3 print it.
      when: ["'pass ", '"pass ', '\\"pass '],
      before: '\\\\*["\']PASS ',
      secret: '[^\\s"\'\\\\/]+',
      after: '\\\\*["\']',
      replacement: '[redacted]',
      changes: [["*cmd* 'PASS hunter' *resp*", "*cmd* 'PASS [redacted]' *resp*"]],
      leaves: ["'PASS src/a.test.ts'", "'PASS hunter two'"],
    },
    {
      name: 'erlang-map',
      // A binary is a string in `<<` and `>>`.
      when: ['<<"', '<<\\'],
      before: `(?i:${anyName}(?:\\\\*">>|')?)`,
      secret: '\\s*(?:=>|:=)\\s*<<\\\\*"[^"\\\\]+\\\\*"(?:/utf8)?>>',
      replacement: ' => [redacted]',
      changes: [
        ['#{user => <<"a">>,password => <<"x1">>}', '#{user => <<"a">>,password => [redacted]}'],
        ['#{<<"token">> => <<"x1">>, n => 1}', '#{<<"token">> => [redacted], n => 1}'],
      ],
      leaves: ['#{vhost => <<"/">>}', '#{password => undefined}'],
    },
    {
      name: 'smtp-login',
      // The user and the password, after the server asked for them.
      when: ['334 '],
      before: '\\b334 [A-Za-z0-9+/]*={0,2}(?:\\s*\\||\\\\+[rn]|\\s)*\\s*(?:C|client|>): ?',
      secret: '[A-Za-z0-9+/]{4,}={0,2}',
      replacement: '[redacted]',
      changes: [
        ['S: 334 VXNlcm5hbWU6 | C: YWRh', 'S: 334 VXNlcm5hbWU6 | C: [redacted]'],
        ['S: 334 UGFz\\r\\nC: YWRh', 'S: 334 UGFz\\r\\nC: [redacted]'],
      ],
      leaves: ['S: 250 OK | C: QUIT', 'took 334 ms'],
    },
    {
      name: 'smtp-login-answer',
      // As nodemailer logs a step: what it answers, and the line that it sends.
      when: ['auth login'],
      before: '(?i:auth login)[^\\n]{0,80}?\\bC: ?',
      secret: '[A-Za-z0-9+/]{4,}={0,2}',
      replacement: '[redacted]',
      changes: [
        [
          '{"note":"AUTH LOGIN password","msg":"C: aHVudGVyMg=="}',
          '{"note":"AUTH LOGIN password","msg":"C: [redacted]"}',
        ],
      ],
      leaves: ['AUTH LOGIN failed', 'S: 250-AUTH LOGIN PLAIN'],
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
    ...encodedFields,
    {
      name: 'symbol',
      // A property whose name is a symbol, as `util.inspect` prints it.
      when: [')]: '],
      before: `(?i:\\[Symbol\\([a-z0-9_. -]*${anyName}\\)\\]: )`,
      secret: `(?:'[^'"\\\\]*'|\\\\+"[^"\\\\]*\\\\+"|[0-9]{6,}|[0-9]{0,5}[^\\s"'\\\\,{0-9][^\\s"'\\\\,{]*)`,
      replacement: "'[redacted]'",
      changes: [["[Symbol(kPassword)]: 'x y',", "[Symbol(kPassword)]: '[redacted]',"]],
      leaves: ['[Symbol(kCapture)]: false,', '[Symbol(status-code)]: 1002'],
    },
    {
      name: 'getter',
      // The call that read a value, and the value.
      when: ["') ", '") ', "'):", '"):'],
      before: `(?i:${anyName}\\\\*["']\\)\\s*(?:->|=>?|:|→)\\s*\\\\*["']?)`,
      secret: '[^\\s"\'\\\\,;)]+',
      replacement: '[redacted]',
      changes: [["get('JWT_SECRET') -> 'hunter'", "get('JWT_SECRET') -> '[redacted]'"]],
      leaves: ["get('PORT') -> '3000'"],
    },
    {
      name: 'password-with-quotes',
      // A quoted value in a connection string that is itself quoted.
      when: ["\\'", "''", '\\"'],
      before: '(?i:\\bpassword\\s*=\\s*)',
      secret: `(?:''[^'"\\\\]*''|[^\\s"'\\\\([{${keep}]+(?:(?:\\\\{1,4}['"]|'')[0-9A-Za-z!#$%&*+@^_-][^\\s"'\\\\]*)+)`,
      replacement: '[redacted]',
      changes: [
        [
          "CONNECTION 'user=app password=hY6\\'uTr0 sslmode=require'",
          "CONNECTION 'user=app password=[redacted] sslmode=require'",
        ],
        ["CONNECTION 'password=a''b x=1'", "CONNECTION 'password=[redacted] x=1'"],
        ["CONNECTION 'password=''a b'' x=1'", "CONNECTION 'password=[redacted] x=1'"],
      ],
      leaves: ['{"m":"dsn=\\"password=x\\", n=1"}', "password=''"],
    },
    passwordWithSemicolon,
    {
      name: 'number-in-groups',
      // The rules for fields would take the first group.
      when: ['iban', 'account'],
      before: '(?i:(?:iban|account[ _-]?(?:number|num|no))(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?)',
      secret: '(?:[A-Z]{2}[0-9]{2}(?:[ -][0-9A-Z]{1,4}){3,8}|[0-9]{2,4}(?:[ -][0-9]{2,4}){2,6})\\b',
      replacement: '[redacted]',
      changes: [
        ['iban=GB21 MIDL 4005 1588 2037 41 amount=3', 'iban=[redacted] amount=3'],
        ['account_number: 1234 5678 9012 ok', 'account_number: [redacted] ok'],
      ],
      leaves: ['iban=missing', 'account number: 12'],
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
      when: ['": \'', '":\'', '": `', '":`'],
      before: `(?i:${anyName}\\\\*"\\s*:\\s*)`,
      secret: `(?:'[^'"\\\\]*'|\`[^\`"\\\\]*\`)`,
      replacement: "'[redacted]'",
      changes: [[`"passphrase": 'x y',`, `"passphrase": '[redacted]',`]],
      leaves: [`"title": 'x y',`],
    },
    {
      name: 'argument-pair',
      // The value in ethers' message about an invalid argument.
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
      // A signature of 65 bytes, with which anyone can log in as the owner of the wallet.
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
