import type { RedactionGroup } from './rule';

/** Calls of nodes that take the password of a wallet. */
const calls = ['personal_', 'walletpassphrase', 'encryptwallet'];
const parameters = '\\b[^\\n\\[]*?\\bparams\\\\*"?\\s*[:=]\\s*\\\\*"?\\[\\s*';
const call = `(?i:(?:personal_[a-z]+|walletpassphrase(?:change)?|encryptwallet)${parameters})`;

/** Secrets of wallets that have a form of their own. */
export const walletSecrets: RedactionGroup = {
  name: 'wallet-secrets',
  rules: [
    {
      name: 'numbered-phrase',
      // A seed phrase with the number of each word. A rule for fields may have replaced the first
      // number.
      before: '(?:^|[^0-9A-Za-z]|\\\\+n)',
      secret:
        '(?:\\[redacted\\] [A-Za-zà-ÿ]+[, ]+)?(?:#?[0-9]+(?:[:.)=-] ?| )[A-Za-zà-ÿ]+(?:\\\\+n|[,;| \\n"\'\\\\])+){10,}#?[0-9]+(?:[:.)=-] ?| )[A-Za-zà-ÿ]+',
      replacement: '[redacted]',
      when: [
        ...['mnemonic', 'phrase', 'wordlist', 'seed', 'recovery', 'words ', 'words:', 'wallet:'],
        ...['wallet re', 'metamask'],
      ],
      changes: [
        [
          'seed: 1:able 2:about 3:above 4:absent 5:absorb 6:able 7:able 8:able 9:able 10:able 11:limón 12:acid x',
          'seed: [redacted] x',
        ],
        [
          'phrase 1. able 2. able 3. able 4. able 5. able 6. able 7. able 8. able 9. able 10. able 11. able 12. able',
          'phrase [redacted]',
        ],
        [
          'phrase: [redacted] able 2. able 3. able 4. able 5. able 6. able 7. able 8. able 9. able 10. able 11. able 12. acid x',
          'phrase: [redacted] x',
        ],
        [
          '1) able 2) able 3) able 4) able 5) able 6) able 7) able 8) able 9) able 10) able 11) able 12) acid -- my metamask words',
          '[redacted] -- my metamask words',
        ],
        [
          'recovery #1 able #2 able #3 able #4 able #5 able #6 able #7 able #8 able #9 able #10 able #11 able #12 acid',
          'recovery [redacted]',
        ],
      ],
      leaves: [
        'seed 1:able 2:about 3:above',
        'recovery: 1 of 12 files restored, 2 of 12 files restored, 3 of 12 files restored',
      ],
    },
    {
      name: 'key-as-numbers',
      // Solana's command line reads a key as a list of bytes.
      secret: '\\[(?:\\s*[0-9]{1,3},){31,}\\s*[0-9]{1,3}\\s*\\]',
      replacement: '[]',
      when: ['solana', 'keypair', 'seed', 'signer', 'payer'],
      changes: [
        [`solana-cli <<< [${'217, '.repeat(63)}4] x`, 'solana-cli <<< [] x'],
        [`cannot parse keypair file: [${'217,'.repeat(63)}4] x`, 'cannot parse keypair file: [] x'],
        [`bad seed [${'217,'.repeat(31)}4]`, 'bad seed []'],
      ],
      leaves: ['solana slots [1,2,3]', `peaks [${'17, '.repeat(63)}4]`, 'keypair [1,2,3]'],
    },
    {
      name: 'announced-phrase',
      // The words of such phrases have at least three letters. Other sentences have shorter ones.
      before:
        '(?i:(?:phrase|mnemonic|words?|recover|keygen)\\b[^:"\\n]*?(?::(?:\\s|\\\\+[rnt]|[=*#>-])*\\\\*["\'`]?|\\\\*["\'`]))',
      secret: '[a-z]{3,}(?:,? [a-z]{3,}){11,}',
      replacement: '[redacted]',
      when: ['phrase', 'mnemonic', 'solana'],
      changes: [
        [
          'Save this seed phrase to recover your new keypair: lava carry undo goose save modify genius enforce tomorrow reduce accident other',
          'Save this seed phrase to recover your new keypair: [redacted]',
        ],
      ],
      leaves: [
        'seed phrase to recover it: write it on a sheet of paper and put that in a safe place now',
        'seed phrase for the wallet: lava carry undo',
      ],
    },
    {
      name: 'imported-key',
      before: `(?i:personal_importrawkey${parameters})\\\\*"`,
      secret: '[^"\\\\]+',
      replacement: '[redacted]',
      when: ['personal_importr'],
      changes: [
        [
          '{"method":"personal_importRawKey","params":["0x5c50","a b"]}',
          '{"method":"personal_importRawKey","params":["[redacted]","a b"]}',
        ],
      ],
      leaves: ['{"method":"personal_importRawKey","params":[]}'],
    },
    {
      name: 'wallet-call',
      // The argument after the wallet or the transaction.
      before: `${call}(?:(?:\\\\*"(?:0x[^"\\\\]*|\\[redacted\\])\\\\*"|\\{[^{}]*\\})\\s*,\\s*)?\\\\*"`,
      secret: '(?:[^"\\\\0\\[]|0[^"\\\\x])[^"\\\\]*',
      replacement: '[redacted]',
      when: calls,
      changes: [
        [
          'Served personal_unlockAccount reqid=14 params="[\\"0xd27A…3FC6\\",\\"orbital walrus\\",300]"',
          'Served personal_unlockAccount reqid=14 params="[\\"0xd27A…3FC6\\",\\"[redacted]\\",300]"',
        ],
        [
          '{"method":"personal_sendTransaction","params":[{"to":"0x1"},"a b"]}',
          '{"method":"personal_sendTransaction","params":[{"to":"0x1"},"[redacted]"]}',
        ],
        [
          '{"method":"walletpassphrase","params":["a b",600]}',
          '{"method":"walletpassphrase","params":["[redacted]",600]}',
        ],
        [
          '{"method":"personal_importRawKey","params":["[redacted]","a b"]}',
          '{"method":"personal_importRawKey","params":["[redacted]","[redacted]"]}',
        ],
      ],
      leaves: [
        '{"method":"personal_listAccounts","params":[]}',
        '{"method":"personal_lockAccount","params":["0xd27A"]}',
      ],
    },
    {
      name: 'bare-wallet-password',
      before: '\\bwalletpassphrase ',
      secret: '[^\\s"\'\\\\]+',
      after: ' [0-9]+\\b',
      replacement: '[redacted]',
      when: ['walletpassphrase'],
      changes: [
        ['bitcoin-cli walletpassphrase x 60', 'bitcoin-cli walletpassphrase [redacted] 60'],
      ],
      leaves: ['walletpassphrase is required'],
    },
    {
      name: 'wallet-command',
      // Commands of bitcoin-cli, and calls in a console of geth.
      before:
        '(?:(?:walletpassphrase(?:change)?|encryptwallet)\\s+|unlockAccount\\([^\\n,()]*,\\s*)',
      secret: `(?:\\\\+"[^"\\\\]+\\\\+"|"[^"\\\\:,]+"|'[^'"\\\\]+')`,
      replacement: '[redacted]',
      when: ['walletpassphrase', 'encryptwallet', 'unlockaccount('],
      changes: [
        ['bitcoin-cli walletpassphrase "a b" 600', 'bitcoin-cli walletpassphrase [redacted] 600'],
        [
          "personal.unlockAccount('0xd27A', 'a b', 300)",
          "personal.unlockAccount('0xd27A', [redacted], 300)",
        ],
      ],
      leaves: ['walletpassphrase is required', 'personal.unlockAccount(account, password)'],
    },
    {
      name: 'login-signature',
      // The signature (65 bytes) of a message with which a wallet logs in.
      before: '(?i:\\bsig(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?)',
      secret: '0x[0-9a-fA-F]{128,132}',
      replacement: '[redacted]',
      when: ['sig=0x', 'sig: 0x', "sig: '0x", 'sig":"0x', 'sig": "0x', 'sig\\":\\"0x'],
      changes: [[`verify sig=0x${'5c504ed4'.repeat(16)}1b x`, 'verify sig=[redacted] x']],
      leaves: ['sig=0x5c504ed4', 'sig: SIGTERM'],
    },
  ],
};
