import { fullNameInScripts, inName, isValue, quote, word } from './persons';
import { keep, type RedactionGroup } from './rule';

const roles =
  '(?:abuse|accounts?|admin|alerts?|billing|bot|bounces?|contact|devops|do-?not-?reply|feedback|hello|help|hi|info|invoices?|legal|mail|marketing|news(?:letter)?|no-?reply|notifications?|office|ops|payments|postmaster|press|privacy|robot|sales|security|service|status|support|system|team|updates|welcome)';
const words =
  '(?:audifi|billing|bot|cron|daemon|github|label|mailbox|mailer|music|notifications?|plan|records|root|sales|security|service|status|studio|support|system|team)';
/** Words in the reason that a server gives for refusing an address: `(Mailbox Full)`. */
const reasons =
  'access|bad|blocked|bounced?|denied|disabled|failed|full|host|invalid|limit|mailbox|no|not|quota|rejected|relay|request|server|spam|suppressed|timed?|unknown|user';
/** Headers and roles before the name of one person. */
const header =
  '(?i:(?:^|[^a-z])(?:to|from|b?cc|reply-?to|sender|author|committer|who|attendee|requester|user|recipient|signed-off-by|co-authored-by|contact|customer)(?:\\\\*["\'])?\\s*[:=]\\s*)';

/** Names beside e-mail addresses, which the rules for mail mask. */
export const mailNames: RedactionGroup = {
  name: 'mail-names',
  when: ['@', '%40'],
  rules: [
    {
      name: 'role-mailbox',
      before: `(?i:\\b${words}\\b[^<>"'\\\\@\\n]{0,20})(?:${quote})?\\s?`,
      secret: '',
      after: '(?:<|\\([^()\\s]*@)',
      replacement: keep,
      when: ['<', '('],
      changes: [['AudiFi Support <a@b.io>', `AudiFi Support ${keep}<a@b.io>`]],
      leaves: ['Ada Moser <a@b.io>'],
    },
    {
      name: 'role-address',
      before: '[\\s"\']',
      secret: '',
      after: `[<(](?i:${roles})(?:[+.-][^@<>\\s]*)?@`,
      replacement: keep,
      when: ['<', '('],
      changes: [['Ada at AudiFi <hello@b.io>', `Ada at AudiFi ${keep}<hello@b.io>`]],
      leaves: ['Ada Moser <ada@b.io>'],
    },
    {
      name: 'name-before-mail-address',
      before: `(?:^|[^${inName}0-9])(?:(?i:from|to|cc|by|for|user|author|mail|email|sender|customer|requester|guest|with|and) )*`,
      secret: fullNameInScripts,
      after: `\\s?<[^\\s<>()"'@]+@`,
      replacement: '[redacted]',
      when: ['<'],
      changes: [
        ['requester Ada Moser <a@b.io>, n', 'requester [redacted] <a@b.io>, n'],
        ['who:Ada von Loon<a@b.io>|n', 'who:[redacted]<a@b.io>|n'],
        ['From Élodie Ní Dhómhnaill <a@b.io>', 'From [redacted] <a@b.io>'],
      ],
      leaves: [`AudiFi Support ${keep}<a@b.io>`, 'MAIL FROM:<a@b.io>', 'sent to <a@b.io>'],
    },
    {
      name: 'quoted-name-before-address',
      before: quote,
      secret: `[${inName}][^"'\\\\<>@\\n]*`,
      after: `\\\\*["']\\s?<[^\\s<>()"'@]+@`,
      replacement: '[redacted]',
      when: ['<'],
      changes: [
        [`to: '"Moser, Ada" <a@b.io>'`, `to: '"[redacted]" <a@b.io>'`],
        ['{"to":"\\"Ada L\\" <a@b.io>"}', '{"to":"\\"[redacted]\\" <a@b.io>"}'],
      ],
      leaves: [`"AudiFi" ${keep}<a@b.io>`, '"to": "<a@b.io>"'],
    },
    {
      name: 'name-in-header',
      // Also a single word, and an address in brackets or without any.
      before: `${header}${quote}?`,
      secret: `${word}(?: [${inName}.'’-]+)*`,
      after: `\\\\*["']? ?(?:[<(][^\\s<>()"'@]+@| [^\\s<>()"'@]+@)`,
      replacement: '[redacted]',
      when: ['<', '(', 'from: ', 'to: ', 'author: ', 'committer: '],
      changes: [
        ['From: Ada <a@b.io>', 'From: [redacted] <a@b.io>'],
        ['author=Ada Moser (a@b.io)', 'author=[redacted] (a@b.io)'],
      ],
      leaves: [`From: AudiFi ${keep}<a@b.io>`, 'To: <a@b.io>'],
    },
    {
      name: 'name-after-role',
      before:
        '(?i:(?:^|[^a-z])(?:attendee|author|contact|customer|guest|owner|recipient|requester|sender|user) )',
      secret: fullNameInScripts,
      after: ` [(<]?[^\\s<>()"'@]+@`,
      replacement: '[redacted]',
      // The collector ignores longer lists.
      when: ['er ', 'or ', 'attendee ', 'contact ', 'guest ', 'recipient '],
      changes: [['contact Ada Moser (a@b.io)', 'contact [redacted] (a@b.io)']],
      leaves: ['Password Reset (a@b.io)', 'user 7 (a@b.io)'],
    },
    {
      name: 'encoded-name',
      before: '',
      secret:
        '=\\?[A-Za-z0-9-]+\\?[BbQq]\\?[^?\\s]*\\?=(?:\\s+=\\?[A-Za-z0-9-]+\\?[BbQq]\\?[^?\\s]*\\?=)*',
      after: `\\\\*["']?\\s*<[^\\s<>@]+@`,
      replacement: '[redacted]',
      when: ['=?'],
      changes: [['To: =?UTF-8?Q?J=C3=BC_S?= <a@b.io>', 'To: [redacted] <a@b.io>']],
      leaves: ['Subject: =?UTF-8?Q?J=C3=BC_S?='],
    },
    {
      name: 'reason-after-address',
      before: `@[^\\s<>()"'@]+>? \\((?i:[^()\\n]*?\\b(?:${reasons})\\b)`,
      secret: '',
      after: '[^()\\n]*\\)',
      replacement: keep,
      when: ['('],
      changes: [['a@b.io (Mailbox Full)', `a@b.io (Mailbox${keep} Full)`]],
      leaves: ['a@b.io (Ada Moser)'],
    },
    {
      name: 'name-after-address',
      before: `@[^\\s<>()"'@]+>? \\(`,
      secret: fullNameInScripts,
      after: '\\)',
      replacement: '[redacted]',
      when: ['('],
      changes: [['payer a@b.io (Ada Moser) declined', 'payer a@b.io ([redacted]) declined']],
      leaves: [`a@b.io (Mailbox${keep} Full)`, 'a@b.io (retry 2)', 'a@b.io (Denied)'],
    },
    {
      name: 'name-after-address-in-list',
      before: `@[a-z0-9.-]+${quote},\\s*${quote}`,
      secret: fullNameInScripts,
      after: `${quote}\\s*[,)\\]]`,
      replacement: '[redacted]',
      changes: [["args=('a@b.io', 'Ada Moser', 'pt')", "args=('a@b.io', '[redacted]', 'pt')"]],
      leaves: ['["a@b.io","welcome","Night"]'],
    },
    {
      name: 'name-after-address-field',
      before: `(?i:(?:address|addr|value)${isValue}${quote}[^\\s"'\\\\<>]+@[^\\s"'\\\\<>]+${quote},\\s*(?:${quote})?(?:display_?)?name${isValue}${quote})`,
      secret: fullNameInScripts,
      after: '\\\\*["\'`]',
      replacement: '[redacted]',
      when: ['name'],
      changes: [
        ['{"address":"a@b.io","name":"Ada Moser"}', '{"address":"a@b.io","name":"[redacted]"}'],
      ],
      leaves: ['{"address":"a@b.io","name":"welcome"}', '{"address":"x","name":"Night Drive"}'],
    },
    {
      name: 'name-in-row',
      // Rows of imported tables, whose columns have no names.
      before: '(?i:\\b(?:csv|import\\w*|rows?|line|record)\\b[^\\n]*?)(?:[;,|\\t>:=([]|\\\\t)\\s*',
      secret: `\\\\*"?${word}(?: ${word})*\\\\*"?(?:[;,|\\t]\\\\*"?${word}(?: ${word})*\\\\*"?)*`,
      after: '[;,|\\t]\\\\*"?[^\\s;,"@]+@',
      replacement: '[redacted]',
      when: ['csv', 'import', 'row', 'line', 'record'],
      changes: [
        [
          'csv-import row 8: bad -> "Moser";"Ada";"a@b.io";"Groove City"',
          'csv-import row 8: bad -> [redacted];"a@b.io";"Groove City"',
        ],
        ['line 8 of p.csv: 7;Moser;Ada;a@b.io;x', 'line 8 of p.csv: 7;[redacted];a@b.io;x'],
      ],
      leaves: ['csv row 8: a@b.io;drums', 'import row 8: bad a@b.io'],
    },
  ],
};

/** Names beside phone numbers and other data of a person. */
const personal = '(?:e-?mail|phone|mobile|msisdn|tel|birth|dob)[a-z_]*';
export const namesBeside: RedactionGroup = {
  name: 'names-beside',
  when: ['mail', 'phone', 'mobile', 'msisdn', 'tel"', 'tel:', 'tel=', 'birth', 'dob'],
  opens: ['phone', '@'],
  rules: [
    {
      name: 'name-beside-before',
      before: `(?:^|[^A-Za-z0-9_.])(?i:(?:display_?)?name${isValue}${quote})`,
      secret: fullNameInScripts,
      after: `\\\\*["'][^{}\\n]*?(?i:${personal}${isValue}[[\\\\"'0-9+(])`,
      replacement: '[redacted]',
      when: ['name'],
      changes: [
        ['name="Ada Moser",email="a@b.io"', 'name="[redacted]",email="a@b.io"'],
        ['{"name":"Ada Moser","id":4,"phone":"1"}', '{"name":"[redacted]","id":4,"phone":"1"}'],
      ],
      leaves: ['{"track":{"name":"Night Drive"},"email":"a@b.io"}', 'name="Ada" phone="1"'],
    },
    {
      name: 'name-beside-after',
      before: `(?i:${personal}${isValue}[\\\\"'0-9+(*][^{}\\n]*?[^a-z0-9_.]name${isValue}${quote})`,
      secret: fullNameInScripts,
      after: '\\\\*["\']',
      replacement: '[redacted]',
      when: ['name'],
      changes: [
        ['{"phone":"1","name":"Ada Moser"}', '{"phone":"1","name":"[redacted]"}'],
        ["{ mobile: '1', id: 4, name: 'Ada Moser' }", "{ mobile: '1', id: 4, name: '[redacted]' }"],
      ],
      leaves: ['{"email":"a@b.io","plan":{"name":"Studio Annual"}}', 'phone="1" file_name="A B"'],
    },
    {
      name: 'phone-in-protobuf',
      before:
        '(?i:\\b(?:mobile|phone|tel)[a-z_]*\\s*\\{[^{}]*?\\b(?:national|number|local)[a-z_]*\\s*:\\s*\\\\*["\']?)',
      secret: '[0-9][0-9 -]{4,}',
      replacement: '[redacted]',
      when: ['mobile', 'phone'],
      changes: [
        [
          'mobile { country: 46 national: "7271648" }',
          'mobile { country: 46 national: "[redacted]" }',
        ],
      ],
      leaves: ['mobile { country: 46 }', 'track { number: 727164 }'],
    },
  ],
};
