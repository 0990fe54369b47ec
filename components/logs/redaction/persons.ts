import { joint } from './parties';
import { keep, type RedactionGroup, type RedactionRule } from './rule';

/**
 * Characters of names: a capital, or any letter of another script. Go needs three times as long for
 * `\p{L}`, so these are ranges without punctuation, arrows and symbols.
 */
export const foreign = '\\x{c0}-\\x{1fff}\\x{2c00}-\\x{2fff}\\x{3040}-\\x{dfff}';
export const inName = `A-Za-z${foreign}`;
/** A word with a capital, in any script. */
export const word = `[A-Z${foreign}](?:[${inName}.'’-]*[${inName}.])?`;
const particle = '(?:van|von|de[lnrs]?|d[aiou]s?|la|le|zu|al|el|bin|ibn|ter|y|e)';
/** Two or more words with a capital, and particles such as `van der` between them. */
export const fullNameInScripts = `${word}(?: (?:${particle} )*${word})+`;
/** The same between quotes, where any small words may be between or after them. */
const quotedName = `(?:${word}(?:,? [${inName}.'’-]+)+|[\\x{3040}-\\x{dfff}]{2,8})`;

export const isValue = `(?:\\\\*["'\`\\]])*\\s*(?:=>|[:=])\\s*`;
export const quote = '\\\\*["\'`]';

/** Words that announce a person. Words that may also name a program need `name` after them. */
const persons = {
  buyers: [
    ...['applicant', 'attendee', 'cardholder', 'invitee', 'inviter', 'passenger', 'requester'],
    ...['requestor', 'signatory', 'next_?of_?kin', 'complainant', 'claimant', 'debtor'],
    ...['consignee', 'consignor', 'addressee'],
    ...['(?:account|document|id|licen[cs]e|mandate|pass(?:port)?|policy|profile|ticket)_?holder'],
  ],
  family: [
    ...['beneficial_?owner', 'assignee', 'guardian', 'heir', 'nominee', 'spouse', 'lawyer'],
    ...['account_?owner', 'guest', 'witness', 'landlord', 'who'],
  ],
  acts: [
    ...['(?:sign|invit|approv|upload|request|submitt|assign|referr)ed[ _]?by'],
    ...['on[ _]?behalf[ _]?of', 'attn', 'c/o', '(?:ship|bill|deliver)_?to'],
  ],
  parties: [
    ...['caller', '(?:emergency_?)?contact', 'customer', 'employee', 'manager', 'owner'],
    ...['patient', 'reporter', 'sender', 'signer', 'student', 'subscriber', 'tenant'],
  ],
  named: [
    `(?:agent|author|billing|buyer|contributor|director|donor|driver|insured|member|parent|payer|person|relative|representative|shipping|subject|trustee|user_?full|visitor)${joint}name`,
    ...['contact_?person', '\\$name', 'real_?name'],
  ],
} as const;
type PersonKind = keyof typeof persons;

const examples = {
  buyers: 'requester',
  family: 'guest',
  acts: 'invitedBy',
  parties: 'customer',
  named: '$name',
} as const;

/** A word as the name of a field. */
const asField = (name: string): readonly string[] =>
  ['"', "'", '\\', '=', ':', 'n', '_n'].map((end) => name + end);

const texts: Readonly<Record<PersonKind, readonly string[]>> = {
  buyers: [
    ...['applicant', 'attendee', 'cardholder', 'invite', 'passenger', 'requester', 'requestor'],
    ...['consign', 'addressee'],
    ...['signatory', 'of_kin', 'ofkin', 'complainant', 'claimant', 'debtor', 'holder'],
  ],
  family: [
    ...['beneficialo', 'beneficial_o', 'assignee', 'guardian', 'heir', 'nominee', 'spouse'],
    ...['lawyer', 'accountowner', 'account_owner', 'guest', 'witness'],
    ...['landlord', 'who:', 'who=', 'who"', 'who\\', "who'"],
  ],
  acts: [
    ...['edby', 'ed_by', 'behalf', 'attn', 'shipto', 'ship_to', 'billto', 'bill_to', 'deliverto'],
    ...['deliver_to', 'ed by', 'c/o'],
  ],
  parties: [
    ...['manager', 'owner'].flatMap(asField),
    ...['contact', 'customer', 'caller', 'employee', 'patient', 'reporter', 'sender', 'signer'],
    ...['student', 'subscriber', 'tenant'],
  ],
  named: [
    ...['agentn', 'agent_n', 'authorn', 'author_n', 'contributor', 'drivern', 'driver_n'],
    ...['membern', 'member_n', 'parentn', 'parent_n', 'personn', 'person_n', 'represent'],
    ...['userfull', 'user_full', 'contactp', 'contact_p', '$name'],
    ...['realn', 'real_n', 'ingname', 'ing_name', 'yern', 'yer_n', 'torn', 'tor_n', 'donor'],
    ...['insured', 'relative', 'subjectn', 'subject_n', 'trustee'],
  ],
};

const fieldOf = (kind: PersonKind): string =>
  `(?i:(?:^|[^a-z0-9])(?:${persons[kind].join('|')})(?:_?name)?)`;

const quoted = (kind: PersonKind): RedactionRule => {
  const one = examples[kind];
  return {
    name: `person-quoted-${kind}`,
    before: `${fieldOf(kind)}${isValue}${quote}`,
    secret: quotedName,
    after: '\\\\*["\'`]',
    replacement: '[redacted]',
    when: texts[kind],
    changes: [
      [`room=5 ${one}="Ada van Loon" role=x`, `room=5 ${one}="[redacted]" role=x`],
      [`{"${one}":"Émile O'Hara"}`, `{"${one}":"[redacted]"}`],
      [`{"m":"{\\"${one}\\":\\"Ada Moser\\"}"}`, `{"m":"{\\"${one}\\":\\"[redacted]\\"}"}`],
    ],
    leaves: [`${one}="admin"`, `${one}="${keep}Billing Team"`, `fileName="Ada Moser"`],
  };
};

const inWords = (kind: PersonKind, separator: string): RedactionRule => {
  const one = examples[kind];
  return {
    name: `person-in-words-${kind}`,
    before: `${fieldOf(kind)}${separator}`,
    secret: fullNameInScripts,
    replacement: '[redacted]',
    when: texts[kind],
    changes: [
      ...(separator.includes(':')
        ? ([[`${one}: Ada van Loon, n: 1`, `${one}: [redacted], n: 1`]] as const)
        : []),
      [`ticket 4, ${one}=Zoë Karlsson n=1`, `ticket 4, ${one}=[redacted] n=1`],
    ],
    leaves: [`${one}: Unknown`, `${one}=${keep}Billing Team`, 'title: Night Drive'],
  };
};

/** Names of people in fields, and after words, that announce a person. */
export const personFields: RedactionGroup = {
  name: 'person-fields',
  rules: [
    {
      name: 'not-a-person',
      // Teams, mailboxes, companies, roles, programs and products.
      before: `(?:[:=]\\s*|\\s)${quote}?`,
      secret: '',
      after: `(?:${word} ){0,3}(?i:account|admin|api|app|authority|bass|bus|client|closed|default|drum|encrypt|error|exception|failed|level|master|mix|pad|policy|preset|queue|reporter|signature|status|synth|thread|track|vocal|audifi|billing|bot|chrome|desktop|gmbh|inc|label|ltd|llc|manager|music|plan|publishing|records|required|service|studio|system|support|team|user|worker)s?\\b`,
      replacement: keep,
      when: [...Object.values(texts).flat(), 'displayname=', 'display_name='],
      changes: [
        ['requester="Billing Team" n=1', `requester="${keep}Billing Team" n=1`],
        ['signer: AudiFi Support', `signer: ${keep}AudiFi Support`],
      ],
      leaves: ['requester="Ada Moser"'],
    },
    ...(['buyers', 'family', 'acts', 'parties', 'named'] as const).map(quoted),
    inWords('buyers', '(?::? | ?= ?)'),
    inWords('family', '(?:: ?| ?= ?)'),
    inWords('acts', '(?::? | ?= ?)'),
    inWords('parties', ' ?= ?'),
    inWords('named', '(?:: | ?= ?)'),
    {
      name: 'name-of-person-object',
      before: `(?i:(?:[^a-z]|ed_?)(?:assignee|attendee|beneficial_?owner|by|contact|customer|debtor|guest|invitee|owner|passenger|requester|sender|signer|subscriber)${isValue}\\{[^{}]*?[^a-z_]name${isValue}${quote})`,
      secret: fullNameInScripts,
      after: '\\\\*["\'`]',
      replacement: '[redacted]',
      when: (['buyers', 'family', 'acts', 'parties'] as const).flatMap((kind) => texts[kind]),
      changes: [
        ['{"debtor":{"name":"Ada Moser"}}', '{"debtor":{"name":"[redacted]"}}'],
        ['{"guest":{"id":7,"name":"Ada Moser"}}', '{"guest":{"id":7,"name":"[redacted]"}}'],
        ["invitedBy: { name: 'Ada Moser' }", "invitedBy: { name: '[redacted]' }"],
      ],
      leaves: ['{"track":{"id":7,"name":"Night Drive"}}'],
    },
    {
      name: 'display-name',
      // In JSON, it is the name that artists chose, or that of a channel.
      before: '(?i:\\bdisplay_?name=\\\\*["\'])',
      secret: fullNameInScripts,
      after: '\\\\*["\']',
      replacement: '[redacted]',
      when: ['displayname=', 'display_name='],
      changes: [['displayName="Ada van Loon" n=1', 'displayName="[redacted]" n=1']],
      leaves: ['{"displayName":"Night Drive"}', 'displayName="Nova"'],
    },
    {
      name: 'name-of-chat-contact',
      before: '"profile\\\\*"\\s*:\\s*\\{\\\\*"name\\\\*"\\s*:\\s*\\\\*"',
      secret: '[^"\\\\]+',
      after: '\\\\*"\\s*\\}\\s*,\\s*\\\\*"wa_id',
      replacement: '[redacted]',
      when: ['wa_id'],
      changes: [
        [
          '"contacts":[{"profile":{"name":"Ada Moser"},"wa_id":"4"}]',
          '"contacts":[{"profile":{"name":"[redacted]"},"wa_id":"4"}]',
        ],
      ],
      leaves: ['"profile":{"name":"High Quality"}'],
    },
    // A struct as Go prints it.
    {
      name: 'first-name-in-struct',
      before: '(?i:\\bfirst(?:name)?:)',
      secret: word,
      after: ' (?i:last(?:name)?:)',
      replacement: '[redacted]',
      when: ['first:', 'firstname:'],
      changes: [['{First:Ada Last:Moser Email:x}', '{First:[redacted] Last:Moser Email:x}']],
      leaves: ['{First:Ada Count:2}', 'first:1 last:9'],
    },
    {
      name: 'last-name-in-struct',
      before: '(?i:\\bfirst(?:name)?:\\S+ last(?:name)?:)',
      secret: word,
      replacement: '[redacted]',
      when: ['first:', 'firstname:'],
      changes: [
        ['{First:[redacted] Last:Moser Email:x}', '{First:[redacted] Last:[redacted] Email:x}'],
      ],
      leaves: ['{First:1 Last:9}'],
    },
    {
      name: 'names-as-pair',
      before: `(?i:\\b(?:first|given)(?:_?name)?\\s?[=:] ?${quote})`,
      secret: word,
      after: `${quote},? (?i:last|family|surname)`,
      replacement: '[redacted]',
      when: ['first=', 'given:', 'first:', 'given='],
      changes: [['first="Ada" last="Moser"', 'first="[redacted]" last="Moser"']],
      leaves: ['first="Ada" count="2"'],
    },
    {
      name: 'names-as-pair-after',
      before: `(?i:\\b(?:first|given)(?:_?name)?\\s?[=:] ?${quote}\\[redacted\\]${quote},? (?:last|family|surname)(?:_?name)?\\s?[=:] ?${quote})`,
      secret: word,
      replacement: '[redacted]',
      when: ['first=', 'given:', 'first:', 'given='],
      changes: [
        ['given: "[redacted]" family: "Moser"', 'given: "[redacted]" family: "[redacted]"'],
      ],
      leaves: ['given: "x" family: "Moser"'],
    },
    {
      name: 'name-after-number-of-person',
      before: `(?i:\\b(?:user|customer|guest|contact|applicant) #?[0-9]{1,10},? ${quote})`,
      secret: fullNameInScripts,
      after: quote,
      replacement: '[redacted]',
      when: [
        ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '#'].map((first) => `user ${first}`),
        ...['customer ', 'guest ', 'contact ', 'applicant '],
      ],
      changes: [
        ['contact #7 "Ada Moser" left', 'contact #7 "[redacted]" left'],
        ['split: user 4410 "Ada Moser" -> x', 'split: user 4410 "[redacted]" -> x'],
      ],
      leaves: ['user 4410 "admin"', 'track 4410 "Night Drive"'],
    },
    {
      name: 'name-in-url',
      before:
        '(?i:(?:guest|invite|join|sign-?up|register|user|account|profile|contact|recipient)[^\\s"]{0,80}?[?&](?:full_?|display_?)?name=)',
      secret: '[A-Z][A-Za-z%0-9-]*(?:\\+|%(?:25)*20)[A-Z][A-Za-z%0-9+-]*',
      replacement: '[redacted]',
      when: ['?name=', '&name=', 'fullname=', 'full_name=', 'displayname=', 'display_name='],
      changes: [
        ['/j/vs?invite=x&name=Ada+Moser', '/j/vs?invite=x&name=[redacted]'],
        ['/signup?name=Ada%20Moser&x=1', '/signup?name=[redacted]&x=1'],
      ],
      leaves: ['/tracks?name=Night+Drive', '/signup?name=ada'],
    },
    {
      name: 'name-in-japanese',
      before: '(?:氏名|お名前|住所|受取人|宛名)\\\\*["\']?\\s*[=:：]\\s*\\\\*["\']?',
      secret: `[${inName}0-9-]+(?:[ \\x{3000}][\\x{3040}-\\x{dfff}0-9-]+)?`,
      after: '(?:[ \\x{3000},;|"\'\\\\]|$)',
      replacement: '[redacted]',
      when: ['氏名', 'お名前', '住所', '受取人', '宛名'],
      changes: [['氏名=長谷川 美津子 理由=不在', '氏名=[redacted] 理由=不在']],
      leaves: ['理由=不在'],
    },
    {
      name: 'record-name',
      // Records of C# and objects of Kotlin and Java have no quotes.
      before: `[{(,[ ] ?(?i:(?:full|first|last|legal|display|contact|holder)${joint}name) ?[=:] ?`,
      secret: `${word}(?: [${inName}.'’-]+)*`,
      after: '\\s*[,})\\]]',
      replacement: '[redacted]',
      when: ['name =', 'name=', 'fullname:', 'full_name:'],
      changes: [
        [
          'Customer { Id = 7, FullName = Ada van Loon, Tier = Gold }',
          'Customer { Id = 7, FullName = [redacted], Tier = Gold }',
        ],
        ['User(id=7, lastName=Moser)', 'User(id=7, lastName=[redacted])'],
        ['map[Email:x FullName:Ada Moser]', 'map[Email:x FullName:[redacted]]'],
      ],
      leaves: ['Plan { DisplayTitle = Studio Annual }', '{ FileName = Ada }'],
    },
    {
      name: 'name-in-context',
      // `name` alone says nothing, but these lines are about people.
      before: `(?i:\\b(?:kyc|kyb|sumsub|onfido|veriff|jumio|applicants?|payees?|contacts?|attendees?|guests?)\\b[^\\n{}]*?(?:[0-9][a-z0-9]*|[,;|\\]"'(:-])\\s*name(?:${isValue}${quote}?))`,
      secret: fullNameInScripts,
      replacement: '[redacted]',
      when: [
        ...['kyc', 'kyb', 'sumsub', 'onfido', 'veriff', 'jumio', 'applicant', 'payee'],
        ...['contact name', 'contact_name', 'attendee', 'guest', 'contacts'],
      ],
      changes: [
        [
          '[kyc] applicant e38 name=Ada van Loon answer=RED',
          '[kyc] applicant e38 name=[redacted] answer=RED',
        ],
        ["veriff 7, name='Ada Moser'", "veriff 7, name='[redacted]'"],
      ],
      leaves: ['kyc name=basic-kyc-level', 'plan name="Studio Annual"'],
    },
  ],
};
