import { affix, spoken } from './names';
import { keep, type RedactionRule } from './rule';

/** What follows the name of a secret but is a reason, a name or a symbol. */
export const reasonsAndNames: readonly RedactionRule[] = [
  {
    name: 'error-of-key',
    // `Failed to parse private key: Error: Too few bytes`
    when: ['key: ', 'token: ', 'word: ', 'cret: ', 'ials: ', 'cookie: ', 'umber: ', 'iban: '],
    before: '(?i:(?:key|token|password|secret|credentials|cookie|number|iban): )',
    secret: '',
    after:
      '(?:(?:[A-Z][A-Za-z]*)?(?:Error|Exception|error)\\b[:\\[( ]|(?:[Uu]nsupported|[Uu]nknown|[Uu]nexpected|[Uu]nrecogni[sz]ed|[Ii]nvalid|[Ii]llegal|[Mm]alformed|[Mm]issing|[Ff]ailed|[Cc]annot|[Cc]ould|[Nn]ot|[Tt]oo|[Mm]ust|[Bb]ad|[Nn]o) [a-z]|(?:Bad Request|Unauthorized|Forbidden|Not Found|Conflict|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)\\b)',
    replacement: keep,
    changes: [
      [
        'Failed to parse private key: Error: Too few bytes',
        `Failed to parse private key: ${keep}Error: Too few bytes`,
      ],
      ['bad token: TypeError: x', `bad token: ${keep}TypeError: x`],
      ['refresh token: Bad Request', `refresh token: ${keep}Bad Request`],
      [
        'Cannot parse privateKey: Unsupported key',
        `Cannot parse privateKey: ${keep}Unsupported key`,
      ],
      ['as a Secret: illegal base64 data', `as a Secret: ${keep}illegal base64 data`],
      ['card number: failed checksum', `card number: ${keep}failed checksum`],
      ['on auth.refreshToken: TRPCError: x', `on auth.refreshToken: ${keep}TRPCError: x`],
      [
        'load private key: error:1E08010C:DECODER routines',
        `load private key: ${keep}error:1E08010C:DECODER routines`,
      ],
    ],
    leaves: ['password: Errors1', 'token: ErrorX9'],
  },
  {
    name: 'message-of-validator',
    // `constraints: { isStrongPassword: 'password is not strong enough' }`
    when: ['must', 'should', 'is not', 'is too', 'does not', 'cannot'],
    before: `(?i:${spoken}\\\\*["']?\\s*:\\s*)`,
    secret: '',
    after:
      '\\\\*["\'](?:[A-Za-z]+ )+?(?:must|should|is not|is too|does not|cannot) [a-z0-9 ,.()]+\\\\*["\']',
    replacement: keep,
    changes: [
      [
        "isStrongPassword: 'password is not strong enough'",
        `isStrongPassword: ${keep}'password is not strong enough'`,
      ],
    ],
    leaves: ["password: 'hunter2'", "password: 'is not'"],
  },
  {
    name: 'validation-messages',
    when: ['must', 'should', 'cannot', "can't", 'required', 'is too', 'does'],
    before: `(?i:(?:${spoken}|key)${affix})(?:\\\\*["'])?\\s*:\\s*`,
    secret: '',
    after:
      "\\[\\s*(?:\\\\*[\"'][A-Za-z ]{0,40}\\b(?:must|should|can(?:no|')t|(?:is r|R)equired|is too|does)\\b[A-Za-z0-9 ,.()'-]{0,70}\\\\*[\"'],?\\s*)+\\]",
    replacement: keep,
    changes: [
      ['{"password":["password must be long"]}', `{"password":${keep}["password must be long"]}`],
      ["{ API_KEY: [ 'Required' ] }", `{ API_KEY: ${keep}[ 'Required' ] }`],
      ['{"password":["is too short (12)"]}', `{"password":${keep}["is too short (12)"]}`],
      [
        '{"m":"{\\"password\\":[\\"must be long\\"]}"}',
        `{"m":"{\\"password\\":${keep}[\\"must be long\\"]}"}`,
      ],
    ],
    leaves: ['{"password":["hunter2"]}'],
  },
  {
    name: 'part-of-name',
    // The name of a queue, a rate limit or a Redis key. A code would have digits.
    when: ['otp:'],
    before: '(?i:(?:^|[^A-Za-z])t?otp:)',
    secret: '',
    after: '[a-z]+(?:[:._-][a-z]+)*(?:[\\s,;)"\'\\\\\\]}]|$)',
    replacement: keep,
    changes: [
      ['keyPrefix=rlflx:otp:send n=6', `keyPrefix=rlflx:otp:${keep}send n=6`],
      ['queue "otp:send-sms"', `queue "otp:${keep}send-sms"`],
    ],
    leaves: ['otp:482914', 'otp:a1b2c3', 'otp: none'],
  },
  {
    name: 'symbol-of-token',
    // The symbol of a cryptocurrency.
    when: ['token'],
    before: '(?i:(?:^|[^a-z])(?:[a-z]+_)?token(?:_?symbol)?(?:\\\\*["\'])?\\s*[:=]\\s*)',
    secret: '',
    after: '(?:\\\\*["\'][A-Z]{2,6}\\\\*["\']|[A-Z]{2,6}(?:[\\s,;)}]|$))',
    replacement: keep,
    changes: [
      ["{ token: 'USDC', decimals: 6 }", `{ token: ${keep}'USDC', decimals: 6 }`],
      ['{"token":"WETH"}', `{"token":${keep}"WETH"}`],
      ['swap token=MATIC amount=1', `swap token=${keep}MATIC amount=1`],
    ],
    leaves: ["{ token: 'usdc' }", 'token=ABCDEFG', '{"token":"AB1"}'],
  },
];
