import type { RedactionGroup } from './rule';

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
      when: ['solana'],
      changes: [[`solana-cli <<< [${'217, '.repeat(63)}4] x`, 'solana-cli <<< [] x']],
      leaves: ['solana slots [1,2,3]', `peaks [${'17, '.repeat(63)}4]`],
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
