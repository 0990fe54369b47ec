import type { RedactionGroup } from './redaction-rule';

/** Secrets that have no name, only a position in a call or a list. */
export const positions: RedactionGroup = {
  name: 'positions',
  when: ['__construct(', 'mysqli', 'new pdo(', 'account', 'signer'],
  opens: ['__construct(', 'mysqli', 'new pdo(', 'accounts', 'signers'],
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
