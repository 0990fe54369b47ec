import { escapedText, type RedactionRule } from './rule';

/** An argument of a command: between quotes, which may be escaped, or one word. */
export const argument = `${escapedText}|"[^"\\\\:,]*"|[^\\s"'\\\\]+`;

/** What a command may say before its option. */
const options = '[^|;\\n"]*?';

/** A word that is not an option, a shell variable or the rest of a JSON field. */
const notOption = '(?:[^\\s"\'\\\\$,:}-]|\\$[^A-Z{(\\s"\'\\\\])[^\\s"\'\\\\]*';

/** Commands that take a password as an argument. */
export const toolTexts = ['zip -', 'htpasswd', 'ssh-keygen', 'openssl ', '7z ', 'rabbitmqctl'];

/** Passwords in command lines, after an option or in a position. */
export const commands: readonly RedactionRule[] = [
  {
    name: 'cookie-option',
    before: '\\bcurl\\b[^\\n]*?\\s(?:-b|--cookie)\\s+',
    secret: `(?:'[^'"\\\\]*'|${argument})`,
    replacement: '[redacted]',
    when: [' -b ', '--cookie '],
    changes: [["curl -b 'sid=x; y=z' https://x.io", 'curl -b [redacted] https://x.io']],
    leaves: ['sort -b file'],
  },
  {
    name: 'client-password',
    // Clients of databases take the password after a short option.
    before:
      '(?:\\bredis-cli\\b[^|;\\n"]{0,80}?\\s-a\\s*|\\bsshpass\\s+-p\\s*|\\b(?:SSHPASS|REDISCLI_AUTH)=|\\b(?:mysql|mysqldump|mysqladmin|mariadb)\\b[^|;\\n"]{0,80}?(?:\\s|\',\\s*\')-p)\\\\*["\']?',
    secret: notOption,
    replacement: '[redacted]',
    when: ['redis-cli', 'rediscli_auth', 'sshpass', 'mysql', 'mariadb'],
    changes: [
      ['REDISCLI_AUTH=hunter redis-cli ping', 'REDISCLI_AUTH=[redacted] redis-cli ping'],
      ['redis-cli -h db -a hunter ping', 'redis-cli -h db -a [redacted] ping'],
      ['redis-cli -h db -ahunter ping', 'redis-cli -h db -a[redacted] ping'],
      ['mysqldump -uapp -phunter audifi', 'mysqldump -uapp -p[redacted] audifi'],
      ["['mysqldump', '-phunter', 'shop']", "['mysqldump', '-p[redacted]', 'shop']"],
    ],
    leaves: ['mysql -p audifi', 'redis-cli -p 6379 ping'],
  },
  {
    name: 'client-password-in-list',
    // The command of a probe, as a kubelet prints it.
    before:
      '\\bredis-cli\\\\*["\'],?\\s*(?:\\\\*["\'][^"\'\\\\]*\\\\*["\'],?\\s*){0,8}?\\\\*["\']-a\\\\*["\'],?\\s*\\\\*["\']',
    secret: notOption,
    replacement: '[redacted]',
    when: ['redis-cli'],
    changes: [['["redis-cli","-a","hunter","ping"]', '["redis-cli","-a","[redacted]","ping"]']],
    leaves: ['["redis-cli","-h","db","ping"]'],
  },
  {
    name: 'tool-password',
    before: `(?:\\b(?:zip\\b${options}\\s-P|ssh-keygen\\b${options}\\s-[NP]|(?:useradd|usermod|mongo[a-z]*)\\b${options}\\s-p|openssl\\b${options}\\s-[kK])\\s+|\\b7z\\s${options}\\s-p|\\brabbitmqctl\\s+(?:add_user|change_password|authenticate_user)\\s+\\S+\\s+|\\bhtpasswd\\s+(?:-(?:[a-zA-Z]*n[a-zA-Z]*b|[a-zA-Z]*b[a-zA-Z]*n)[a-zA-Z]*|-[a-mo-zA-Z]*b[a-mo-zA-Z]*\\s+\\S+)\\s+\\S+\\s+)\\\\*["']?`,
    secret: notOption,
    replacement: '[redacted]',
    when: [...toolTexts, ' -p '],
    changes: [
      ['htpasswd -b /etc/users ada hunter', 'htpasswd -b /etc/users ada [redacted]'],
      ['zip -P hunter a.zip', 'zip -P [redacted] a.zip'],
      ['htpasswd -nbB ada hunter', 'htpasswd -nbB ada [redacted]'],
      ['useradd -m -p "hunter" ada', 'useradd -m -p "[redacted]" ada'],
      ['mongodump -u root -p hunter -d x', 'mongodump -u root -p [redacted] -d x'],
      ['openssl enc -aes256 -k hunter', 'openssl enc -aes256 -k [redacted]'],
      ['7z x -phunter a.7z', '7z x -p[redacted] a.7z'],
      ['rabbitmqctl add_user ada hunter', 'rabbitmqctl add_user ada [redacted]'],
    ],
    leaves: ['zip -r a.zip b', 'htpasswd -c /etc/users ada', 'useradd -p "$PW" ada'],
  },
  {
    name: 'archive-password-in-list',
    before: '\\b7z(?s:.{0,200}?)\\\\*["\']-p',
    secret: '[^\\s"\'\\\\-][^"\'\\\\]*',
    replacement: '[redacted]',
    when: ['7z '],
    changes: [
      ["spawn 7z ENOENT [ 'a', '-phunter', 'x' ]", "spawn 7z ENOENT [ 'a', '-p[redacted]', 'x' ]"],
    ],
    leaves: ["spawn 7z ENOENT [ 'a', 'x' ]"],
  },
  {
    name: 'login-option-p',
    before: '\\blogin\\b[^|;\\n"]*?\\s-p\\s+\\\\*["\']?',
    secret: '[0-9]*[^\\s"\'\\\\0-9-][^\\s"\'\\\\]*',
    replacement: '[redacted]',
    when: [' -p '],
    changes: [['docker login -u ada -p hunter r.io', 'docker login -u ada -p [redacted] r.io']],
    leaves: ['login -p 2222', 'mkdir -p x'],
  },
];
