import { keep, type RedactionGroup } from './rule';

const quote = `\\\\*["']`;
/** Between two arguments. */
const next = `${quote},?\\s*${quote}`;
/** Arguments of a command, after its name. */
const some = `${next}(?:[^"'\\\\]*${next})*?`;
const text = `[^"'\\\\]+`;
/** Not an option, a file or a variable. */
const word = `[^\\s"'\\\\$/.<-]${text.slice(0, -1)}*`;

/** Commands as lists of arguments, which programs log instead of a command line. */
export const argumentLists: RedactionGroup = {
  name: 'argument-lists',
  // Names of commands and options open the theme.
  opens: [],
  rules: [
    {
      name: 'name-of-command',
      // It ends as the name of a secret does, but an option follows.
      before: `${quote}[^\\s"'\\\\]{0,40}(?:htpasswd|sshpass)`,
      secret: '',
      after: `${next}-`,
      replacement: keep,
      when: ['htpasswd', 'sshpass'],
      changes: [['["htpasswd","-B","f"]', `["htpasswd${keep}","-B","f"]`]],
      leaves: ['htpasswd -B f', '["htpasswd","hunter2"]'],
    },
    {
      name: 'login-file-in-list',
      before: `htpasswd${keep}?${next}(?:-[a-zA-Z0-9]+${next})*-[a-zA-Z]*b[a-zA-Z]*${next}(?:-[a-zA-Z0-9]+${next})*(?:[^\\s"'\\\\]+${next}){1,2}`,
      secret: text,
      after: `${quote}\\s*[\\])]`,
      replacement: '[redacted]',
      when: ['htpasswd'],
      changes: [
        [
          '["htpasswd", "-bB", "/etc/ht", "ops", "2E r#"]',
          '["htpasswd", "-bB", "/etc/ht", "ops", "[redacted]"]',
        ],
        ["['htpasswd','-n','-b','ops','2E']", "['htpasswd','-n','-b','ops','[redacted]']"],
      ],
      leaves: ['["htpasswd","-c","/etc/ht","ops"]'],
    },
    {
      name: 'ssh-password-in-list',
      before: `sshpass${keep}?${next}-p(?:${next})?`,
      secret: text,
      replacement: '[redacted]',
      when: ['sshpass'],
      changes: [
        ['["sshpass","-p","hunter","ssh"]', '["sshpass","-p","[redacted]","ssh"]'],
        ["['sshpass', '-phunter', 'ssh']", "['sshpass', '-p[redacted]', 'ssh']"],
      ],
      leaves: ['["sshpass","-e","ssh"]'],
    },
    {
      name: 'client-password-in-arguments',
      before: `\\b(?:(?:mysql|mariadb)[a-z-]{0,10}${some}-p|openssl${some}-[kK]${next})`,
      secret: word,
      replacement: '[redacted]',
      when: ['mysql', 'mariadb', 'openssl'],
      changes: [
        ['["mysql","-h","db","-phunter","x"]', '["mysql","-h","db","-p[redacted]","x"]'],
        [
          '{"m":"[\\"openssl\\", \\"enc\\", \\"-k\\", \\"hunter\\"]"}',
          '{"m":"[\\"openssl\\", \\"enc\\", \\"-k\\", \\"[redacted]\\"]"}',
        ],
      ],
      leaves: ['["mysql","-h","db","-P","3306"]', '["mysql","-p","shop"]'],
    },
    {
      name: 'here-string',
      // What a shell passes as the input of a command that asks for a secret.
      before: `(?i:(?:password|\\bpasswd|passphrase|pass\\b|token|secret|credentials?|api[_-]?key|stdin)[^\\n|;]*?<<< ?)`,
      secret: `(?:\\\\+"[^"\\\\]+\\\\+"|"[^"\\\\]+"|'[^'"\\\\]+'|[^\\s"'\\\\$]+)`,
      replacement: '[redacted]',
      when: ['<<<'],
      changes: [
        ["--form 'client_secret'=@- <<< 'qUs7 y' x", "--form 'client_secret'=@- <<< [redacted] x"],
        ['gh auth login --with-token <<<ghx_1', 'gh auth login --with-token <<<[redacted]'],
      ],
      leaves: ['bc <<< "2+3"', 'login --password-stdin <<< $PW'],
    },
  ],
};

/** Options that need the name of the command, or the rest of the argument, to mean a password. */
export const loginLists: RedactionGroup = {
  name: 'login-lists',
  rules: [
    {
      name: 'login-option-in-list',
      // Others than curl take a user and a group.
      before: `\\bcurl\\b[^\\n]*?${quote}(?:-[a-zA-Z]{0,6}u|--(?:proxy-)?user)(?:${next})?[A-Za-z0-9_.@-]+:`,
      secret: '[^\\s"\'\\\\/:-][^"\'\\\\]*',
      after: quote,
      replacement: '[redacted]',
      when: ['curl"', "curl'", 'curl\\'],
      changes: [
        ["['curl', '-u', 'ada:x', 'h']", "['curl', '-u', 'ada:[redacted]', 'h']"],
        ['["curl","-s","--user","ada:x y"]', '["curl","-s","--user","ada:[redacted]"]'],
        [
          '{"m":"[\\"curl\\",\\"-u\\",\\"ada:x\\"]"}',
          '{"m":"[\\"curl\\",\\"-u\\",\\"ada:[redacted]\\"]"}',
        ],
      ],
      leaves: ['["curl","-u","ada"]', '["docker","run","-u","node:node"]'],
    },
    {
      name: 'login-password-in-list',
      before: `\\blogin${some}-p${next}`,
      secret: word,
      after: quote,
      replacement: '[redacted]',
      when: ['"-p"', "'-p'", '-p\\'],
      changes: [
        ['["docker","login","-u","a","-p","x"]', '["docker","login","-u","a","-p","[redacted]"]'],
        ["['az', 'login', '-p', 'x y']", "['az', 'login', '-p', '[redacted]']"],
      ],
      leaves: ['["mkdir","-p","x"]', '["login","-p","-v"]', '["login","-p","$PW"]'],
    },
    {
      name: 'store-password',
      // Java's keytool and jarsigner, also in a command line.
      before: '-(?:dest|src)?(?:store|key)pass(?:\\\\*["\'],?)?\\s*\\\\*["\']?',
      secret: '[^\\s"\'\\\\$/.<:-][^\\s"\'\\\\]*',
      replacement: '[redacted]',
      when: ['storepass'],
      changes: [
        ['["keytool","-storepass","changeit"]', '["keytool","-storepass","[redacted]"]'],
        [
          'keytool -deststorepass changeit -destkeypass changeit x',
          'keytool -deststorepass [redacted] -destkeypass [redacted] x',
        ],
      ],
      leaves: ['keytool -storepass:file /etc/pw', 'keytool -storepass $PW'],
    },
  ],
};
