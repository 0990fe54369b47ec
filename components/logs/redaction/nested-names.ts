import { nameInWords } from './parties';
import { quote, type RedactionGroup } from './rule';

const is = `(?:${quote})?\\s*(?:=>|[:=])\\s*`;
const parts = '(?:first|last|given|family|middle|formatted|full|sur|fore)(?:[_-]?name)?';

/** Objects of a person or a company in the data of payments and registrations. */
const owners =
  '(?:ing|er)_?details|shipping|billing|customer|pay(?:er|ee)|recipient|holder|individual|beneficiary';

const path = '(?:[._]{1,2}|\\]?\\[|\\]?%5B)(?:first|last|given|family|middle|full)(?:\\]|%5D)?';
const ownerTexts = [
  ...['details.name', 'shipping.name', 'billing.name', 'customer.name', 'payer.name', 'payee.name'],
  ...['recipient.name', 'holder.name', 'individual.name', 'beneficiary.name', 'traits.name'],
  'verified_name',
];

/** Names of people whose fields only mean a person together: `name: { first, last }`. */
export const nestedNames: RedactionGroup = {
  name: 'nested-names',
  when: [
    ...[
      'name":{',
      'name": {',
      'name\\":{',
      'name\\\\\\":{',
      'name\\": {',
      'name\\\\\\": {',
      'name: {',
      "name': {",
    ],
    ...['name={', 'name => {', "name' => {", 'name:map[', 'name:{', 'name][', 'name%5'],
    ...['name.first', 'name.last', 'name.given', 'name.family', 'name[first', 'name[last'],
    ...['name(first', 'name(given', 'name(last', 'name(title'],
    ...ownerTexts,
  ],
  rules: [
    {
      name: 'name-in-parts',
      before: `(?i:name"\\s*:\\s*)`,
      secret: `\\{\\s*"(?:[^{}]*")?(?i:${parts})"\\s*:[^{}]*\\}`,
      replacement: '"[redacted]"',
      changes: [
        ['{"name":{"first":"Ada","last":"L-B"},"n":1}', '{"name":"[redacted]","n":1}'],
        ['{"fullName": {"title":"Dr","given":"A"}}', '{"fullName": "[redacted]"}'],
      ],
      leaves: ['{"name":{"type":"string"}}', '{"name":{"en":"Late Drive","de":"Nachtfahrt"}}'],
    },
    {
      name: 'name-in-parts-in-text',
      before: `(?i:name(?:\\\\+"|')?\\s*[:=]>?\\s*)`,
      secret: `\\{\\s*(?:[^{}"]|\\\\")*?\\b(?i:${parts})(?:\\\\+"|')?\\s*[:=]\\s*(?:\\\\+"|['A-ZÀ-Ž])(?:[^{}"]|\\\\+")*\\}`,
      replacement: 'null',
      changes: [
        [
          '{"m":"{\\"name\\":{\\"first\\":\\"A\\",\\"last\\":\\"L\\"}}"}',
          '{"m":"{\\"name\\":null}"}',
        ],
        ["{ name: { first: 'Ada', last: 'L' }, n: 1 }", '{ name: null, n: 1 }'],
        ["{'name': {'first': 'Ada'}}", "{'name': null}"],
      ],
      leaves: ["{ name: { type: 'text', first: true } }", 'name={{ .Name }}'],
    },
    {
      name: 'name-in-parts-in-struct',
      // As Go, Java and Python print an object.
      before: '(?i:name(?::|=[a-z]*)?)(?:map\\[|[({[])',
      secret: `(?:[^\\[\\](){}"\\\\]* )?(?i:first|last|given|family)(?:[Nn]ame)?[:=]'?[A-ZÀ-Ž][^\\[\\](){}"\\\\]*`,
      replacement: '[redacted]',
      changes: [
        ['map[id:7 name:map[first:Ada last:de L]]', 'map[id:7 name:map[[redacted]]]'],
        ['{ID:7 Name:{First:Ada Last:L}}', '{ID:7 Name:{[redacted]}}'],
        ['User(name=Name(first=Ada, last=L), n=1)', 'User(name=Name([redacted]), n=1)'],
      ],
      leaves: ['name:map[first:1 last:20]', 'query{name:{eq:$x}}', 'name[first]=7'],
    },
    {
      name: 'name-in-path',
      // A path: `name.first`, `name[last]`.
      before: `(?i:name${path}${is}${quote})`,
      secret: '[^"\'\\\\]+',
      after: quote,
      replacement: '[redacted]',
      changes: [
        ['traits.name.first="Ada de L" n=1', 'traits.name.first="[redacted]" n=1'],
        ['{"name.last":"L B"}', '{"name.last":"[redacted]"}'],
        ["'name[first]': 'Ada'", "'name[first]': '[redacted]'"],
      ],
      leaves: ['filename.flac="x"', 'name.length="7"'],
    },
    {
      name: 'bare-name-in-path',
      before: `(?i:name${path}(?:=|%3D|: ))`,
      secret: '[A-ZÀ-Ž][^\\s"\'\\\\,;&{}<>]*',
      replacement: '[redacted]',
      changes: [
        ['user[name][first]=Ada&n=1', 'user[name][first]=[redacted]&n=1'],
        ['name.last: L-B, n', 'name.last: [redacted], n'],
      ],
      leaves: ['name.first=required'],
    },
    {
      name: 'name-of-owner',
      before: `(?i:(?:${owners}|traits)\\.(?:(?:verified|legal|full)_)?name${is}${quote}|\\bverified_name${is}${quote})`,
      secret: '[A-ZÀ-Ž][^"\'\\\\]*',
      after: quote,
      replacement: '[redacted]',
      changes: [
        ['billing_details.name="Ada de L" x', 'billing_details.name="[redacted]" x'],
        ['{"shipping.name":"Ada L"}', '{"shipping.name":"[redacted]"}'],
        ['{"owner":{"verified_name":"Ada L"}}', '{"owner":{"verified_name":"[redacted]"}}'],
      ],
      leaves: [
        'service.name="Ada L"',
        'customer.name="acme"',
        'product_details.name="Deep Cuts"',
        '{"verified_name":null}',
      ],
    },
    nameInWords(`(?:${owners})\\.(?:(?:legal|full)_)?name`, {
      name: 'owner-in-words',
      when: ownerTexts,
      changes: [['shipping.name=Ada de la Cruz n=1', 'shipping.name=[redacted] n=1']],
      leaves: ['shipping.name=express n=1'],
    }),
  ],
};
