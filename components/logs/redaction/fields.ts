import { affix, holderNames, type NameFamily, nameFamilies } from './names';
import { nameInWords } from './parties';
import {
  encoded,
  escapedQuotes,
  escapedText,
  json,
  keep,
  type RedactionGroup,
  type RedactionRule,
} from './rule';

/** What may precede a short name: also an escape of URLs, such as `%3D` and `%253D`. */
const left = '(?:^|[^A-Za-z]|\\\\[nrtbf]|[0-9][A-F])';

/** A name of the family, with any prefix in the same word. */
function nameOf({ names, whole, affixes }: NameFamily): string {
  const end = affixes === false ? '' : `(?i:${affix})`;
  return whole === undefined
    ? `(?i:${names})${end}`
    : `(?:${left}(?i:${names})|[a-z0-9]${whole})${end}`;
}

/**
 * Between a name and its value: `: `, `=`, `=>`, `....: `, also after a quote or `]` that ends the
 * name.
 */
export const separator = `(?:(?:\\\\*['\`])?\\]?[ \\t]*(?:=>|:|\\.{2,}:|${encoded.is})|\\\\*"\\]?[ \\t]*(?:=>|=))[ \\t]*`;

/**
 * Characters of an unquoted value. A space, a quote, a separator of query strings, or the start of
 * a name ends it.
 */
const inside = `[^\\s"'\\\\&;,<${keep}]|[;,<][^\\sA-Za-z"'\\\\<${keep}]|\\\\[^nrtu"'\\\\]`;
const bare = `(?:${inside})+`;
/** Streets, numbers and postcodes without quotes consist of several words. */
const address =
  "[0-9]{1,5}[a-zA-Z]?(?: [A-Z][A-Za-z'-]+)+|[A-ZÀ-Ý][^\\s\"'\\\\,;]*(?: [A-ZÀ-Ý][^\\s\"'\\\\,;]*)* [0-9]{1,4}[a-z]?|[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}|";
/**
 * A quoted value in text. In JSON, the quote may end the text instead if one of `,:}]` or a space
 * follows.
 */
const quoted =
  `"(?:[^"\\\\,:}\\]\\s]|\\\\.)(?:[^"\\\\]|\\\\.)*"|[bu]?'(?:[^'"\\\\]|\\\\.|'')*'|'[^'\\s]*'|\`[^\`"]*\`` +
  `|${escapedText}`;
/**
 * A list or an object in text, without quotes that would end a JSON string. Its class may precede
 * it: `Set(2) { 'x' }`.
 */
const grouped = `(?:[A-Z][A-Za-z0-9]*(?:\\([0-9]+\\))? )?(?:\\[(?:[^\\]"\\\\]|\\\\.)*\\]|\\["[^"\\s]*"(?:, ?"[^"\\s]*")*\\]|\\{(?:[^{}"\\\\]|\\\\.|\\{(?:[^{}"\\\\]|\\\\.)*\\})*\\})`;
/** A scheme before a token; the header `Authorization` has more of them. */
const scheme = (more = ''): string => `(?i:(?:bearer|basic|token|apikey${more})(?:\\s+|%20|\\+))?`;
const rareSchemes = '|oauth|digest|negotiate|ntlm|bot|key|geniekey|ssws|hmac';

/** JSON in a line that is not JSON itself. */
const flat = (depth: number): string =>
  `\\{(?:[^{}"\\\\]|"(?:[^"\\\\]|\\\\.)*"${depth === 0 ? '' : `|${flat(depth - 1)}`})*\\}`;

/** People put quotes into passwords, and a body may be JSON. Other values have no quotes. */
const withQuotes = ({ family }: NameFamily): string =>
  ['password', 'short', 'body'].includes(family) ? `${escapedQuotes}|` : '';

/** What a value of the family may be besides one word. */
function specific({ family }: NameFamily): string {
  switch (family) {
    case 'address':
    case 'zip':
      return address;
    case 'body':
      return `${flat(3)}|`;
    default:
      return scheme(family === 'authorization' ? rareSchemes : '');
  }
}

/** `"password": "hunter2"` */
const jsonField = (family: NameFamily): RedactionRule => ({
  name: `json-field-${family.family}`,
  before: `${nameOf(family)}"\\s*:\\s*`,
  secret: `(?:${[json.filled, ...(family.notNumbers === true ? [] : [json.number]), json.composed].join('|')})`,
  replacement: '"[redacted]"',
  changes: family.examples.flatMap((key): [string, string][] => [
    [`{"${key}":"a \\"b\\" c","id":7}`, `{"${key}":"[redacted]","id":7}`],
    [`{"${key}" : ["a=b",{"c":1}],"x":1}`, `{"${key}" : "[redacted]","x":1}`],
    [`{"${key}":{"a":{"b":[{"c":1}]}},"n":1}`, `{"${key}":"[redacted]","n":1}`],
    [`{"${key}":"cut off at the e`, `{"${key}":"[redacted]"`],
    ...(family.notNumbers === true
      ? []
      : [[`{"${key}":-1.5e3}`, `{"${key}":"[redacted]"}`] as [string, string]]),
  ]),
  leaves: [
    ...family.others.map((key) => `{"${key}":"x","y":3}`),
    ...family.examples.map((key) => `{"${key}":true,"x":null}`),
  ],
});

/**
 * JSON inside a JSON string: `\"password\":\"hunter2\"`, and one level deeper, where each quote has
 * three backslashes.
 */
const escapedField = (family: NameFamily, deeper: boolean): RedactionRule => ({
  name: `${deeper ? 'twice-' : ''}escaped-json-field-${family.family}`,
  before: `${nameOf(family)}${deeper ? '\\\\{2,}' : '\\\\'}"\\s*:\\s*${deeper ? '\\\\{2,}' : '\\\\'}"`,
  secret: deeper
    ? // Two levels deep, a quote inside has seven backslashes. Three levels deep, it ends the value.
      '(?:[^"\\\\]|\\\\{7}"[^,:}\\]"\\\\]|\\\\+[^"\\\\])+'
    : `${json.inString}+`,
  replacement: '[redacted]',
  when: [deeper ? '\\\\\\"' : '\\"'],
  changes: family.examples.map((key) => {
    const quote = deeper ? '\\\\\\"' : '\\"';
    const line = (value: string): string =>
      `{"message":"got {${quote}${key}${quote}: ${quote}${value}${quote},${quote}id${quote}:7}"}`;
    return [line('hunter 2'), line('[redacted]')];
  }),
  leaves: family.others.map((key) => `{"message":"got {\\"${key}\\":\\"42\\"}"}`),
});

/** A number, list or object there becomes `null`, which is valid at any nesting depth. */
const escapedValue = (family: NameFamily): RedactionRule => ({
  name: `escaped-json-value-${family.family}`,
  before: `${nameOf(family)}\\\\+"\\s*:\\s*`,
  secret:
    family.notNumbers === true ? json.composedInText : `(?:${json.number}|${json.composedInText})`,
  replacement: 'null',
  when: ['\\"'],
  changes: family.examples.flatMap((key): [string, string][] =>
    [
      ...(family.notNumbers === true ? [] : ['739184']),
      ...['[\\"a\\",\\"b\\"]', '{\\"a\\":{\\"b\\":1},\\"c\\":2}'],
    ].map((value) => [
      `{"m":"{\\"${key}\\":${value},\\"x\\":1}"}`,
      `{"m":"{\\"${key}\\":null,\\"x\\":1}"}`,
    ]),
  ),
  leaves: family.others.map((key) => `{"m":"{\\"${key}\\":42}"}`),
});

/** `pin=5412 7265 9231 2210`. The rule for text would end after the first group. */
const cardInGroups = (family: NameFamily): RedactionRule => ({
  name: `card-in-groups-${family.family}`,
  before: `${nameOf(family)}${separator}`,
  secret: '[0-9]{4}(?: [0-9]{4,6}){2,3}',
  replacement: '[redacted]',
  changes: family.examples.map((key) => [
    `${key}=5412 7265 9231 2210 n=1`,
    `${key}=[redacted] n=1`,
  ]),
  leaves: family.examples.map((key) => `${key}=5412 7265 n=1`),
});

/**
 * Names of whole addresses and of streets. For the other names of the family, such as `hausnummer`,
 * the rule for text is enough, because their values are short.
 */
const addressNames =
  '(?i:(?:postal|ship(?:ping|to)?|bill(?:ing)?|street|home|mailing|delivery|residential|invoice)[ _.-]?address|adresse de (?:facturation|livraison)|indirizzo|direcci[oó]n|street[ _.-]?(?:name|line)?[_-]?[0-9]?|address[ _.-]?(?:line[_-]?[0-9]?|[0-9])|anschrift|strasse|straße)';
/** Not the end of a word, such as `pipeline1` and `deadline_2`. */
const lineNames = `(?:${left}(?i:line)|[a-z0-9]Line)[_-]?[12]`;
const rest = `(?:[^\\s"'\\\\,;:=()|&<>{}[\\]${keep}]|'[A-Za-z])*`;
/** A number or a word with a capital. Words such as `della` and `apt` may precede it. */
const part =
  "(?:(?:(?:d(?:e[lnrs]?|ell[aeo]|u|[aio]s?|ei)|l[ae]s?|van|am|zu[mr]|of(?: the)?|all[eé]e|avenue|calle|chemin|impasse|quai|rua|rue|route|via) |[dl]['’])*[A-ZÀ-Ž]|(?:(?:apt|int|lgh|nr|piso)\\.? )?[0-9])" +
  rest;

/**
 * `street=Rua das Flores 18, 4150 Porto, id=7`, up to the next field. The rule for text would end
 * after the first word.
 */
const addressInWords = (name: string, examples: readonly string[]): RedactionRule => ({
  name: `address-in-words-${examples[0] ?? ''}`,
  before: `${name}\\s*(?:=>|[:=])\\s*`,
  secret: `(?:(?:[a-z]{2,7}\\.? )?[A-ZÀ-Ž]|[0-9])${rest}(?:,? ${part})+`,
  after: '(?:[\\s"\'\\\\,;)|&<}\\]]|$)',
  replacement: '[redacted]',
  changes: examples.flatMap((key) => [
    [`${key}=Via dei Gigli 9, 50129 Firenze`, `${key}=[redacted]`],
    [`A(${key}=Rua das Flores 18, zip=4150-375)`, `A(${key}=[redacted], zip=4150-375)`],
    [`${key}: 12 rue de l'Isle, 75011 Paris; n=1`, `${key}: [redacted]; n=1`],
    [`${key}=Am Bach 3 city=Ulm`, `${key}=[redacted] city=Ulm`],
  ]),
  leaves: [
    ...examples.flatMap((key) => [`${key}=missing in order 7`, `${key}=Rosa38 n=1`]),
    ...['pipeline1', 'deadline_1', 'online2', 'timeline2'].map((key) => `${key}: Build 12 ok`),
    'discovery address: 10.0.0.3, 8 peers',
    ...['Failing', 'Polling', 'mapping', 'initial', 'credential'].map(
      (word) => `${word} address: 0x7f3a 4096`,
    ),
  ],
});

/** `accountHolder=Ada Lovelace reason=x` */
const holderInWords = nameInWords(holderNames, {
  name: 'holder-in-words',
  when: ['holder', 'card'],
  changes: [
    ['accountHolder=Ada de la Cruz reason=x', 'accountHolder=[redacted] reason=x'],
    ['name_on_card: Ada Lovelace, n: 1', 'name_on_card: [redacted], n: 1'],
  ],
  leaves: ['holderName=Ada reason=x', 'placeholder=Your Name'],
});

/**
 * In query strings, headers and text: `password=hunter2`, `password: 'hunter 2'`, `'password' =>
 * "x"`
 */
const textField = (family: NameFamily): RedactionRule => ({
  name: `text-field-${family.family}`,
  // Rust prints optional values as `Some("…")`.
  before: `${nameOf(family)}${separator}(?:Some\\()?`,
  secret:
    family.notNumbers === true
      ? `(?:${quoted}|${grouped}|[0-9]*(?:[^\\s"'\\\\&;,<0-9${keep}])(?:${inside})*)`
      : `(?:\\[redacted\\]|${withQuotes(family)}${quoted}|${grouped}|${specific(family)}${bare})`,
  replacement: '[redacted]',
  changes: family.examples.flatMap((key) => [
    [`GET /reset?${key}=abc123&lang=en`, `GET /reset?${key}=[redacted]&lang=en`],
    [`failed ${key}=hunter2; user=7`, `failed ${key}=[redacted]; user=7`],
    [`{'${key}': b'hunter 2', 'x': 1}`, `{'${key}': [redacted], 'x': 1}`],
    [`{'${key}': u'hunter 2', 'x': 1}`, `{'${key}': [redacted], 'x': 1}`],
    [`${key}="hunter \\" 2" NODE_ENV=dev`, `${key}=[redacted] NODE_ENV=dev`],
    [`{ '${key}': 'x y', id: 1 }`, `{ '${key}': [redacted], id: 1 }`],
    [`{ ${key} => [ 'x', 'y' ], id: 1 }`, `{ ${key} => [redacted], id: 1 }`],
  ]),
  leaves: [
    ...family.others.map((key) => `${key}=42 x=ses_1`),
    ...family.examples.map((key) => `{"message":"${key}:","next":"value"}`),
    ...family.examples.map((key) => `${key} expired, must be changed`),
    ...family.examples.map((key) => `${key}: ${keep}must be changed`),
  ],
});

/** Rules by field name. They come first, because a dropped value needs no other rule. */
export const fieldGroups: readonly RedactionGroup[] = nameFamilies.map((family) => ({
  name: `fields-${family.family}`,
  when: family.words,
  rules: [
    jsonField(family),
    escapedField(family, false),
    escapedField(family, true),
    escapedValue(family),
    ...(family.family === 'short' ? [cardInGroups(family)] : []),
    ...(family.family === 'payment' ? [holderInWords] : []),
    ...(family.family === 'address'
      ? [addressInWords(addressNames, ['street', 'billing_address', 'addressLine1'])]
      : []),
    ...(family.family === 'zip'
      ? [addressInWords(lineNames, ['line1', 'user_line_2', 'billingLine1'])]
      : []),
    textField(family),
  ],
}));
