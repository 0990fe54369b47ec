import { foreign, isValue, quote } from './persons';
import { keep, type RedactionGroup } from './rule';

/** Words in the display name of a team, a program or a company. */
export const teamWords =
  '(?:support|info|service|sales|billing|news(?:letter)?|no-?reply|help|desk|office|team|studio|audifi|notifications?|alerts?|records|label|music|radio|gmbh|inc|ltd|llc|daemon|system|admin|ops|press|security|asterisk|anonymous|unknown|unavailable|restricted|conference|reception)';

/** Mailboxes of a team or a program. */
const roles =
  '(?:support|info|no-?reply|do-?not-?reply|hello|contact|billing|sales|team|help|postmaster|mailer-daemon|bounces?|notifications?|alerts?|admin|root|ops|press|security|abuse|feedback|news(?:letter)?)';

const addressTexts = ['address', 'addr'].flatMap((field) =>
  ['":', '\\":', '\\\\\\":', ': ', "': ", '=', ' ='].map((end) => field + end),
);
const is = `${isValue}${quote}`;
const nameIs = `(?:\\bname|display_?name)${is}`;
const beforeAddress = `${quote},\\s*(?:${quote})?(?:e?mail_?)?addr(?:ess)?${is}[^"'\\s\\\\]*@`;

/** Recipients as mail servers and test servers for mail write them. */
export const mailRecipients: RedactionGroup = {
  name: 'mail-recipients',
  // Their addresses open the theme.
  when: ['" <', '"<', 'mailbox', ...addressTexts],
  opens: [],
  rules: [
    {
      name: 'recipient-of-role',
      before: '\\\\*"',
      secret: '',
      after: `(?i:(?:[^"\\\\<>@]* )?${teamWords}(?: [^"\\\\<>@]*)?\\\\*" ?<)`,
      replacement: keep,
      changes: [
        ['to="AudiFi Support" <support@x.io>', `to="${keep}AudiFi Support" <support@x.io>`],
      ],
      leaves: ['to="Ada L" <ada@x.io>'],
    },
    {
      name: 'recipient',
      // Also in JSON in a Redis command, where each quote has several backslashes.
      before:
        '(?i:(?:\\bfor|\\b(?:orig_)?to=|\\b(?:to|cc|bcc|recipients?|header to|rcpt to|envelope-to)(?:\\\\*["\'])?\\s*[:=]\\s*\\[?\\s*(?:\\\\*["\'])?)\\s*\\\\*")',
      secret: `[^"\\\\<>@:{}0-9${keep}]+[ ,][^"\\\\<>@:{}0-9]+`,
      after: '\\\\*" ?<[^<>\\s]*(?:@|[(\\[{]at[)\\]}]|%40)',
      replacement: '[redacted]',
      changes: [
        [
          'for "Ravenscroft-Diallo, Benedikta" <d***(at)mailbox(dot)org> defer',
          'for "[redacted]" <d***(at)mailbox(dot)org> defer',
        ],
        ['to="Ada van L" <a***@x.io>, delay=1', 'to="[redacted]" <a***@x.io>, delay=1'],
        [
          '"SET" "q:7" "{\\"to\\":\\"\\\\\\"Ada L\\\\\\" <a***@x.io>\\"}"',
          '"SET" "q:7" "{\\"to\\":\\"\\\\\\"[redacted]\\\\\\" <a***@x.io>\\"}"',
        ],
        ['{"to":"\\"Ada L\\" <a***@x.io>"}', '{"to":"\\"[redacted]\\" <a***@x.io>"}'],
      ],
      leaves: [
        'for "Late Drive" <b>',
        'from="AudiFi" <x@x.io>',
        `to="${keep}AudiFi Support" <support@x.io>`,
      ],
    },
    {
      name: 'team-with-address',
      before: `(?i:${nameIs})`,
      secret: '',
      after: `(?i:(?:[^"'\\\\<>@]* )?${teamWords}(?: [^"'\\\\<>@]*)?${beforeAddress})`,
      replacement: keep,
      changes: [
        [
          '{"Name":"AudiFi Support","Address":"s@x.io"}',
          `{"Name":"${keep}AudiFi Support","Address":"s@x.io"}`,
        ],
      ],
      leaves: ['{"Name":"Ada L","Address":"a@x.io"}'],
    },
    {
      name: 'name-with-address',
      before: `(?i:${nameIs})`,
      secret: `[A-Z${foreign}][^"'\\\\<>@:0-9${keep}]* [^"'\\\\<>@:0-9]+`,
      after: `(?i:${beforeAddress})`,
      replacement: '[redacted]',
      changes: [
        ['{"Name":"Ada L","Address":"a@x.io"}', '{"Name":"[redacted]","Address":"a@x.io"}'],
        ["{ name: 'Ada L', address: 'a@x.io' }", "{ name: '[redacted]', address: 'a@x.io' }"],
        [
          '{"displayName":"Žofie L","addr":"a@x.io"}',
          '{"displayName":"[redacted]","addr":"a@x.io"}',
        ],
      ],
      leaves: [
        `{"Name":"${keep}AudiFi Support","Address":"s@x.io"}`,
        '{"name":"Main Stage","address":"Am Bach 3"}',
      ],
    },
    {
      name: 'mailbox-of-role',
      before: '(?i:\\bmailbox(?:\\\\*["\'])?\\s*:\\s*\\\\*["\'])',
      secret: '',
      after: `(?i:${roles}\\\\*["'])`,
      replacement: keep,
      changes: [['{"Mailbox":"noreply"', `{"Mailbox":"${keep}noreply"`]],
      leaves: ['{"Mailbox":"kaltenbrun"'],
    },
    {
      name: 'mailbox',
      // MailHog lists the parts of an address.
      before: `(?i:\\bmailbox(?:\\\\*["'])?\\s*:\\s*\\\\*["'])[^"'\\\\${keep}*]`,
      secret: '[^"\'\\\\*]*',
      after:
        '\\\\*["\'],\\s*(?i:\\\\*["\']?domain(?:\\\\*["\'])?\\s*:)\\s*\\\\*["\'][^"\'\\\\]+\\.',
      replacement: '***',
      changes: [
        [
          '{"Mailbox":"kaltenbrun","Domain":"icloud.com"}',
          '{"Mailbox":"k***","Domain":"icloud.com"}',
        ],
        [
          '{"m":"{\\"Mailbox\\":\\"ada\\",\\"Domain\\":\\"x.io\\"}"}',
          '{"m":"{\\"Mailbox\\":\\"a***\\",\\"Domain\\":\\"x.io\\"}"}',
        ],
      ],
      leaves: ['{"Mailbox":"INBOX"}', `{"Mailbox":"${keep}noreply","Domain":"x.io"}`],
    },
  ],
};
