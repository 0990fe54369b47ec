import { keep, type RedactionGroup, type RedactionRule, start } from './rule';

const owners = 'wallet address recipient holder payout pubkey beneficiary signer'.split(' ');
const walletName = `(?:${owners.join('|')})(?:es|s)?(?:[_-]?(?:address(?:es)?|[a-z]{2,4}))?`;
/** Ends of names of classes, which may contain a digit. */
const classes =
  'Error|Exception|Warning|Handler|Service|Controller|Middleware|Repository|Provider|Factory|Module|Strategy|Processor|Listener|Request|Response|Command|Event|Client|Manager';
/** Prefixes of the IDs of objects. */
const objects = (
  'pi evt ch in sub cs seti pm price prod cus acct tr po py pyr txn re req file si ii card src we cn ' +
  'qt dp du test live ses trk track usr user job ord order msg inv upl'
).split(' ');
const base58 = '[1-9A-HJ-NP-Za-km-z]';
/** No wallet starts directly after the mark of a skipped identifier. */
const walletStart = start.replace('[^0-9A-Za-z]', `[^0-9A-Za-z${keep}]`);

/** How most addresses of TON begin, folded. */
const tonStarts = ['a', 'b', 'c', 'd'].flatMap((next) => [`eq${next}`, `uq${next}`]);

/**
 * Keeps the first and last characters of a wallet address. A search for `0x` finds one kind. The
 * others are among the long words.
 */
export const wallets: RedactionGroup = {
  name: 'wallets',
  when: ['0x', '\\x', 'ronin:', ...tonStarts],
  rules: [
    {
      name: 'ethereum-wallet',
      before: '(?:0[xX]|ronin:)[0-9a-fA-F]{4}',
      secret: '[0-9a-fA-F]{32}',
      after: '[0-9a-fA-F]{4}(?:[^0-9a-fA-F]|$)',
      replacement: '…',
      changes: [
        [
          'from 0x52908400098527886E0F7030069857D2E4169EE7 to 0xde709f2102306220921060314715629080e2fb77',
          'from 0x5290…9EE7 to 0xde70…fb77',
        ],
        ['ronin:52908400098527886e0f7030069857d2e4169ee7', 'ronin:5290…9ee7'],
        ['{"m":"in:\\n0x52908400098527886E0F7030069857D2E4169EE7"}', '{"m":"in:\\n0x5290…9EE7"}'],
      ],
      leaves: ['0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060', '0x1f4'],
    },
    {
      name: 'ton-wallet',
      // A TON address may contain `_` and `-`, so it does not always contain a long word.
      before: `${walletStart}[EUk]Q[A-D][A-Za-z0-9_-]{3}`,
      secret: '[A-Za-z0-9_-]{38}',
      after: '[A-Za-z0-9_-]{4}(?:[^A-Za-z0-9_-]|$)',
      replacement: '…',
      when: tonStarts,
      changes: [['to `EQAjKY3gGkAWYvBD9Y-AG5zR5KKkgsb4XeycwKmx-_zmh_-1` n', 'to `EQAjKY…h_-1` n']],
      leaves: ['UQAM', 'sequence'],
    },
    {
      name: 'wallet-in-bytes',
      // A column of type bytea, as PostgreSQL writes it.
      before: '\\\\+x[0-9a-f]{4}',
      secret: '[0-9a-f]{32}',
      after: '[0-9a-f]{4}(?:[^0-9a-f]|$)',
      replacement: '…',
      when: ['\\x'],
      changes: [
        ['Key (owner)=(\\xa2ec9a6048ec726684739d594be7cb415762a92a)', 'Key (owner)=(\\xa2ec…a92a)'],
      ],
      leaves: [
        'invalid byte sequence \\xa2',
        '\\x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed',
      ],
    },
    {
      name: 'spoken-private-key',
      // A public key has more digits.
      before: '(?i:\\bpk(?:\\\\*["\'])?\\s*[:=]?\\s*\\\\*["\']?)0[xX]',
      secret: '[0-9a-fA-F]{64}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['pk'],
      changes: [[`using pk 0x${'5c504ed4'.repeat(8)}`, 'using pk 0x[redacted]']],
      leaves: [`tx 0x${'5c504ed4'.repeat(8)}`, `pk ${'5c504ed4'.repeat(8)}`],
    },
    {
      name: 'padded-wallet',
      // Wallets padded to 32 bytes, in event topics and call arguments.
      before: '0{24}0{0,4}[1-9a-fA-F][0-9a-fA-F]{3}',
      secret: '[0-9a-fA-F]{28,32}',
      after: '[0-9a-fA-F]{4}',
      replacement: '…',
      changes: [
        [
          '"0x0000000000000000000000006246033f8366855d7fdb742255f3a9d4c26a7809"',
          '"0x0000000000000000000000006246…7809"',
        ],
      ],
      leaves: ['0x0000000000000000000000000000000000000000000000000de0b6b3a7640000'],
    },
  ],
};

/** Addresses without `0x`, which are searched in lines with long words. */
export const longWallets: readonly RedactionRule[] = [
  {
    name: 'bech32-wallet',
    when: [
      ...[
        'bc1',
        'tb1',
        'ltc1',
        'addr1',
        '_test1',
        'stake1',
        'cosmos1',
        'osmo1',
        'juno1',
        'inj1',
        'terra1',
      ],
      ...[
        'celestia1',
        'sei1',
        'axelar1',
        'akash1',
        'kava1',
        'thor1',
        'evmos1',
        'dydx1',
        'noble1',
        'stars1',
      ],
      ...['secret1', 'erd1', 'zil1'],
    ],
    before: `(?i:(?:bc|tb|ltc|addr|addr_test|stake|cosmos|osmo|juno|inj|terra|celestia|sei|axelar|akash|kava|thor|evmos|dydx|noble|stars|secret|erd|zil)1[a-z0-9]{3})`,
    secret: '(?:[ac-hj-np-z02-9]{20,}|[AC-HJ-NP-Z02-9]{20,})',
    after: '[A-Za-z0-9]{4}\\b',
    replacement: '…',
    changes: [
      ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bc1qar…5mdq'],
      ['BC1Q8ZDUDW93S5JYT4M9DKPNWC70AUZSKUKS8UTC4U', 'BC1Q8Z…TC4U'],
    ],
    leaves: ['abc123', 'bc1-test'],
  },
  {
    name: 'identifier',
    // A wallet address of this length contains a digit, unlike a class or method name.
    before: `${start}[A-Za-z]`,
    secret: '',
    after: `(?:[A-Za-z]{22,}|[A-Za-z0-9]{8,60}(?:${classes})|[a-z]{2,}(?:[0-9]?[A-Z][a-z]{2,}){3,})(?:[^0-9A-Za-z]|$)`,
    replacement: keep,
    changes: [
      ['MaxListenersExceededWarning: 11', `M${keep}axListenersExceededWarning: 11`],
      ['TooManyRequestsException: x', `T${keep}ooManyRequestsException: x`],
      ['DynamoDb2ThrottlingException', `D${keep}ynamoDb2ThrottlingException`],
      ['MappingJackson2HttpMessageConverter', `M${keep}appingJackson2HttpMessageConverter`],
    ],
    leaves: ['1hFL2QEXuzfDGEG64q7tWy2JWN2j88kkUe', 'ListenersExceeded'],
  },
  {
    name: 'object-id',
    // IDs of Stripe and of AudiFi consist of the same characters as a wallet address.
    before: `${start}(?:${objects.join('|')})_`,
    secret: '',
    after: '[A-Za-z0-9]{10,}(?:[^0-9A-Za-z]|$)',
    replacement: keep,
    when: objects.map((name) => `${name}_`),
    changes: [['intent pi_3MZbcqgFq15f3rs8ph9E3Mho', `intent pi_${keep}3MZbcqgFq15f3rs8ph9E3Mho`]],
    leaves: ['wallet_1hFL2QEXuzfDGEG64q7tWy2JWN2j88kkUe'],
  },
  {
    name: 'base58-wallet',
    before: `${walletStart}(?:[13LMDTrX][1-9a-fA-F]{0,3}|(?:tz[1-4]|KT1))${base58}{3}`,
    secret: `(?:[1-9a-fA-F]{0,10}[G-HJ-NP-Zg-km-z]${base58}{14,26})`,
    after: `${base58}{4}(?:\\b|_)`,
    replacement: '…',
    changes: [
      ['payout to 1hFL2QEXuzfDGEG64q7tWy2JWN2j88kkUe', 'payout to 1hFL…kkUe'],
      ['tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb', 'tz1VSU…jcjb'],
    ],
    leaves: ['1a2b3c4d5e6f7a8b9c1d2e3f4a5b6c7d', 'Track1', `p${keep}rocessTicksAndRejections (`],
  },
  {
    name: 'solana-wallet',
    before: `${walletStart}${base58}{6}`,
    secret: `${base58}{33,34}`,
    after: `${base58}{4}(?:\\b|_)`,
    replacement: '…',
    changes: [['{"m":"7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"}', '{"m":"7EcDhS…FLtV"}']],
    leaves: ['da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  },
  {
    name: 'other-wallet',
    // Polkadot and Kusama, Monero, TON, Stacks, Algorand.
    before: `${walletStart}(?:[15C-J]${base58}{5}|[48][0-9AB]${base58}{4}|[EUk]Q[A-Za-z0-9_-]{4}|S[PTMN][0-9A-HJKMNP-TV-Z]{4}|[A-Z2-7]{6})`,
    secret: `(?:${base58}{37,38}|${base58}{85}|[A-Za-z0-9_-]{38}|[0-9A-HJKMNP-TV-Z]{29,32}|[A-Z2-7]{48})`,
    after: '[A-Za-z0-9_-]{4}(?:[^A-Za-z0-9_-]|$)',
    replacement: '…',
    changes: [
      ['TON EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2', 'TON EQDtFp…p4q2'],
      ['STX SP2J6ZY48GV1EZ5V2V5RB9MP66SW86PYKKNRV9EJ7', 'STX SP2J6Z…9EJ7'],
    ],
    leaves: ['QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKZcZN', 'INVALID'],
  },
  {
    name: 'stellar-wallet',
    before: `${walletStart}[GM][A-Z2-7]{5}`,
    secret: '[A-Z2-7]{46}(?:[A-Z2-7]{13})?',
    after: '[A-Z2-7]{4}\\b',
    replacement: '…',
    changes: [['GCMB2UXMKZPCZSZC3C4LMSMS2X6A62BJPGGUJZ4IPKTXB5PFSYMBOAAI', 'GCMB2U…OAAI']],
    leaves: ['NCKAFAXMKZPCZSZC3C4LMSMS2X6A62BJPGGUJZ4IPKTXB5PFSYMBEPM3', 'GRANT'],
  },
  {
    name: 'cash-wallet',
    before: '(?:bitcoincash|bchtest|ecash|kaspa):[qpr][a-z0-9]{3}',
    secret: '[a-z0-9]{30,60}',
    after: '[a-z0-9]{4}\\b',
    replacement: '…',
    when: ['cash:', 'bchtest:', 'kaspa:'],
    changes: [['bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a', 'bitcoincash:qpm2…dx6a']],
    leaves: ['cash: 12'],
  },
  {
    name: 'long-wallet-field',
    // Addresses of Sui, Aptos and Starknet are as long as transactions; only the name differs.
    before: `(?i:${walletName})(?:\\\\*["']?\\s*(?:=>|[:=])\\s*\\\\*["']?|\\s+)0[xX][0-9a-fA-F]{4}`,
    secret: '[0-9a-fA-F]{55,56}',
    after: '[0-9a-fA-F]{4}(?:[^0-9a-fA-F]|$)',
    replacement: '…',
    when: ['0x'],
    changes: [[`sui address 0x${'5c504ed4'.repeat(8)}`, 'sui address 0x5c50…4ed4']],
    leaves: [`tx 0x${'5c504ed4'.repeat(8)}`],
  },
  {
    name: 'wallet-field',
    before: `(?i:${walletName})(?:\\\\*["']?\\s*(?:=>|[:=])\\s*\\\\*["']?|\\s+(?:is\\s+|to\\s+)?)${base58}{6}`,
    secret: '[0-9A-Za-z]{20,60}',
    after: '[0-9A-Za-z]{4}(?:[^0-9A-Za-z_.-]|$)',
    replacement: '…',
    when: owners,
    changes: [['{"wallet":"7EcDhSYGxXyscszYEp35KHN8vvw3svAuLK"}', '{"wallet":"7EcDhS…AuLK"}']],
    leaves: ['{"wallet":"0x1234…abcd"}', '{"walletId":"wal_123456789012345678901234567890"}'],
  },
];
