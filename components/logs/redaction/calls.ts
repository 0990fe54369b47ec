import { teamWords } from './mail-recipients';
import { keep, quote, type RedactionGroup } from './rule';

/** Names of callers in SIP, and of the programs for telephony. */
export const callers: RedactionGroup = {
  name: 'callers',
  when: [
    '<sip',
    'tel:',
    'id-name',
    'id_name',
    'calleridn',
    'eeidname',
    'callerid',
    'id-number',
    'id_number',
  ],
  rules: [
    {
      name: 'caller-of-role',
      // A shared account or no person at all.
      before: '\\\\*"',
      secret: '',
      after: `(?i:(?:[^"\\\\<>@]* )?${teamWords}(?: [^"\\\\<>@]*)?\\\\*" ?<sips?:)`,
      replacement: keep,
      changes: [
        ['"Unknown" <sip:7@h>', `"${keep}Unknown" <sip:7@h>`],
        ['"AudiFi Support" <sip:support@h>', `"${keep}AudiFi Support" <sip:support@h>`],
      ],
      leaves: ['"Ada L" <sip:ada@h>'],
    },
    {
      name: 'caller',
      before: '\\\\*"',
      secret: `[^"\\\\<>@:{},0-9a-z${keep}][^"\\\\<>@:{}0-9]+`,
      after: '\\\\*"\\s*<(?:sips?|tel):',
      replacement: '[redacted]',
      changes: [
        [`'"Zoë L" <sip:+4930@h>'`, `'"[redacted]" <sip:+4930@h>'`],
        ['{"m":"From: \\"L, Ada\\" <tel:+4930>"}', '{"m":"From: \\"[redacted]\\" <tel:+4930>"}'],
      ],
      leaves: ['"desk4" <sip:desk4@h>', '"Studio 4" <sip:s4@h>'],
    },
    {
      name: 'caller-without-quotes',
      before:
        '(?i:\\b(?:from|to|contact|diversion|referred-by|reply-to|remote-party-id|p-(?:asserted|preferred)-identity)\\s*[:=]\\s*)',
      secret: `[A-ZÀ-Ž][^"'\\\\<>@:{}0-9,;=${keep}]+?`,
      after: '\\s*<(?:sips?|tel):',
      replacement: '[redacted]',
      changes: [['From: Zoë van L <sip:+4930@h>;tag=1', 'From: [redacted] <sip:+4930@h>;tag=1']],
      leaves: ['Contact: <sip:ada@h>', 'From: desk4 <sip:ada@h>'],
    },
    {
      name: 'called-number',
      before: '(?i:\\btel:)',
      secret: '[+0-9(][0-9().-]{2,}',
      after: '[0-9]{4}\\b',
      replacement: '***',
      changes: [['<tel:017665915984>', '<tel:***5984>']],
      leaves: ['hotel:20261201', 'tel:1001'],
    },
    {
      name: 'number-of-caller',
      before: `(?i:\\\\*"|call(?:er|ee)[_-]?id[_-]?num(?:ber)?(?:${quote})?\\s*[:=]\\s*(?:${quote})?)`,
      secret: '\\+?[0-9(][0-9().-]{2,}',
      after: `[0-9]{4}(?:\\\\*"\\s*<sips?:|${quote}[,;\\])}\\s]|[\\s,;)\\]]|$)`,
      replacement: '***',
      changes: [
        ['"017665915984" <sip:x@h>', '"***5984" <sip:x@h>'],
        ['CallerIDNum: 017665915984 x', 'CallerIDNum: ***5984 x'],
        ['caller_id_number=017665915984', 'caller_id_number=***5984'],
      ],
      leaves: ['caller_id_number=1001', '"Studio 4" <sip:s4@h>'],
    },
    {
      name: 'caller-id',
      // Variables of Asterisk and FreeSWITCH.
      before: `(?i:call(?:er|ee)[_-]?id[_-]?name\\)?(?:${quote})?\\s*[:=]\\s*|\\bcallerid\\((?:name|all)\\)\\s*=\\s*|\\bcallerid\\s*[:=]\\s*)(?:${quote})?`,
      secret: `[A-ZÀ-Ž](?:[^"'\\\\<>@:{}0-9,;=)\\]\\n]|'[A-Za-z])*[^\\s"'\\\\<>@:{}0-9,;=)\\]]`,
      after: `(?:\\s*<|${quote}|[\\],;)]|\\s*$|\\s+[A-Za-z_-]+[:=]|\\\\+n|\\n)`,
      replacement: '[redacted]',
      changes: [
        ['Caller-Caller-ID-Name: Ada L', 'Caller-Caller-ID-Name: [redacted]'],
        ["effective_caller_id_name='Ada L' n=1", "effective_caller_id_name='[redacted]' n=1"],
        ['CallerIDName: Ada L ChannelState: 4', 'CallerIDName: [redacted] ChannelState: 4'],
        ['Set(CALLERID(name)=Ada L)', 'Set(CALLERID(name)=[redacted])'],
        ['callerid="Ada L" <4930>', 'callerid="[redacted]" <4930>'],
      ],
      leaves: ['caller_id_name=none', 'callerid=4930'],
    },
  ],
};

/** Phone numbers as users in addresses of SIP, which are written as e-mail addresses are. */
export const callNumbers: RedactionGroup = {
  name: 'call-numbers',
  // All have an `@`.
  when: ['sip:', 'sips:', 'sip/', 'sofia/'],
  opens: [],
  rules: [
    {
      name: 'call-number',
      before: '(?i:\\bsips?:|\\b(?:pj)?sip/(?:[a-z-]+/)?|\\bsofia/[a-z_.-]+/)',
      secret: '(?:\\+|%2[bB])?[0-9(][0-9().-]{2,}',
      after: '[0-9]{4}(?:;[^@\\s<>"]*)?@',
      replacement: '***',
      changes: [
        ['<sip:+493095789465@sip.x.io>', '<sip:***9465@sip.x.io>'],
        ['PJSIP/017665915984@trunk,30', 'PJSIP/***5984@trunk,30'],
        ['sip:017665915984;phone-context=x@h', 'sip:***5984;phone-context=x@h'],
      ],
      leaves: ['sip:1001@pbx.x.io', 'sip:ada@x.io', 'sip:10.0.0.30:5060'],
    },
    {
      name: 'number-as-user',
      before: '(?i:\\bdigest username=\\\\*")',
      secret: '\\+?[0-9(][0-9().-]{2,}',
      after: '[0-9]{4}\\\\*"',
      replacement: '***',
      changes: [['sip: Digest username="017665915984"', 'sip: Digest username="***5984"']],
      leaves: ['sip: Digest username="desk4"'],
    },
    {
      name: 'masked-call-number',
      before: '(?i:\\bsips?:|\\b(?:pj)?sip/(?:[a-z-]+/)?|\\bsofia/[a-z_.-]+/)\\*\\*\\*[0-9]{4}',
      secret: '',
      after: '[;@]',
      replacement: keep,
      changes: [['sip:***9465@x.io', `sip:***9465${keep}@x.io`]],
      leaves: ['sip:***@x.io'],
    },
  ],
};
