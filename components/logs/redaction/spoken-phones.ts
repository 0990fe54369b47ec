import { phoneWords } from './phone-names';
import type { RedactionGroup } from './rule';

/** Services that send messages to phones. */
const smsProviders = ['vonage', 'nexmo', 'messagebird', 'plivo', 'infobip'] as const;

/** Words about calls and messages. */
const calls =
  'call(?:ed|ing|s)?|caller|phoned?|phones|sms|tel(?:ephone)?|mobile|cell|text(?:ed)?|whatsapp|dial(?:led|ing)?|fax';

/** A number that is only recognisable as a phone number by the text before it. */
export const spokenPhones: RedactionGroup = {
  name: 'spoken-phones',
  when: [
    ...phoneWords,
    'call',
    'dial',
    'ring ',
    'ckruf',
    'texted',
    'text to',
    'reach ',
    'contact',
    'number',
    'otp',
    'code sent',
    'text sent',
    'wa_id',
    ...smsProviders,
  ],
  opens: [
    ...phoneWords,
    ...smsProviders,
    // Not `caller=`, which many programs in Go write in every line. `searched` skips letters, so
    // `caller ` would find `controller `, and `calling` would find `billing`.
    ...['call ', 'called', 'callin', 'calls', 'callb', 'call:', 'call(', 'caller\\n'],
    ...[' caller ', '"caller ', ' caller:', '"caller:', 'caller +', 'caller 0', 'caller from'],
    'ckruf',
    ...['call\\', 't number', "' number", '" number', 'is unverified'],
    ...['otp', 'wa_id', 'code sent', 'text sent', 'dial ', 'number is ', 'reach me'],
  ],
  rules: [
    {
      name: 'spoken-phone',
      before: `(?i:(?:\\b|_)(?:${calls}|ring|reach|contact|number|r(?:ü|ue)ckruf)(?:[\\]: ]|\\\\[nrt]|[a-z.]){0,24}?(?:[ :(]|\\\\[nrt]))`,
      secret: '(?:\\+|00|\\(?0)(?:[ ()./-]{0,3}[0-9]){2,12}[ ()./-]{0,2}',
      after: '[0-9](?:[ -]?[0-9]){3}\\b',
      replacement: '***',
      changes: [
        ['call 020 7946 0309 back', 'call ***0309 back'],
        ['contact_phone 06 12 34 56 78 invalid', 'contact_phone ***56 78 invalid'],
        ['Rueckruf an 0151/23456782 erbeten', 'Rueckruf an ***6782 erbeten'],
        ['sms to 004915123456354 queued', 'sms to ***6354 queued'],
        ['sms to 07700 900310 queued', 'sms to ***0310 queued'],
        ['[sms] 0151 23456354 -> sent', '[sms] ***6354 -> sent'],
      ],
      leaves: ['call 2 of 10', 'call took 0.123 ms', 'contact 42'],
    },
    {
      name: 'spoken-national-phone',
      // The area code is in parentheses, or each group has two digits, or the number is toll-free.
      before: `(?i:\\b(?:${calls}|number|otp|code sent to)(?:[\\]: ]|\\\\[nrt]|[a-z.]){0,24}?(?:[ :]|\\\\[nrt]))`,
      secret:
        '(?:(?:8 ?)?\\([1-9][0-9]{1,3}\\) ?[0-9]{3,5}[ -]?|1-[2-9][0-9]{2}-[0-9]{3}-|0[1-9](?:\\.[0-9]{2}){2}\\.)',
      after: '[0-9](?:[ .-]?[0-9]){3}\\b',
      replacement: '***',
      changes: [
        ['sms to (11) 91234-5678 queued', 'sms to ***5678 queued'],
        ['call back:\\n8 (916) 123-45-67\\nok', 'call back:\\n***45-67\\nok'],
        ['dial 06.12.34.56.78', 'dial ***56.78'],
        ['calling 1-800-555-0199', 'calling ***0199'],
      ],
      leaves: ['call took 06.12 ms', 'call (42) 1234', 'number 1-2-3'],
    },
    {
      name: 'refused-phone',
      // What a service quotes without `+`.
      before: '(?i:["\'](?:to|from)\\\\*["\'] (?:phone )?number:? \\\\*["\']?)',
      secret: '[1-9][0-9]{4,10}',
      after: '[0-9]{4}\\b',
      replacement: '***',
      when: ['number'],
      changes: [
        ["The 'To' number 447700900461 is not valid", "The 'To' number ***0461 is not valid"],
      ],
      leaves: ["'to' number 42", 'invoice number 447700900461'],
    },
    {
      name: 'judged-phone',
      before: '(?i:\\bnumber:? \\\\*["\']?)',
      secret: '[1-9][0-9]{4,10}',
      after:
        "[0-9]{4}\\\\*[\"']? (?i:is (?:not |an? |currently ){0,3}(?:in)?(?:valid,? )?(?:phone|mobile|sms|unverified|verified|reachable|landline)|has (?:opted out|unsubscribed)|can(?:not|'t) receive)",
      replacement: '***',
      when: ['phone', 'sms', 'mobile', 'verified', 'reachable', 'landline', 'opted', 'receive'],
      changes: [
        [
          'number 447700900461 is not a valid phone number',
          'number ***0461 is not a valid phone number',
        ],
        ['The number 15005550009 is unverified', 'The number ***0009 is unverified'],
      ],
      leaves: ['number 447700900461 is not a valid invoice'],
    },
    {
      name: 'message-recipient',
      before: `(?i:(?:${['sms', ...smsProviders].join('|')})[^}]{0,140}?\\b(?:(?:to|from|recipients?)\\\\*["']?\\s*[:=]\\s*\\[?\\\\*["']?|recipient\\s+))`,
      secret: '(?:(?:00|\\(?0)(?:[ ()./-]{0,2}[0-9]){4,9}[ -]?|[1-9][0-9]{5,10})',
      after: '[0-9](?:[ -]?[0-9]){3}\\b',
      replacement: '***',
      when: ['sms', ...smsProviders],
      changes: [
        ["sendSms({ to: '07700900310' })", "sendSms({ to: '***0310' })"],
        ['{"sms":{"to":"07700900310"}}', '{"sms":{"to":"***0310"}}'],
        ['{"channel":"sms","to":"07700 900310"}', '{"channel":"sms","to":"***0310"}'],
      ],
      leaves: ['sms to: user_1234567890', '{"sms":{"to":"user_7"}}'],
    },
    {
      name: 'recipient-of-code',
      before: '(?i:\\b(?:for|to|from|by)\\s+)',
      secret: '\\(?00?[1-9][0-9]{0,11}(?:[ ()/-]{1,3}[0-9]+){0,4}[ /-]?',
      after: '[0-9](?:[ -]?[0-9]){3}\\b',
      replacement: '***',
      when: ['otp', 'code sent'],
      changes: [
        ['[OtpService] limit for 0171-39200-88', '[OtpService] limit for ***00-88'],
        ['code sent to 0044 7700 900421', 'code sent to ***0421'],
        ['OTP sent to 06 12 34 56 78', 'OTP sent to ***56 78'],
      ],
      leaves: ['otp limit for 01', 'otp sent to usr_0171'],
    },
    {
      name: 'whatsapp-number',
      before:
        '(?i:\\b(?:wa_?id|recipient_?id|from|to)(?:\\\\*["\']?\\s*:\\s*\\\\*["\']|=\\\\*["\']?))',
      secret: '[1-9][0-9]{5,10}',
      after: '[0-9]{4}\\b',
      replacement: '***',
      when: ['whatsapp', 'wa_id'],
      changes: [['{"wa_id":"4915139200731"}', '{"wa_id":"***0731"}']],
      leaves: ['{"wa_id":"x"}', 'whatsapp from=bot'],
    },
    {
      name: 'spoken-long-phone',
      before:
        '(?i:\\b(?:phone|sms|tel(?:ephone)?|mobile|cell|whatsapp|dial(?:led|ing)?|fax)(?: message)?(?: number| no\\.?)?(?: to| for| from| at| of| is)?[ :]+|wa\\.me/)',
      secret: '[2-9](?:[ ./-]?[0-9]){5,10}[ ./-]?',
      after: '[0-9](?:[ -]?[0-9]){3}\\b',
      replacement: '***',
      changes: [['sms to 4915123456354 queued', 'sms to ***6354 queued']],
      leaves: ['sms 123456 queued', 'sms to user_1234567890'],
    },
  ],
};
