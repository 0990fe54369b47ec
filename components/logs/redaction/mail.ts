import { messages } from './mail-messages';
import { escaped, letter, misspeltMail } from './misspelt-mail';
import { namesBesideMail } from './mail-people';
import { type Condition, encoded, json, keep, type RedactionGroup } from './rule';

/**
 * Common top-level domains. A bounce address (VERP) has the recipient's before the `@`:
 * `bounces+ada=example.com@mail.audifi.io`. Other text with `=` may be a pair.
 */
const common = [
  ...['com', 'net', 'org', 'edu', 'info', 'io', 'eu', 'de', 'fr', 'uk', 'it', 'es', 'nl', 'ch'],
  ...['at', 'se', 'pl', 'cz', 'sk', 'hu', 'ro', 'pt', 'gr', 'fi', 'dk', 'ie', 'be', 'ca', 'au'],
  ...['nz', 'jp', 'br', 'mx', 'tr', 'za', 'ru', 'ua'],
];
/** Kinds of systemd's units. */
const units = ['service', 'socket', 'scope', 'slice', 'timer', 'mount'];
/** Names of Erlang's nodes, and of their hosts that cannot be domains of mail. */
const nodes = '(?:rabbit|ejabberd|emqx|couchdb|vernemq|mongooseim|riak|nonode)';
const domain = `(?:(?:[${letter}0-9](?:[${letter}0-9-]*[${letter}0-9])?\\.)+[${letter}]{2,}|\\[(?:IPv6:)?[0-9a-fA-F.:]+\\])`;

export const mail: RedactionGroup = {
  name: 'mail',
  when: ['@', '%40', '%2540', '&#64;', '&#x40;'],
  rules: [
    {
      name: 'no-e-mail',
      // Names of pictures for high resolutions, of units of systemd and of log files, and URLs of
      // repositories.
      before: '@',
      secret: '',
      after: `(?:[1-4]x\\.(?:png|jpe?g|webp|avif|gif|svg|wav|mp[34]|flac|m4a|ogg|aiff?)|[A-Za-z0-9_:-]+\\.(?:${units.join('|')}|log(?:\\.[0-9]+|\\.gz){0,2})|[A-Za-z0-9.-]+[:/][\\w.~/-]+\\.git)(?:[^0-9A-Za-z.-]|\\.?$|\\.\\s)`,
      replacement: keep,
      when: ['.git', '.log', '@1x', '@2x', '@3x', '@4x', ...units.map((unit) => `.${unit}`)],
      changes: [
        ['/logo@2x.png', `/logo@${keep}2x.png`],
        ['user@1000.service started', `user@${keep}1000.service started`],
        ['/var/log/rabbit@rabbit-1.log to', `/var/log/rabbit@${keep}rabbit-1.log to`],
        ['git@github.com:audifi/api.git', `git@${keep}github.com:audifi/api.git`],
      ],
      leaves: ['ada@example.com', 'ada@2x.png.io'],
    },
    // The spec's mask keeps the first letter and the domain. Most addresses need only the last of
    // these rules, which takes half the time.
    {
      name: 'encoded-e-mail',
      before: `${escaped}[${letter}0-9]`,
      secret: `(?:[${letter}0-9._+'-]|%(?:25)*(?:2[bBdDeE]|5[fF]|[89a-fA-F][0-9a-fA-F])|\\\\+(?:u00[c-fC-F]|x[89a-fA-F])[0-9a-fA-F])*`,
      after: `${encoded.at}${domain}`,
      replacement: '***',
      when: ['%', '&#64;', '&#x40;', '\\u00', '\\x'],
      changes: [
        ['?next=%3Femail%3Dada.l%2540audifi.io&x=1', '?next=%3Femail%3Da***%2540audifi.io&x=1'],
        ['?to=b.vondr%C3%A1k%40b.io', '?to=b***%40b.io'],
        ['{"m":"b.vondr\\u00e1k@b.io"}', '{"m":"b***@b.io"}'],
        // As Redis writes bytes.
        ['"b.vondr\\xc3\\xa1k@b.io"', '"b***@b.io"'],
        ['ada&#64;b.io', 'a***&#64;b.io'],
      ],
      leaves: ['u***%40example.com', 'sale: 50% @ noon'],
    },
    {
      name: 'returned-e-mail',
      before: `[${letter}0-9]`,
      secret: `[${letter}0-9._+'-]*=(?:[A-Za-z0-9-]+\\.)+(?:${common.join('|')})`,
      after: `@${domain}`,
      replacement: '***',
      when: common.map((name) => `.${name}@`),
      changes: [['from bounces+7-ada.l=b.com@m.x.io', 'from b***@m.x.io']],
      leaves: ['email=ada@b.com'],
    },
    {
      name: 'erlang-node',
      before: `\\b${nodes}@`,
      secret: '',
      after: '[A-Za-z0-9.-]+\\.(?:local|internal|lan|svc)(?:[^0-9A-Za-z.-]|\\.?$|\\.\\s)',
      replacement: keep,
      when: ['.local', '.internal', '.lan', '.svc'],
      changes: [
        ['rabbit@mq-0.mq.svc.cluster.local up', `rabbit@${keep}mq-0.mq.svc.cluster.local up`],
      ],
      leaves: ['rabbit@example.com', 'ada@mail.internal'],
    },
    {
      name: 'e-mail',
      before: `(?:\\\\+[nrtbf]|\\\\+u[0-9a-fA-F]{4})?[${letter}0-9]`,
      secret: `[${letter}0-9._+'-]*`,
      after: `@${domain}`,
      replacement: '***',
      changes: [
        ['user@example.com', 'u***@example.com'],
        ['ada@[192.0.2.1]', 'a***@[192.0.2.1]'],
        [
          '{"to":["a@b.io","o\'brien+x@mail.example.co.uk"]}',
          '{"to":["a***@b.io","o***@mail.example.co.uk"]}',
        ],
        ['{"m":"to:\\nada@b.io"}', '{"m":"to:\\na***@b.io"}'],
        ['email=ada.lovelace@b.io', 'email=a***@b.io'],
      ],
      leaves: ['u***@example.com', 'react@18.2.0', 'audifi@localhost', 'nginx@sha256:0a1b2c'],
    },
    ...misspeltMail,
    ...namesBesideMail,
    {
      name: 'quoted-e-mail',
      before: '\\\\*"',
      secret: '[^"@\\\\:,]{1,64}',
      after: `\\\\*"@${domain}`,
      replacement: '***',
      when: ['"@'],
      changes: [['signup \\"ada of l\\"@example.com', 'signup \\"***\\"@example.com']],
      leaves: ['{"a":""}'],
    },
  ],
};

const parts =
  '(?:subject|text|contents?|plain|snippet|preview|preheader|text_?body|stripped[_-]?text(?:_?reply)?|amp(?:4email)?)';

/**
 * Parts of a message, only if the line is about mail, because other lines also contain `text` and
 * `content`.
 */
const aboutMail: Condition = {
  matches:
    '(?:^|[^gta-z])e?mail|mailer|smtp|"subject\\\\*"\\s*:\\s*(?:\\{\\\\*"data|\\\\*"(?:[^"\\\\.]*\\\\*"|[^"\\\\]*\\s))|\\bsubject[:=]|"newsletter',
};

export const mailContent: RedactionGroup = {
  name: 'mail-content',
  when: [
    ...[
      'subject"',
      'subject\\',
      'subject:',
      "subject'",
      'text"',
      'text\\',
      'text:',
      "text'",
      'content"',
      'content\\',
      'content:',
    ],
    ...[
      "content'",
      'contents"',
      'attachment',
      'plain"',
      'snippet"',
      'preview"',
      ...['plain:', 'snippet:', 'preview:', 'preheader'],
      'body"',
      '"amp',
      'calendar"',
      'html',
      'subject ',
      'subject=',
      'text=',
      'body:',
      'content=',
      'envelope',
      'mime-version',
    ],
    ...[' nil "', ' nil \\', 'mailbox', 'transfer-encoding: '],
  ],
  opens: ['mail', 'smtp', 'subject', 'newsletter', 'envelope'],
  rules: [
    {
      name: 'mail-envelope-address',
      // IMAP lists the name, a route, the local part and the domain. Libraries name the last two.
      when: [' nil "', ' nil \\', 'mailbox'],
      before: '(?i:(?:\\\\*"|nil) nil \\\\*"|\\bmailbox(?:\\\\*["\'])?: ?\\\\*["\'])[^\\s"\'\\\\]',
      // Not the name of a folder.
      secret: '[A-Z._-]*[a-z0-9+][^\\s"\'\\\\*]*',
      after:
        '\\\\*["\'](?i:,\\s*\\\\*["\']?host(?:\\\\*["\'])?:)? ?\\\\*["\'][^\\s"\'\\\\]+\\.[a-zA-Z]{2,}\\\\*["\']',
      replacement: '***',
      changes: [
        [
          'ENVELOPE ("x" "y" (("Ada L" NIL "ada.l" "b.pt")))',
          'ENVELOPE ("x" "y" (("Ada L" NIL "a***" "b.pt")))',
        ],
        [
          "envelope { name: 'Ada', mailbox: 'ada.l', host: 'b.pt' }",
          "envelope { name: 'Ada', mailbox: 'a***', host: 'b.pt' }",
        ],
      ],
      leaves: ['BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 612 14)', "mailbox: 'INBOX'"],
    },
    ...messages,
    {
      name: 'mail-part',
      when: aboutMail,
      before: `(?i:"(?:${parts}|attachments?|plain_?text|calendar)"\\s*:\\s*)`,
      secret: `(?:${json.text}|${json.composed})`,
      replacement: '"[redacted]"',
      changes: [
        ['{"mail":{"subject":"a \\"b\\"","x":1}}', '{"mail":{"subject":"[redacted]","x":1}}'],
        [
          '{"email":{"attachments":[{"filename":"x","content":"y"}]}}',
          '{"email":{"attachments":"[redacted]"}}',
        ],
      ],
      leaves: ['{"email":{"id":"x"}}', '{"context":"y"}'],
    },
    {
      name: 'mail-value-escaped',
      before: '(?i:\\\\+"(?:subject|text|contents?|attachments?)\\\\+"\\s*:\\s*)',
      secret: json.composedInText,
      replacement: 'null',
      when: aboutMail,
      changes: [
        [
          '{"m":"mail {\\"attachments\\":[{\\"filename\\":\\"x\\"}],\\"n\\":1}"}',
          '{"m":"mail {\\"attachments\\":null,\\"n\\":1}"}',
        ],
      ],
      leaves: ['{"m":"mail {\\"attachments\\":2}"}'],
    },
    {
      name: 'mail-part-escaped',
      before: `(?:^|[^\\\\])\\\\"(?i:${parts})\\\\"\\s*:\\s*\\\\"`,
      secret: `${json.inString}*`,
      replacement: '[redacted]',
      when: aboutMail,
      changes: [
        ['{"m":"mail {\\"subject\\":\\"a b\\"}"}', '{"m":"mail {\\"subject\\":\\"[redacted]\\"}"}'],
      ],
      leaves: ['{"m":"{\\"context\\":\\"a\\"}"}'],
    },
    {
      name: 'mail-part-escaped-twice',
      // A quote inside has seven backslashes.
      before: `\\\\{2,}"(?i:${parts})\\\\{2,}"\\s*:\\s*\\\\{2,}"`,
      secret: '(?:[^"\\\\]|\\\\{7}"(?:[^,:}\\]"\\\\]|, [a-z])|\\\\+[^"\\\\])*',
      replacement: '[redacted]',
      when: aboutMail,
      changes: [
        [
          '"mail {\\\\\\"subject\\\\\\":\\\\\\"a b\\\\\\",\\\\\\"n\\\\\\":1}"',
          '"mail {\\\\\\"subject\\\\\\":\\\\\\"[redacted]\\\\\\",\\\\\\"n\\\\\\":1}"',
        ],
      ],
      leaves: ['"{\\\\\\"context\\\\\\":\\\\\\"a\\\\\\"}"'],
    },
    {
      name: 'mail-part-in-text',
      when: aboutMail,
      before:
        "(?i:(?:^|[^a-z\"\\\\])'?(?:subject|text|content|plain|snippet|preview|preheader|html|body|attachments|strippedtextreply|(?:text|html)body)'?(?:: ?|=)|\\bsubject (?:is )?)",
      secret: `(?:'(?:[^'"\\\\]|\\\\.)*'|\\\\*"[^",:}\\]\\s](?:[^"\\\\]|\\\\+[^"\\\\])*\\\\*"|\\[(?:[^\\]"\\\\]|\\\\.)*\\]|\\{(?:[^{}"\\\\]|\\\\.|\\{(?:[^{}"\\\\]|\\\\.)*\\})*\\})`,
      replacement: '[redacted]',
      changes: [
        [
          "email { Subject: { Data: 'a b' }, Body: { Text: { Data: 'c' } } }",
          'email { Subject: [redacted], Body: [redacted] }',
        ],
        ['render subject="a b" text="c d" 14ms', 'render subject=[redacted] text=[redacted] 14ms'],
        ["mail { subject: 'a b', text: 'c' }", 'mail { subject: [redacted], text: [redacted] }'],
      ],
      leaves: ['mail subject: {', '"text": "x"'],
    },
    {
      name: 'mail-words-in-text',
      // The rule for fields has replaced the first word.
      before:
        '(?i:(?:e?mail|message|html|text)[ _]?(?:body|subject|contents?|text|html)|preheader): ',
      secret: '\\[redacted\\] [^\\s"\\\\{}=]+[^"\\\\\\n{}=]*?',
      after: '(?: [A-Za-z_]+=|["\\\\\\n{}]|$)',
      replacement: '[redacted]',
      when: ['body: ', 'subject: ', 'content: ', 'contents: ', 'text: ', 'html: ', 'preheader: '],
      changes: [
        ['emailBody: [redacted] b c', 'emailBody: [redacted]'],
        ['email_subject: [redacted] b c n=1', 'email_subject: [redacted] n=1'],
      ],
      leaves: ['emailBody: [redacted]', 'body: [redacted] b c'],
    },
    {
      name: 'mail-document-in-text',
      // HTML with quotes around the values of attributes.
      when: aboutMail,
      before: "(?i:\\b(?:html|body|text|content)'?\\s*[:=]\\s*)",
      secret: "'<(?:[^'\\\\\\n]|[^>\\\\\\n]')*>'",
      replacement: '[redacted]',
      changes: [
        [`mailer html='<p>Hi A,</p><a href="x">d'e</a>' n=1`, 'mailer html=[redacted] n=1'],
      ],
      leaves: ["mailer html='none'"],
    },
    {
      name: 'mail-part-in-tostring',
      // Fields of an object that Java or Python prints: `Mail(subject=a b, retries=2)`.
      when: aboutMail,
      before: '(?:[A-Za-z][(\\[{]|, )(?i:subject|html|text|body|content)=',
      secret: '[^,()"\\\\\\s]+ [^,()"\\\\]+',
      replacement: '[redacted]',
      changes: [
        [
          'MailJob(id=9, subject=Your demo, html=<p>Dear a</p>, retries=2)',
          'MailJob(id=9, subject=[redacted], html=[redacted], retries=2)',
        ],
      ],
      leaves: ['MailJob(id=9, subject=[redacted], retries=2)'],
    },
    {
      name: 'mail-part-in-form',
      when: aboutMail,
      before: '(?i:[?& ;](?:subject|text|html|body|content)=)',
      secret: `[^\\s&"'\\\\{\\[][^\\s&"'\\\\]*`,
      replacement: '[redacted]',
      changes: [['mail to=x&subject=a+b&text=c', 'mail to=x&subject=[redacted]&text=[redacted]']],
      leaves: ['mail context=a'],
    },
    {
      name: 'mail-header',
      // The message itself, as it is sent.
      when: {
        matches: '(?:^|[^gta-z])e?mail|smtp|mime-version|multipart/(?:alternative|mixed|related)',
      },
      before:
        '(?:(?:^|[^A-Za-z]|\\\\+[rn])Subject: |(?i:\\be?mail (?:body|content|text|message): ))',
      secret: `[^\\s"\\\\{][^"\\\\\\r\\n]*`,
      replacement: '[redacted]',
      changes: [
        ['{"m":"SMTP > Subject: a b\\r\\n"}', '{"m":"SMTP > Subject: [redacted]\\r\\n"}'],
        ['mail body: dear a, b', 'mail body: [redacted]'],
      ],
      leaves: ['mail subject: {', 'Subject: CN=x'],
    },
  ],
};
