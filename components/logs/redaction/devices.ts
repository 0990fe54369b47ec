import { json, keep, type RedactionGroup, start } from './rule';
import { opaque } from './opaque';

const is = `(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*`;
const byte = '(?:[01]?[0-9]?[0-9]|2[0-5][0-9])';

/** Keys, tokens and hashes that only the name before them or the kind of document identifies. */
export const devices: RedactionGroup = {
  name: 'devices',
  rules: [
    {
      name: 'device-token',
      // Apple's device tokens are hexadecimal, like a hash.
      before: `(?i:(?:device|registration|apns|push)(?:[_ -]?(?:id|token|key))?s?(?:${is}|\\s+(?:is\\s+)?)(?:\\[\\s*)?\\\\*["']?|/3/device/)`,
      secret: '[0-9a-fA-F]{64,200}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['device', 'registration', 'apns', 'pusht', 'push_t', 'push t', 'pushid', 'push_id'],
      changes: [
        [`{ device: '${'5c504ed4'.repeat(8)}', n: 1 }`, "{ device: '[redacted]', n: 1 }"],
        [`POST /3/device/${'5c504ed4'.repeat(8)} 410`, 'POST /3/device/[redacted] 410'],
        [`apns ${'5c504ed4'.repeat(8)} gone`, 'apns [redacted] gone'],
      ],
      leaves: [`{"device":"iPhone16,2","hash":"${'5c504ed4'.repeat(8)}"}`],
    },
    {
      name: 'wallet-seed',
      // With the chain code, anyone can derive the other keys.
      before: `(?i:(?:chain_?code|entropy|xpriv)(?:${is}|\\s+)\\\\*["']?(?:0x)?)`,
      secret: '[0-9a-fA-F]{32,}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['haincode', 'hain_code', 'entropy', 'xpriv'],
      changes: [
        [`chainCode: '0x${'5c504ed4'.repeat(8)}', n: 1`, "chainCode: '0x[redacted]', n: 1"],
        [`{"entropy":"${'5c504ed4'.repeat(4)}"}`, '{"entropy":"[redacted]"}'],
      ],
      leaves: ['entropy=3.99', '{"chainCode":1}'],
    },
    {
      name: 'key-bytes-as-text',
      // Solana keys, as a list of bytes in an environment variable.
      before: `(?i:(?:payer|signer|authority|deployer|minter|treasury|relayer|wallet|keypair)[a-z0-9_]{0,20}(?:${is}|\\s+)\\\\*["']?)`,
      secret: `\\[(?:\\s*${byte}\\s*,){15,}\\s*${byte}\\s*\\]`,
      replacement: '[]',
      when: [
        'payer',
        'signer',
        'uthority',
        'eployer',
        'minter',
        'easury',
        'elayer',
        'wallet":"[',
        'wallet=[',
        'keypair',
      ],
      changes: [
        [`{"FEE_PAYER":"[${'17,'.repeat(31)}4]"}`, '{"FEE_PAYER":"[]"}'],
        [`MINT_AUTHORITY=[${'17, '.repeat(31)}4] x`, 'MINT_AUTHORITY=[] x'],
      ],
      leaves: [`{"player":[1,2,3]}`, `{"payerPeaks":[${'999,'.repeat(31)}4]}`],
    },
    {
      name: 'login-ticket',
      // In a client's login message. Support tickets also have this name, but are short.
      before: `(?i:\\bauth(?:\\\\*["'])?\\s*[:=]\\s*\\{[^{}]{0,120}?\\b(?:ticket|key|code|session)${is}\\\\*["'])`,
      secret: `[^\\s"'\\\\${keep}]{8,}`,
      replacement: '[redacted]',
      when: ['ticket', 'auth: {', 'auth":{', 'auth={'],
      changes: [
        ["auth: { ticket: 'wst_J5bUdE0s', n: 1 }", "auth: { ticket: '[redacted]', n: 1 }"],
        ['{"auth":{"v":2,"ticket":"J5bUdE0s"}}', '{"auth":{"v":2,"ticket":"[redacted]"}}'],
      ],
      leaves: ['{"ticket":"SUP-1204"}', "auth: { ticket: '7' }"],
    },
    {
      name: 'ticket',
      before: `(?:^|[^A-Za-z])(?i:ticket)(?:${is}|\\s+)\\\\*["']?`,
      secret:
        '(?:[a-z]{2,6}_)?(?:[A-Z]{0,6}[a-z]{0,6}[0-9]{1,3}[A-Za-z]|[A-Z][0-9][a-z]|[0-9]{1,3}[A-Za-z])[A-Za-z0-9]{12,}',
      after: '(?:[^A-Za-z0-9.]|$)',
      replacement: '[redacted]',
      when: ['ticket'],
      changes: [['ws ticket W5pLz8KtYq0RmXvB expired', 'ws ticket [redacted] expired']],
      leaves: ['ticket=SUP-1204', 'ticket createTicketForPayoutReview'],
    },
    {
      name: 'table-of-secret',
      // Vault and others print a table of a name and a value per line.
      before:
        '(?:^|\\n|\\\\+n|")\\s*(?:(?:[a-z]+_)*(?:token|accessor|secret_id|access_key|secret_key|private_key)  +|(?i:unseal key [0-9]+|initial root token): +)',
      secret: `(?:${opaque}|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9+/]{40,}={0,2})`,
      replacement: '[redacted]',
      when: ['accessor ', 'secret_id ', 'token  ', '_key  ', 'nseal key', 'root token:'],
      changes: [
        [
          'secret_id               e41c7a09-3b5d-92f8-6c1e-07ad84f25b93',
          'secret_id               [redacted]',
        ],
        ['Initial Root Token: 0f3d9b7c51e84a62bd20f7a1', 'Initial Root Token: [redacted]'],
      ],
      leaves: ['token_duration       768h', 'token      none', 'secret_id_ttl   10m'],
    },
    {
      name: 'kubernetes-secret',
      // All values of a Kubernetes Secret, because the names of its keys can be anything.
      before: '(?:"(?:d|stringD)ata"\\s*:\\s*)',
      secret: json.composed,
      replacement: '"[redacted]"',
      when: ['"kind":"secret"', '"kind": "secret"'],
      changes: [
        [
          '{"kind":"Secret","data":{"PEPPER":"cTd3"},"type":"Opaque"}',
          '{"kind":"Secret","data":"[redacted]","type":"Opaque"}',
        ],
      ],
      leaves: ['{"kind":"Secret","metadata":{"name":"data"}}'],
    },
    {
      name: 'kubernetes-secret-in-text',
      before: '(?:\\\\+"(?:d|stringD)ata\\\\+"\\s*:\\s*|\\b(?:d|stringD)ata: )',
      secret: `(?:${json.composedInText}|\\{[^{}"]*\\})`,
      replacement: 'null',
      when: ['\\"secret\\', "kind: 'secret'"],
      changes: [
        [
          '{"m":"{\\"kind\\":\\"Secret\\",\\"data\\":{\\"A\\":\\"cTd3\\"}}"}',
          '{"m":"{\\"kind\\":\\"Secret\\",\\"data\\":null}"}',
        ],
        ["{ kind: 'Secret', data: { A: 'cTd3' } }", "{ kind: 'Secret', data: null }"],
      ],
      leaves: ["{ kind: 'Secret', metadata: { name: 'data' } }"],
    },
    {
      name: 'kubernetes-secret-in-yaml',
      before: '(?:^|\\n|\\\\+n)(?:d|stringD)ata:',
      secret: '(?:(?:\\n|\\\\+n)[ \\t]+[^\\n"\\\\]*)+',
      replacement: ' [redacted]',
      when: ['kind: secret'],
      changes: [
        [
          '{"m":"kind: Secret\\ndata:\\n  A: cTd3\\n  B: cTd4\\ntype: Opaque"}',
          '{"m":"kind: Secret\\ndata: [redacted]\\ntype: Opaque"}',
        ],
      ],
      leaves: ['kind: Secret\nmetadata:\n  name: x'],
    },
    {
      name: 'redis-user',
      // The password or its hash in a Redis ACL line of a user that is not `on`.
      before: `(?:\\buser \\S+ (?:[a-z-]+ ){0,6}|${start}(?:[a-z-]+ ){0,3}sanitize-payload )`,
      secret: '[#>!<][^\\s"\\\\]+(?: [#>!<][^\\s"\\\\]+)*',
      replacement: '[redacted]',
      when: ['sanitize-payload', ' off #', ' off >'],
      changes: [
        [
          `user ws on sanitize-payload #${'5c504ed4'.repeat(8)} ~ws:* -@all`,
          'user ws on sanitize-payload [redacted] ~ws:* -@all',
        ],
        ['user ws off #5c50 #4ed4 ~*', 'user ws off [redacted] ~*'],
      ],
      leaves: ['user ada reset the page', 'user ws on sanitize-payload ~*'],
    },
  ],
};
