import { guessed } from './dialogues';
import { type RedactionGroup, start } from './rule';

/** Secrets of services whose name is in the line, and pairs of a user and a password. */
export const services: RedactionGroup = {
  name: 'services',
  rules: [
    {
      name: 'login-with-password',
      when: ['in as '],
      before:
        '(?i:\\b(?:log(?:ged|ging)?[ -]?in|sign(?:ed|ing)?[ -]?in)\\s+as\\s+(?:\\S+\\s+(?:with|using|via|and|/)\\s+|[^\\s:"\'\\\\]{1,40}:))',
      secret: guessed,
      replacement: '[redacted]',
      changes: [
        ['login as ada with hunter2x now', 'login as ada with [redacted] now'],
        ['login as root:hunter2x now', 'login as root:[redacted] now'],
      ],
      leaves: [
        'login as ada with google',
        'logged in as system:serviceaccount:audifi:api',
        'logged in as ada with oauth2',
        'login as ada with method=totp2',
      ],
    },
    {
      name: 'card-track',
      // The data of a magnetic stripe, as card readers send it.
      before: '%[bB]',
      secret: '[0-9]{13,19}\\^[^?"\\\\\\s]*',
      replacement: '[redacted]',
      when: ['%b'],
      changes: [['event %B2221339035425538^HOLDER/TEST^2912101? n', 'event %B[redacted]? n']],
      leaves: ['%B2221339035425538', '2^10'],
    },
    {
      name: 'login-pair',
      when: ['login attempt', 'creds ', 'edentials', 'basic auth'],
      before:
        '(?i:\\b(?:log[ -]?in attempt(?: (?:with|by|as|from|for))?|cred(?:ential)?s|basic auth(?:entication|orization)? (?:header )?(?:decoded|parsed|is|was)):?\\s+[][a-z0-9_.@*-]{1,40}\\s*[:/]\\s*)',
      secret: guessed,
      replacement: '[redacted]',
      changes: [
        ['login attempt: ada / hunter2x', 'login attempt: ada / [redacted]'],
        ['credentials: [redacted] / hunter2x', 'credentials: [redacted] / [redacted]'],
        ['creds ada:hunter2x', 'creds ada:[redacted]'],
        ['basic auth decoded: ada:hunter2x', 'basic auth decoded: ada:[redacted]'],
      ],
      leaves: ['login attempt: 3 / 5', 'creds missing: 2', 'login attempt from 10.0.0.5:53412'],
    },
    {
      name: 'password-argument',
      // Calls in stack traces and debug output.
      when: ['assword(', 'bcrypt', 'argon2', 'encrypt_string'],
      before:
        '(?i:\\b(?:(?:hash|verify|check|compare|set|change|reset|validate)_?password|(?:bcrypt|argon2)(?:js)?\\.(?:hash|verify|compare)(?:sync)?)\\(\\\\*["\']|\\bencrypt_string \\\\*["\'])',
      secret: '[^"\'\\\\\\s]+',
      replacement: '[redacted]',
      changes: [
        ["bcrypt.compare('hunter', h)", "bcrypt.compare('[redacted]', h)"],
        ["ansible-vault encrypt_string 'hunter'", "ansible-vault encrypt_string '[redacted]'"],
      ],
      leaves: ['bcrypt.compare(password, h)', "getPassword('db')"],
    },
    {
      name: 'login-arguments',
      when: ['login(', 'signin(', 'ticate(', 'user(', 'argon2', 'verify('],
      before:
        '(?i:\\b(?:login|signin|authenticate|(?:validate|verify|check)_?user|verify)\\((?:\'[^\'"\\\\]*\'|\\\\*"[^"\\\\]*\\\\*"),\\s*\\\\*["\'])',
      secret: guessed,
      after: '\\\\*["\']',
      replacement: '[redacted]',
      changes: [
        ["smtp.login('ada', 'hunter2x')", "smtp.login('ada', '[redacted]')"],
        ["local verify('ada', 'hunter2x')", "local verify('ada', '[redacted]')"],
      ],
      leaves: ["login('ada', 'google')", 'authenticate("jwt", options)'],
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
      name: 'client-with-login',
      // A user and a password in one argument, or the password as an option of its own.
      when: ['lftp', 'rpcclient', 'smbget', 'smbmap', 'mosquitto_', 'ipmitool'],
      before:
        '\\b(?:lftp\\b[^|\\n"]*?\\s(?:-u|--user)[ =]?\'?[^\\s,"\']+,|(?:rpcclient|smbget)\\b[^|;\\n"]*?-U\\s*[^\\s%"\']+%|(?:mosquitto_[a-z]+|ipmitool)\\b[^|;\\n"]*?\\s-P\\s+|smbmap\\b[^|;\\n"]*?\\s-p\\s+)\'?',
      secret: '[^\\s"\'\\\\$-][^\\s"\'\\\\]*',
      replacement: '[redacted]',
      changes: [
        [
          "lftp -e 'ls; bye' -u ada,hunter sftp://h",
          "lftp -e 'ls; bye' -u ada,[redacted] sftp://h",
        ],
        ["lftp -u 'ada,hunter' sftp://h", "lftp -u 'ada,[redacted]' sftp://h"],
        ['rpcclient -U ada%hunter h', 'rpcclient -U ada%[redacted] h'],
        [
          'mosquitto_pub -h h -u ada -P hunter -t x',
          'mosquitto_pub -h h -u ada -P [redacted] -t x',
        ],
      ],
      leaves: ['lftp -u ada sftp://h', 'mosquitto_sub -h h -t x'],
    },
    {
      name: 'registry-login',
      // Credentials in npm's configuration.
      when: ['_auth='],
      before: '(?:^|[\\s:"/])_auth=\\\\*"?',
      secret: '[A-Za-z0-9+/]{6,}={0,2}',
      replacement: '[redacted]',
      changes: [['//r.example/:_auth=YWRhOmh1bnRlcg==', '//r.example/:_auth=[redacted]']],
      leaves: ['basic_auth=enabled'],
    },
    {
      name: 'push-token',
      // Push tokens of Expo.
      when: ['pushtoken['],
      before: 'PushToken\\[',
      secret: '[^\\s[\\]"\\\\]+',
      replacement: '[redacted]',
      changes: [['ExponentPushToken[xY1] bad', 'ExponentPushToken[[redacted]] bad']],
      leaves: ['PushToken missing'],
    },
    {
      name: 'smtp-dialogue',
      // The answer to `Password:` in base64.
      when: ['ugfzc3dvcmq6'],
      before: 'UGFzc3dvcmQ6(?:\\\\+[rn]|[^A-Za-z0-9\\\\[])+(?:[A-Za-z]{1,6}: ?)?',
      secret: '[A-Za-z0-9+/]{4,}={0,2}',
      replacement: '[redacted]',
      changes: [['334 UGFzc3dvcmQ6 >> aHVudGVy', '334 UGFzc3dvcmQ6 >> [redacted]']],
      leaves: ['334 UGFzc3dvcmQ6'],
    },
    {
      name: 'ably-key',
      when: ['ably'],
      before: '\\b[A-Za-z0-9_-]{6}\\.',
      secret: '[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{16,}',
      replacement: '[redacted]',
      changes: [['ably key xVLyHw.9DpQxA:v6oEQK0AnmOXEl8V7Mn', 'ably key xVLyHw.[redacted]']],
      leaves: ['ably channel:tracks.update1:2026-11-26T03:00:00'],
    },
    {
      name: 'onboarding-link',
      // A Stripe account link. Anyone who has it can see and change the account's data.
      when: ['connect.stripe.com/'],
      before: 'connect\\.stripe\\.com/(?:[a-z]+/){1,3}acct_[A-Za-z0-9]+/',
      secret: '[A-Za-z0-9_-]{6,}',
      replacement: '[redacted]',
      changes: [
        [
          'https://connect.stripe.com/setup/e/acct_1Sb2/mbCb0896GS2P',
          'https://connect.stripe.com/setup/e/acct_1Sb2/[redacted]',
        ],
      ],
      leaves: ['https://connect.stripe.com/setup/e/acct_1Sb2'],
    },
    {
      name: 'push-subscription',
      // The secret of a browser's push subscription.
      when: ['p256dh'],
      before: '\\bauth(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?',
      secret: '[A-Za-z0-9_-]{16,}={0,2}',
      replacement: '[redacted]',
      changes: [
        ["{ p256dh: 'x', auth: 'LSyumrefbx_FFJGoxNYLg' }", "{ p256dh: 'x', auth: '[redacted]' }"],
      ],
      leaves: ["{ p256dh: 'x', author: 'LSyumrefbx_FFJGoxNYLg' }"],
    },
    {
      name: 'firebase-token',
      when: [':apa91'],
      before: start,
      secret: '[A-Za-z0-9_-]{8,}:APA91[A-Za-z0-9_-]{20,}',
      replacement: '[redacted]',
      changes: [['token fR3k9Lm2Qw8:APA91bHun4MxP5egoKMwt2KZFB gone', 'token [redacted] gone']],
      leaves: ['x:APA91'],
    },
    {
      name: 'refused-access-rule',
      // A rule in Redis's ACL file.
      when: ['applying operation'],
      before: 'applying operation \\\\*["\'][>#<!]',
      secret: '[^"\'\\\\\\n]+',
      replacement: '[redacted]',
      changes: [["applying operation '>hunter' in ACL", "applying operation '>[redacted]' in ACL"]],
      leaves: ["applying operation '+@all' in ACL"],
    },
    {
      name: 'userlist',
      // A line of PgBouncer's userlist.txt.
      when: ['userlist'],
      before: 'userlist[^"\\n]*\\\\*"[^"\\\\]+\\\\*"\\s+\\\\*"',
      secret: '[^"\\\\]+',
      replacement: '[redacted]',
      changes: [['userlist.txt: "app" "hunter"', 'userlist.txt: "app" "[redacted]"']],
      leaves: ['userlist.txt not found'],
    },
    {
      name: 'vault-token',
      // Vault's tokens before version 1.10.
      when: ['vault'],
      before: '(?:(?:^|[\\s"\'=:])[sb]\\.|\\bvault login )',
      secret: '[A-Za-z0-9]{24,}',
      after: '(?:[^A-Za-z0-9.]|$)',
      replacement: '[redacted]',
      changes: [
        ['vault: s.' + 'aBcDeFgHiJkLmNoPqRsTuVwX denied', 'vault: s.[redacted] denied'],
        ['vault login ' + 'aBcDeFgHiJkLmNoPqRsTuVwX', 'vault login [redacted]'],
      ],
      leaves: ['vault: s.shutdown', 'vault login -method=oidc'],
    },
  ],
};
