import { keep, quote, type RedactionGroup } from './rule';

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
      name: 'broker-user-in-list',
      before: `\\brabbitmqctl${some}(?:add_user|change_password|authenticate_user)${next}[^"'\\\\]+${next}`,
      secret: text,
      replacement: '[redacted]',
      when: ['rabbitmqctl'],
      changes: [
        ['["rabbitmqctl","add_user","a","x y"]', '["rabbitmqctl","add_user","a","[redacted]"]'],
      ],
      leaves: ['["rabbitmqctl","list_users"]'],
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

/** Lists of arguments with an option that takes a password, in an order that no name opens. */
export const loginLists: RedactionGroup = {
  name: 'login-lists',
  // An option in a list.
  when: [
    ...[',"-', ', "-', ",'-", ", '-", ',\\"-', ', \\"-', ',\\\\\\"-', ', \\\\\\"-'],
    'storepass',
  ],
  rules: [
    {
      name: 'login-option-in-list',
      // Others than curl take a user and a group.
      before: `\\bcurl\\b[^\\n]*?${quote}(?:-[a-zA-Z]{0,6}u|--(?:proxy-)?user)(?:${next})?[A-Za-z0-9_.@-]+:`,
      secret: '[^\\s"\'\\\\/:-][^"\'\\\\]*',
      after: quote,
      replacement: '[redacted]',
      when: ['curl'],
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
      name: 'password-option-in-list',
      // Short options, which mean something else in other commands.
      before: `\\b(?:(?:login|mongo[a-z]*|user(?:add|mod))${some}-p|(?:zip|mosquitto_[a-z]+|ipmitool)${some}-P|ldap[a-z]+${some}-w)${next}`,
      secret: word,
      after: quote,
      replacement: '[redacted]',
      changes: [
        ['["docker","login","-u","a","-p","x"]', '["docker","login","-u","a","-p","[redacted]"]'],
        ["['zip', '-P', 'x y', 'a.zip']", "['zip', '-P', '[redacted]', 'a.zip']"],
      ],
      leaves: ['["mkdir","-p","x"]', '["login","-p","-v"]', '["login","-p","$PW"]'],
    },
    {
      name: 'joined-option-in-list',
      // Archivers and clients of Samba write the password after the option or the user.
      before: `\\b(?:7z[ar]?${some}-p|(?:smbclient|rpcclient|smbget)${some}-U(?:${next})?[^\\s"'\\\\%]+%)`,
      secret: word,
      after: quote,
      replacement: '[redacted]',
      changes: [
        ['["7z","x","-phunter","a"]', '["7z","x","-p[redacted]","a"]'],
        ['["smbclient","-U","ada%x"]', '["smbclient","-U","ada%[redacted]"]'],
      ],
      leaves: ['["7z","x","a"]', '["smbclient","-U","ada"]'],
    },
    {
      name: 'secret-option-in-list',
      before: `(?i:${quote}--?[a-z0-9_-]*?(?:token|pass|passw(?:or)?d|pwd|passphrase|secret|(?:api|access|account|auth|master|sas)-?key|credentials?)${next})`,
      // Not a small number, such as ffmpeg's `-pass 1`.
      secret: '(?:[^\\s"\'\\\\$/.<0-9-]|[0-9]{3}|[0-9]{1,2}[^0-9"\'\\\\])[^"\'\\\\]*',
      after: quote,
      replacement: '[redacted]',
      changes: [
        ['["wget","--http-password","x"]', '["wget","--http-password","[redacted]"]'],
        ['["redis-cli","--pass","x"]', '["redis-cli","--pass","[redacted]"]'],
      ],
      leaves: [
        '["ffmpeg","-pass","1"]',
        '["--key-file","/k.json","--token","--v"]',
        '["--no-pass","-v"]',
      ],
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
