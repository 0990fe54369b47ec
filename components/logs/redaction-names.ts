import { spellings } from './redaction-rule';

/**
 * Names of fields whose values are dropped, by what is looked for in a line before a pattern is tried. Go's engine takes
 * a hundred times as long for a pattern of all names at once: what fits into 500 instructions is another algorithm.
 */
export interface NameFamily {
  readonly family: string;
  /** RE2 without regard to case; the end of a key: `newPassword` and `db.password` are passwords too. */
  readonly names: string;
  /** Only as the whole key or behind a separator, else `spin` would end in `pin`. @default false */
  readonly whole?: boolean;
  /** Texts of which one is in every line with such a name. */
  readonly words: readonly string[];
  /** Texts of which one ends every such name. */
  readonly ends: readonly string[];
  /** What follows is not known: the ends alone are looked for. @default false */
  readonly open?: boolean;
  /** Keys that are such names, for the rules' examples. */
  readonly examples: readonly [string, ...string[]];
  /** Keys that look alike. */
  readonly others: readonly [string, ...string[]];
}

/** Two words as people join them: `cardNumber`, `card_number`, `Card-Number`, `CARD_NUMBER`. */
function joined(firsts: readonly string[], seconds: readonly string[]): readonly string[] {
  const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
  return firsts.flatMap((first) =>
    seconds.flatMap((second) => {
      const pairs = [
        [first, second],
        [first, capital(second)],
        [capital(first), capital(second)],
        [first.toUpperCase(), second.toUpperCase()],
      ];
      return pairs.flatMap((pair) => ['', '_', '-'].map((separator) => pair.join(separator)));
    }),
  );
}

export const nameFamilies: readonly NameFamily[] = [
  {
    family: 'authorization',
    names: 'authorization',
    words: spellings('authorization'),
    ends: spellings('authorization'),
    examples: ['Authorization', 'proxy-authorization'],
    others: ['authorizationId', 'authorized'],
  },
  {
    family: 'cookie',
    names: 'cookies?',
    words: spellings('cookie'),
    ends: spellings('cookie', 'cookies'),
    examples: ['Cookie', 'set-cookie', 'cookies'],
    others: ['cookieCount'],
  },
  {
    family: 'token',
    names: '(?:token|jwt)',
    words: spellings('token', 'jwt'),
    ends: spellings('token', 'jwt'),
    examples: ['token', 'access_token', 'refreshToken', 'jwt'],
    others: ['tokenId', 'tokens'],
  },
  {
    family: 'key',
    names:
      '(?:api|access|secret|private|signing|encryption|routing|integration|service|license)[_-]?key',
    words: spellings('key'),
    ends: spellings('key'),
    examples: ['apiKey', 'routing_key', 'private-key', 'API_KEY'],
    others: ['key', 'keys', 'apiKeyId', 'monkey'],
  },
  {
    family: 'password',
    names: '(?:passw(?:or)?d|passphrase|pwd|secret|credentials?|passw(?:or)?d[_-]?hash)',
    words: spellings('passw', 'passphrase', 'pwd', 'secret', 'credential'),
    ends: [
      ...spellings(
        'password',
        'passwd',
        'passphrase',
        'pwd',
        'secret',
        'credential',
        'credentials',
      ),
      ...joined(['password', 'passwd'], ['hash']),
    ],
    examples: ['password', 'newPassword', 'DB_PASSWORD', 'password_hash', 'clientSecret'],
    others: ['passwordChanged', 'secretary'],
  },
  {
    family: 'seldom',
    names:
      '(?:mnemonic|(?:seed|recovery)[_-]?phrase|webhook[_-]?url|magic[_-]?link|card[_-]?(?:number|no)|cc[_-]?number|iban)',
    words: spellings('mnemonic', 'phrase', 'webhook', 'magic', 'card', 'cc', 'iban'),
    ends: [
      ...spellings('mnemonic', 'iban'),
      ...joined(['seed', 'recovery'], ['phrase']),
      ...joined(['webhook'], ['url']),
      ...joined(['magic'], ['link']),
      ...joined(['card'], ['number', 'no']),
      ...joined(['cc'], ['number']),
    ],
    examples: ['mnemonic', 'seed_phrase', 'webhookUrl', 'magic-link', 'cardNumber', 'iban'],
    others: ['cardNumberLength', 'phrases', 'webhookUrlId'],
  },
  {
    family: 'short',
    names: '(?:pin|t?otp|cvv2?|cvc2?|ssn|zip)',
    whole: true,
    words: spellings('pin', 'otp', 'cvv', 'cvc', 'ssn', 'zip'),
    ends: spellings('pin', 'otp', 'cvv', 'cvv2', 'cvc', 'cvc2', 'ssn', 'zip'),
    examples: ['pin', 'cvc', 'user_otp', 'card.cvv2', 'zip'],
    others: ['spin', 'gzip', 'pins'],
  },
  {
    family: 'address',
    names:
      '(?:(?:postal|shipping|billing|street|home|mailing|delivery)[_-]?address|street(?:[_-]?(?:name|number|line))?|' +
      '(?:zip|postal)[_-]?code|postcode)',
    words: spellings('address', 'street', 'zip', 'postal', 'postcode'),
    ends: [
      ...spellings('address', 'street', 'postcode'),
      ...joined(['street'], ['name', 'number', 'line']),
      ...joined(['zip', 'postal'], ['code']),
    ],
    examples: ['shippingAddress', 'billing_address', 'street', 'streetName', 'postal_code'],
    others: ['address', 'streets', 'addressId'],
  },
  {
    family: 'address-line',
    names: 'address[_-]?line[_-]?[0-9]?',
    words: spellings('address'),
    // A digit may follow.
    ends: joined(['address'], ['line']),
    open: true,
    examples: ['addressLine1', 'address_line_2', 'address-line'],
    others: ['addressLines'],
  },
  {
    family: 'body',
    names: '(?:body|html|(?:mail|body)[_-]?(?:contents?|text))',
    words: spellings('body', 'html', 'mail'),
    ends: [
      ...spellings('body', 'html'),
      ...joined(['mail', 'body'], ['content', 'contents', 'text']),
    ],
    examples: ['body', 'emailBody', 'html_body', 'mailText', 'EMAIL_CONTENT'],
    others: ['bodySize', 'mail', 'context'],
  },
];
