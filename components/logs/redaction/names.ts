/**
 * Names of fields whose values are dropped: the end of a name in any spelling (`newPassword`,
 * `DB_PASSWORD`, `api key`), and suffixes (`password2`, `passwordHash`). The names are split into
 * families, because one pattern of all names is a hundred times as slow in Go as one family, and
 * most lines contain names of one family only.
 */
export interface NameFamily {
  readonly family: string;
  /** RE2 pattern, case-insensitive. */
  readonly names: string;
  /**
   * Names that only match as a whole word, after a separator or as a word of `camelCase`, where
   * they start with a capital. Otherwise `spin` would match `pin`. @default false
   */
  readonly whole?: string;
  /** Whether the suffixes of `affix` may follow. @default true */
  readonly affixes?: boolean;
  /** Whether a number is not a secret: `tokens: 150` is an amount. @default false */
  readonly notNumbers?: boolean;
  /** Substrings, in lower case. Every name of the family contains one of them. */
  readonly words: readonly string[];
  /** Keys with such names, for the examples of the rules. */
  readonly examples: readonly [string, ...string[]];
  /** Keys that look similar but must not match. */
  readonly others: readonly [string, ...string[]];
}

/** Separator between two words of a name. */
const joint = '[ _.-]?';

/** Suffixes that do not change the kind of value. */
export const affix = `(?:${joint}(?:v?[0-9]+|hash|confirm(?:ation)?|repeat|again|value|plain|raw|text|data|new|old|base))?`;

// Sorted, because engines merge common prefixes of neighbours only.
const keys =
  'access|account|admin|aes|api|app|auth|bot|client|consumer|deploy|(?:en|de)crypt(?:ion)?|ingest|' +
  'integration|jwt|license|mac|master|priv(?:ate)?|root|routing|rpc|rsa|secret|server|service|session|' +
  'shared|sign(?:ing|er)|ssh|stream|sym|write';
const codes =
  'otp|mfa|totp|2fa|gift(?:[ _]?card)?|verif(?:y|ication)|recovery|backup|security|auth(?:orization)?|access|reset|' +
  'confirm(?:ation)?|invit(?:e|ation)|activation|factor|login|magic|sms|pin|time|device|user|unlock';

/** Names of fields with the name of an account's or a card's holder. */
export const holderNames = `(?:(?:card|account)${joint}holder(?:${joint}name)?|holder${joint}name|name${joint}on${joint}card)`;

/** Combines a name that is too short for a search with its possible endings. */
const ending = (...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => ['"', "'", '=', ':', '\\', ' ='].map((end) => name + end));

/** `code` with the preceding letter, so that a line with `statusCode` is not checked. */
export const codeWords: readonly string[] = [
  ...['p', 'a', 'y', 'n', 'h', 't', 'm', 'e', 'k', 'r', 'c', 'cess', 'sms', '_', '-', ' ', '.'].map(
    (letter) => `${letter}code`,
  ),
];

export const nameFamilies: readonly NameFamily[] = [
  {
    family: 'authorization',
    names: '(?:authorization|cookies?|bearer)',
    affixes: false,
    words: ['uthorizat', 'kie', 'bearer'],
    examples: ['Authorization', 'proxy-authorization', 'set-cookie', 'cookies', 'bearer'],
    others: ['authorizationId', 'authorized', 'cookieCount'],
  },
  {
    family: 'token',
    names: '(?:token|jwt|[cx]srf)',
    words: ['ken', 'jwt', 'srf'],
    examples: ['token', 'access_token', 'refreshToken', 'jwt', 'tokenHash', 'tokenValue'],
    others: ['tokenId', 'tokenType', 'tokenExpiry'],
  },
  {
    family: 'password',
    // Also with typos, and in German, French, Spanish, Portuguese and Dutch.
    names:
      `(?:pass${joint}(?:w(?:(?:or)?[dt](?:_?digest)?)?|phrase|code|key)|pas(?:word|swrod|sowrd|sord)|pwd|secret|cred(?:s|entials?)?|kennwort|` +
      `mot${joint}de${joint}passe|masterauth|contrase(?:ñ|n|\\\\+u00f1)a|senha|wachtwoord)`,
    words: [
      'pass',
      'asword',
      'wd',
      'cret',
      'cred',
      'kennw',
      'contrase',
      'senha',
      'wachtw',
      'masterauth',
    ],
    examples: [
      ...([
        'password',
        'newPassword',
        'DB_PASSWORD',
        'passWord',
        'password_hash',
        'clientSecret',
      ] as const),
      ...['passcode', 'passwordConfirmation', 'password2', 'password_digest', 'credentials', 'PWD'],
      ...['kennwort', 'motDePasse', 'contraseña', 'masterauth', 'dbCreds'],
    ],
    others: ['passwordChanged', 'secretary', 'passengers', 'secretName'],
  },
  {
    family: 'key',
    names: `(?:${keys})${joint}key`,
    words: ['key'],
    examples: [
      ...(['apiKey', 'routing_key', 'private-key', 'API_KEY', 'masterKey', 'streamKey'] as const),
      'SECRET_KEY_BASE',
      ...['macKey', 'privKey'],
    ],
    others: ['key', 'keys', 'apiKeyId', 'monkey', 'publicKey', 'cacheKey'],
  },
  {
    family: 'code',
    names: `(?:(?:${codes})${joint}codes?|otp_attempt)`,
    affixes: false,
    words: [...codeWords, 'otp'],
    examples: [
      ...(['otpCode', 'mfa_code', 'recoveryCode', 'verification code', 'backupCodes'] as const),
      ...['otp_attempt', 'gift_card_code', 'twoFactorCode'],
    ],
    others: ['statusCode', 'errorCode', 'code', 'country_code', 'decode'],
  },
  {
    family: 'plural',
    names: `(?:token|pass${joint}(?:w(?:or)?d|phrase|code)|secret|jwt|(?:api|access|secret|private|session|signing|cookie|mac)${joint}key)s`,
    affixes: false,
    notNumbers: true,
    words: ['kens', 'pass', 'crets', 'jwts', 'keys'],
    examples: ['tokens', 'apiKeys', 'passwords', 'clientSecrets'],
    others: ['tokensUsed', 'keys', 'passwordsChanged'],
  },
  {
    family: 'short',
    names:
      '(?:(?:require|db|smtp|user|root|admin|mail|redis|login|auth)?pass|pw|psk|pin|t?otp|cvv2?|cvc2?|cvn|ssn)',
    whole: '(?:Pass|Pw|Psk|Pin|T?otp|Otp|Cvv2?|Cvc2?|Cvn|Ssn)',
    words: [...['pass', 'psk', 'otp', 'vv', 'vc', 'vn', 'ssn', 'pin%'], ...ending('pw', 'pin')],
    examples: ['pass', 'pin', 'cvc', 'user_otp', 'card.cvv2', 'smtpPass', 'SMTP_PASS'],
    // In a mixer, `pan` is a position.
    others: ['spin', 'pins', 'bypass', 'pan', 'panel', 'compass'],
  },
  {
    family: 'payment',
    names:
      `(?:(?:card|passport|licen[cs]e)${joint}(?:number|num|no)|credit${joint}card|iban|` +
      `account${joint}number|tax${joint}id|webhook${joint}url|(?:magic|reset|invite|login)${joint}link|` +
      `registry${joint}auth|code${joint}verifier|saml${joint}(?:response|request|art)|(?:captcha|turnstile)${joint}(?:response|token)|${holderNames})`,
    affixes: false,
    words: [
      ...['card', 'passport', 'licen', 'iban', 'untn', 'unt_n', 'unt-n', 'unt n'],
      ...['xid', 'x_id', 'x id', 'x-id', 'link', 'try-auth', 'try_auth', 'tryauth'],
      ...['hooku', 'hook_u', 'hook-u', 'hook u', 'hook.u'],
      ...['verifier', 'saml', 'captcha', 'turnstile', 'holder'],
    ],
    examples: [
      ...(['cardNumber', 'iban', 'webhookUrl', 'magic-link', 'card_no', 'reset_link'] as const),
      ...['code_verifier', 'SAMLResponse', 'g-recaptcha-response', 'registryAuth'],
      ...['holderName', 'account_holder_name', 'nameOnCard'],
    ],
    others: ['cardNumberLength', 'webhookUrlId', 'card'],
  },
  {
    family: 'phrase',
    // Also keys, because the pattern of the family `key` would become too large for fast matching.
    names: `(?:mnemonic(?:${joint}phrase)?|(?:recovery|secret|security)${joint}answers?[0-9]?(?:\\[[0-9]\\])?|(?:seed|recovery|secret|backup)${joint}(?:phrase|words?)|(?:t?otp|hotp|mfa|2fa|wallet)${joint}seed|(?:pgp|recovery|symmetric)${joint}key)`,
    affixes: false,
    words: [
      ...['mnem', 'phrase', 'word', 'answer', 'seed'],
      ...['', '_', '-', ' ', '.'].flatMap((between) =>
        ['very', 'gp', 'ric'].map((end) => `${end}${between}key`),
      ),
    ],
    examples: [
      'mnemonic',
      'seed_phrase',
      'recoveryPhrase',
      'securityAnswer2',
      'security_answer[0]',
      'secretAnswer',
      'totp_seed',
      'walletSeed',
      'recoveryKey',
    ],
    others: ['phrases', 'signature', 'mnemonics'],
  },
  {
    family: 'address',
    names:
      `(?:(?:postal|ship(?:ping|to)?|bill(?:ing)?|street|home|mailing|delivery|residential|invoice)${joint}address(?:es)?|` +
      `street(?:${joint}(?:name|number|line))?${joint}[0-9]?|address${joint}(?:line)?${joint}[0-9]|(?:zip|postal)${joint}code|` +
      `address${joint}line|postcode|house${joint}number|anschrift|stra(?:ss|ß)e|hausnummer)`,
    affixes: false,
    words: [
      'dres',
      'stree',
      'zipc',
      'zip_',
      'zip-',
      'zip c',
      'postal',
      'postc',
      'house',
      'anschrift',
      'strasse',
      'straße',
      'hausn',
    ],
    examples: [
      'shippingAddress',
      'billing_address',
      'street',
      'streetName',
      'postal_code',
      'addressLine1',
      'strasse',
    ],
    others: ['address', 'streets', 'addressId', 'addressLines'],
  },
  {
    family: 'zip',
    names: '(?:zip|plz|postal|line[_-]?[12])',
    whole: '(?:Zip|Plz)',
    affixes: false,
    words: [
      ...['"zip', "'zip", '_zip', '[zip', ' zip', '.zip', 'zip=', 'zip:', 'plz', 'postal'],
      ...['line1', 'line2', 'line_1', 'line_2', 'line-1', 'line-2'],
    ],
    examples: ['zip', 'user_zip', 'postal', 'line1', 'line_2'],
    others: ['gzip', 'zipped', 'online1'],
  },
  {
    family: 'body',
    names: `(?:body|html|(?:mail|body|html|text)${joint}(?:contents?|text|subject|part))`,
    affixes: false,
    words: [
      'body',
      'html"',
      "html'",
      'html=',
      'html:',
      'html\\',
      'htmlc',
      'html_',
      'textc',
      'text_c',
      'mailc',
      'mailt',
      'mails',
      'mail_',
      'mail-',
      'mail con',
      'mail tex',
      'mail sub',
    ],
    examples: ['body', 'emailBody', 'html_body', 'mailText', 'EMAIL_CONTENT', 'messageBody'],
    others: ['bodySize', 'mail', 'context', 'message'],
  },
];

/** Ends of names whose values are secrets, for rare notations. */
export const anyName =
  '(?:(?:token|jwt|pass|passw(?:or)?d|passphrase|passcode|pwd|secret|credentials?|bearer|authorization|cookie|otp|cv[cv]|' +
  '(?:api|access|secret|private|auth|master|encryption|stream|signing|service|hmac)[_-]?key|mnemonic|pin|[a-z_-]code|signature)' +
  '(?:s|[_-]?(?:[0-9]|hash|confirmation))?)';

/** Ends of names of fields with an address. */
export const addressName =
  '(?:street(?:_?(?:name|line))?_?[0-9]?|address_?line_?[0-9]?|line_?[0-9]|postal_?code|post_?code)';

/** Names in free text. There are more names of fields. */
export const spoken =
  '(?:token|jwt|passw(?:or)?d|passphrase|passcode|secret|api[ _-]?key|credentials?|authorization|cookie|otp|pin)';
