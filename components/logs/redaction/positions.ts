import type { RedactionGroup } from './rule';

/** Secrets that have no name, only a position in a call or a list. */
export const positions: RedactionGroup = {
  name: 'positions',
  when: [
    '__construct(',
    'mysqli',
    'new pdo(',
    'account',
    'signer',
    'keypair',
    'tkey',
    't key',
    'tekey',
    'te key',
  ],
  opens: ['__construct(', 'new pdo(', 'accounts', 'signers', 'keypair'],
  rules: [
    {
      name: 'database-call',
      // A stack trace of PHP shows arguments: DSN or host, user, password.
      before:
        "(?i:(?:pdo|mysqli)->__construct\\(|new (?:pdo|mysqli)\\(|mysqli_connect\\()(?:'[^']*', ){2}",
      secret: "'[^']*'",
      replacement: "'[redacted]'",
      when: ['__construct(', 'mysqli', 'new pdo('],
      changes: [
        [
          "#0 /db.php(12): PDO->__construct('mysql:host=db', 'app', 'pw1')",
          "#0 /db.php(12): PDO->__construct('mysql:host=db', 'app', '[redacted]')",
        ],
      ],
      leaves: ["App->__construct('a', 'b', 'c')"],
    },
    {
      name: 'key-bytes',
      // Solana's keys are lists of bytes.
      before: '(?i:key ?pair|(?:secret|private)[ _]?key)[^\\[\\n"]{0,20}',
      secret: '\\[(?:\\s*[0-9]{1,3},){15,}\\s*[0-9]{1,3}\\s*\\]',
      replacement: '[]',
      when: ['keypair', 'key pair', 'tkey', 't key', 'tekey', 'te key', 't_key', 'te_key'],
      changes: [[`keypair [${'17, '.repeat(31)}4]`, 'keypair []']],
      leaves: ['keypair [1,2,3]', `peaks [${'17, '.repeat(31)}4]`],
    },
    {
      name: 'blockchain-keys',
      // A list of accounts that are as long as keys.
      before: `(?i:(?:accounts|signers)(?:\\\\*["'])?\\s*[:=]\\s*)`,
      secret: `\\[(?:[\\s,]|\\\\*["']|0[xX][0-9a-fA-F]{64})*0[xX][0-9a-fA-F]{64}(?:[\\s,]|\\\\*["']|0[xX][0-9a-fA-F]{64})*\\]`,
      replacement: '[]',
      when: ['0x'],
      changes: [
        [
          "{ accounts: [ '0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060' ] }",
          '{ accounts: [] }',
        ],
      ],
      leaves: ["{ accounts: [ '0x5290…9EE7' ] }", '{"accounts":3}'],
    },
  ],
};
