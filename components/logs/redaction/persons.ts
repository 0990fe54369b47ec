import { joint } from './parties';
import { keep, type RedactionGroup, type RedactionRule } from './rule';

/** A word with a capital, in any script. */
export const word = "[\\p{Lu}\\p{Lo}](?:[\\p{L}\\p{M}.'’-]*[\\p{L}\\p{M}.])?";
const particle = '(?:van|von|de[lnrs]?|d[aiou]s?|la|le|zu|al|el|bin|ibn|ter|y|e)';
/** Two or more words with a capital, and particles such as `van der` between them. */
export const fullNameInScripts = `${word}(?: (?:${particle} )*${word})+`;
/** The same between quotes, where any small words may be between or after them. */
const quotedName = `${word}(?:,? [\\p{L}\\p{M}.'’-]+)+`;

export const isValue = `(?:\\\\*["'\`\\]])*\\s*(?:=>|[:=])\\s*`;
export const quote = '\\\\*["\'`]';

/** Words that announce a person. Words that may also name a program need `name` after them. */
const persons = {
  buyers: [
    ...['applicant', 'attendee', 'cardholder', 'invitee', 'inviter', 'passenger', 'requester'],
    ...['requestor', 'signatory', 'signer', 'subscriber'],
  ],
  family: [
    ...['beneficial_?owner', 'assignee', 'guardian', 'heir', 'nominee', 'spouse', 'lawyer'],
    ...['next_?of_?kin', 'account_?owner', 'guest', 'witness', 'landlord', 'caller', 'who'],
  ],
  acts: [
    ...['(?:sign|invit|approv|upload|request|submitt|assign|refer)ed_?by', 'on_?behalf_?of'],
    ...['attn', '(?:ship|bill|deliver)_?to', 'reporter', 'attention'],
  ],
  named: [
    `(?:agent|author|bill_?to|contributor|deliver_?to|driver|employee|guardian|manager|member|owner)${joint}name`,
    `(?:parent|patient|person|representative|sender|ship_?to|student|tenant|user_?full)${joint}name`,
    ...['contact_?person', 'display_?name', '\\$name', 'real_?name'],
  ],
} as const;

const examples = {
  buyers: 'requester',
  family: 'guest',
  acts: 'invitedBy',
  named: 'ship_to_name',
} as const;

const texts = {
  buyers: [
    ...['applicant', 'attendee', 'cardholder', 'invite', 'passenger', 'requester', 'requestor'],
    ...['signatory', 'signer', 'subscriber'],
  ],
  family: [
    ...['beneficialo', 'beneficial_o', 'assignee', 'guardian', 'heir', 'nominee', 'spouse'],
    ...['lawyer', 'of_kin', 'ofkin', 'accountowner', 'account_owner', 'guest', 'witness'],
    ...['landlord', 'caller', 'who:', 'who=', 'who"', 'who\\', 'who ', "who'"],
  ],
  acts: [
    ...['edby', 'ed_by', 'behalf', 'attn', 'shipto', 'ship_to', 'billto', 'bill_to', 'deliverto'],
    ...['deliver_to', 'reporter', 'attention', 'ed by'],
  ],
  named: [
    ...['agentn', 'agent_n', 'authorn', 'author_n', 'tor_n', 'torn', 'lto', 'l_to', 'rto', 'r_to'],
    ...['drivern', 'driver_n', 'employee', 'guardian', 'managern', 'manager_n', 'membern'],
    ...['member_n', 'ownern', 'owner_n', 'parentn', 'parent_n', 'patientn', 'patient_n'],
    ...['personn', 'person_n', 'represent', 'sendern', 'sender_n', 'pto', 'p_to', 'student'],
    ...['tenantn', 'tenant_n', 'userfull', 'user_full', 'contactp', 'contact_p', 'displayn'],
    ...['display_n', '$name', 'realn', 'real_n'],
  ],
} as const;

const rulesFor = (kind: keyof typeof persons): readonly RedactionRule[] => {
  const field = `(?i:(?:^|[^a-z0-9]|_|\\\\[nrt])(?:${persons[kind].join('|')}))`;
  const one = examples[kind];
  return [
    {
      name: `person-quoted-${kind}`,
      before: `${field}${isValue}${quote}`,
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
    },
    {
      name: `person-in-words-${kind}`,
      before: `${field}(?:${isValue}|:? )`,
      secret: fullNameInScripts,
      replacement: '[redacted]',
      when: texts[kind],
      changes: [
        [`${one}: Ada van Loon, n: 1`, `${one}: [redacted], n: 1`],
        [`ticket 4, ${one}=Zoë Karlsson n=1`, `ticket 4, ${one}=[redacted] n=1`],
      ],
      leaves: [`${one}: Unknown`, `${one}=${keep}Billing Team`, 'title: Night Drive'],
    },
  ];
};

/** Names of people in fields, and after words, that announce a person. */
export const personFields: RedactionGroup = {
  name: 'person-fields',
  rules: [
    {
      name: 'no-person',
      // Teams, mailboxes, companies, roles, programs and products.
      before: `(?:[:=]\\s*|\\s)${quote}?`,
      secret: '',
      after: `(?:${word} ){0,3}(?i:account|admin|api|app|audifi|billing|bot|chrome|desktop|gmbh|inc|label|ltd|llc|manager|music|plan|publishing|records|required|service|studio|system|support|team|user|worker)s?\\b`,
      replacement: keep,
      when: Object.values(texts).flat(),
      changes: [
        ['requester="Billing Team" n=1', `requester="${keep}Billing Team" n=1`],
        ['signer: AudiFi Support', `signer: ${keep}AudiFi Support`],
      ],
      leaves: ['requester="Ada Moser"'],
    },
    ...rulesFor('buyers'),
    ...rulesFor('family'),
    ...rulesFor('acts'),
    ...rulesFor('named'),
    {
      name: 'record-name',
      // Records of C# and objects of Kotlin and Java have no quotes.
      before: `[{(,] ?(?i:(?:full|first|last|legal|display|contact|holder)${joint}name) ?= ?`,
      secret: `${word}(?: [\\p{L}\\p{M}.'’-]+)*`,
      after: '\\s*[,})]',
      replacement: '[redacted]',
      when: ['name =', 'name='],
      changes: [
        [
          'Customer { Id = 7, FullName = Ada van Loon, Tier = Gold }',
          'Customer { Id = 7, FullName = [redacted], Tier = Gold }',
        ],
        ['User(id=7, lastName=Moser)', 'User(id=7, lastName=[redacted])'],
      ],
      leaves: ['Plan { DisplayTitle = Studio Annual }', '{ FileName = Ada }'],
    },
    {
      name: 'name-in-context',
      // `name` alone says nothing, but these lines are about people.
      before: `(?i:\\b(?:kyc|kyb|sumsub|onfido|veriff|jumio|persona|applicants?|payees?|contacts?|attendees?|guests?)\\b[^\\n{}]*?[^a-z0-9_.]name(?:${isValue}${quote}?))`,
      secret: fullNameInScripts,
      replacement: '[redacted]',
      when: [
        ...['kyc', 'kyb', 'sumsub', 'onfido', 'veriff', 'jumio', 'persona', 'applicant', 'payee'],
        ...['contact name', 'contact_name', 'attendee', 'guest', 'contacts'],
      ],
      changes: [
        [
          '[kyc] applicant e38 name=Ada van Loon answer=RED',
          '[kyc] applicant e38 name=[redacted] answer=RED',
        ],
        [
          "payee 7: { name: 'x' } veriff name='Ada Moser'",
          "payee 7: { name: 'x' } veriff name='[redacted]'",
        ],
      ],
      leaves: ['kyc name=basic-kyc-level', 'plan name="Studio Annual"'],
    },
  ],
};
