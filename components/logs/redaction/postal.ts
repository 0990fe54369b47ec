import { addressObject } from './address-fields';
import { encodedColon, encodedQuoteTexts, encodedText, type RedactionGroup, start } from './rule';

const streets =
  '(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Walk|Way|Row|Drive|Dr|Close|Court|Ct|Place|Pl|Square|Sq|Gardens|Terrace|Crescent|Boulevard|Blvd|Parkway|Highway|Pkwy|Hwy|Hill|Grove|Mews|Trail|Circle|Circus|Quay|Wharf)';

/** A word of a street's name, and what may precede it. */
const name = "[A-ZÀ-Ž][A-Za-zÀ-ž'-]+";
const article = "(?:de |du |des |la |les |del |della |dei |do |da |d'|l'){0,2}";

/** In a form or a URL. */
const space = '(?:\\+|%(?:25)*20)';

/** Words before or after a street's name in other languages. */
const abroad = [
  ...['rue ', 'quai ', 'chemin ', 'impasse ', 'calle ', 'avenida ', 'rua ', 'viale '],
  ...['piazza ', 'ul. ', 'gatan ', 'vägen ', 'gata ', 'veien ', 'gade ', 'vej '],
] as const;
/** Also words of other kinds of names, so a postcode and a city must follow. */
const beforeCode = ['via ', 'corso ', 'plaza ', 'paseo ', 'largo '] as const;
const boxes = ['o box ', 'o. box '] as const;

export const postal: RedactionGroup = {
  name: 'postal',
  when: [
    ...['addr', 'adresse', 'anschrift', 'indirizzo', 'direcci', 'street', 'road', 'avenue', 'lane'],
    ...['walk', 'drive', 'court', 'place', 'square', 'terrace', 'crescent', 'gardens', ' row'],
    ...[' way', 'close', 'trail', 'circle', 'circus', 'quay', 'wharf', 'boulevard', 'lvd'],
    ...['parkway', 'pkwy', 'highway', 'hwy', ' st', ' rd', ' ave', ' dr', ' ln', ' hill'],
    ...[' grove', ' mews', 'straße', 'strasse', 'str. ', 'platz', 'allee', 'gasse ', 'weg '],
    ...['damm ', 'ufer ', 'straat ', 'laan ', 'gracht ', ...abroad, ...beforeCode, ...boxes],
  ],
  opens: [
    ...['ddr', 'adresse', 'anschrift', 'direcci', 'stree', 'avenue', 'lvd', ' road', ' walk'],
    ...[' lane', ' way,', ' drive,', ' court,', ' place,', 'square,', 'terrace', 'crescent'],
    ...['boulevard', 'parkway', 'highway', 'pkwy', ' st,', ' rd,', ' ave,', ' dr,', ' ln,'],
    ...[' hill,', ' grove,', ' mews', ' row,', ' close,', 'straße', 'strasse', 'str. ', 'platz '],
    ...['allee ', 'gasse ', 'weg ', 'damm ', 'ufer ', 'straat ', 'laan ', 'gracht '],
    // At the end of a message.
    ...[' way"', ' row"', ' close"', ' drive"', ' court"', ' place"', ' hill"', ' grove"'],
    // Labels of parcels and invoices, and sentences.
    ...['ship to', 'bill to', 'sold to', 'deliver to', 'lives at', 'parcel for'],
    ...[...abroad, ...beforeCode, ...boxes],
  ],
  rules: [
    {
      name: 'xml-address',
      when: ['</'],
      before:
        '(?i:<(?:[a-z0-9]+:)?[a-z0-9_-]{0,20}(?:address(?:_?line)?_?[0-9]?|adrline|street(?:_?(?:line|name))?_?[0-9]?|strtnm|post(?:al)?_?code|pstcd|zip_?(?:code)?)>)',
      secret: '(?:[^<>"\\s]+ [^<>"]*|[A-Z]{1,2}[0-9][^<>"]*|[0-9]{4,6})',
      after: '</',
      replacement: '[redacted]',
      changes: [
        ['<AddressLine>Via Roma 88</AddressLine>', '<AddressLine>[redacted]</AddressLine>'],
        [
          '<Street>x y</Street><ZipCode>50968</ZipCode>',
          '<Street>[redacted]</Street><ZipCode>[redacted]</ZipCode>',
        ],
      ],
      leaves: ['<IpAddress>10.0.0.5</IpAddress>'],
    },
    {
      name: 'json-address',
      // A wallet or a host contains no space.
      before:
        '(?i:"[a-z0-9_.-]{0,30}(?:address(?:es)?|adresse|anschrift|direcci[oó]n|indirizzo|location)"\\s*:\\s*)',
      secret: `(?:"(?:[^"\\\\\\s]|\\\\.)*\\s(?:[^"\\\\]|\\\\.)*"?|${addressObject}|\\["(?:[^"\\\\\\s]|\\\\.)*\\s(?:[^"\\\\]|\\\\.)*"[^\\]]*\\])`,
      replacement: '"[redacted]"',
      when: ['address', 'location', 'adresse', 'anschrift', 'direcci', 'indirizzo'],
      changes: [
        ['{"address":"12 Main Street, Springfield"}', '{"address":"[redacted]"}'],
        ['{"address":{"line1":"x","city":"y"},"n":1}', '{"address":"[redacted]","n":1}'],
      ],
      leaves: ['{"address":"10.0.0.5:9090"}', '{"address":"api-server:9090"}'],
    },
    {
      name: 'escaped-json-address',
      before: '(?i:address\\\\+"\\s*:\\s*\\\\+")',
      secret: '[^"\\\\\\s]*\\s(?:[^"\\\\]|\\\\{2,}[^"\\\\]|\\\\[nrtbfu/])*',
      replacement: '[redacted]',
      when: ['\\"'],
      changes: [
        [
          '{"m":"{\\"address\\": \\"2 Bramble Row\\"}"}',
          '{"m":"{\\"address\\": \\"[redacted]\\"}"}',
        ],
      ],
      leaves: ['{"m":"{\\"address\\": \\"10.0.0.5\\"}"}'],
    },
    {
      name: 'escaped-address-object',
      before: '(?i:address\\\\+"\\s*:\\s*)',
      secret:
        '\\{(?:[^{}"\\\\]|\\\\+["nrt])*\\\\+"(?i:street|line_?1|city|zip|post(?:al)?_?code)\\\\+":(?:[^{}"\\\\]|\\\\.)*\\}',
      // Valid at any nesting depth.
      replacement: 'null',
      when: ['\\"'],
      changes: [
        [
          '{"m":"{\\"address\\":{\\"city\\":\\"Bologna\\",\\"n\\":1},\\"x\\":1}"}',
          '{"m":"{\\"address\\":null,\\"x\\":1}"}',
        ],
      ],
      leaves: ['{"m":"{\\"address\\":{\\"port\\":9090}}"}'],
    },
    {
      name: 'text-address',
      before:
        "(?i:(?:addr(?:ess)?|adresse|anschrift|direcci[oó]n|indirizzo)(?:['`]|\\\\+[\"'])?\\s*(?:=>|[:=])\\s*)",
      secret:
        '(?:"[^",:}\\]\\s]*\\s[^"]*"|\'[^\'\\s]*\\s[^\']*\'|\\\\+"[^"\\\\\\s]*\\s[^"\\\\]*\\\\+"|\\{[^{}"]*\\}|\\[\\\\+"[^"\\\\\\s\\[\\]]*\\s(?:[^\\[\\]"\\\\]|\\\\.)*\\])',
      replacement: '[redacted]',
      changes: [
        ['address="14 Bluebell Walk, Cardiff" id=7', 'address=[redacted] id=7'],
        ["{ address: '6 Snowberry Way', ok: true }", '{ address: [redacted], ok: true }'],
      ],
      leaves: ["address: '10.0.0.5:80'", '{"address":"","x":"a b"}'],
    },
    {
      name: 'form-address',
      // A form field.
      before: '(?i:address(?:_?line)?_?[0-9]?=)',
      secret: `(?:[0-9]{1,5}[a-zA-Z]?(?:${space}[A-Z][A-Za-z%.'-]*)+|[A-Z][A-Za-z.'-]*(?:${space}[A-Za-z%.'-]+)*${space}[0-9]{1,4}[a-z]?)[A-Za-z0-9%.,+'-]*`,
      replacement: '[redacted]',
      when: ['address'],
      changes: [
        ['address=Lindenweg+14&city=x', 'address=[redacted]&city=x'],
        ['address=Via%20dei%20Cappellari%20112%2C%20Rome&n=1', 'address=[redacted]&n=1'],
      ],
      leaves: ['address=10.0.0.5:9090', 'address=eth0+eth1'],
    },
    {
      name: 'encoded-json-address',
      before: `(?i:(?:street|address)(?:_?(?:line|name))?_?[0-9]?)${encodedColon}`,
      secret: encodedText,
      replacement: '[redacted]',
      when: encodedQuoteTexts,
      changes: [
        [
          '%22street%22%3A%2218%20Wetherby%20Mews%22%2C%22n%22%3A1',
          '%22street%22%3A%22[redacted]%22%2C%22n%22%3A1',
        ],
      ],
      leaves: ['%22streetlight%22%3A%22x%22', '%22ipaddress_id%22%3A%22x%22'],
    },
    {
      name: 'street-and-number',
      before: start,
      secret: `(?:[0-9]{1,5}[a-zA-Z]? (?:[A-Z][A-Za-z'-]+ ){1,3}${streets}|[A-ZÄÖÜ][a-zäöüß-]+(?:straße|strasse|str\\.|platz|allee|gasse|weg|damm|ufer|straat|laan|gracht) [0-9]{1,4}[a-z]?)`,
      after: '(?:\\b|$)',
      replacement: '[redacted]',
      changes: [
        ['ship to 14 Bluebell Walk, Cardiff', 'ship to [redacted], Cardiff'],
        ['1600 Amphitheatre Parkway, Mountain View', '[redacted], Mountain View'],
        ['to 12 High St, London', 'to [redacted], London'],
        ['an Hauptstraße 12a, Berlin', 'an [redacted], Berlin'],
      ],
      leaves: ['5 retries on the Way', 'took 3 Drive operations'],
    },
    {
      name: 'street-and-number-elsewhere',
      before: start,
      secret: `(?:[0-9]{1,4}(?: ?(?:bis|ter))?,? (?:[Rr]ue|[Cc]hemin|[Ii]mpasse|[Qq]uai|[Aa]venue|[Bb]oulevard) ${article}${name}|(?:Calle|Avenida|Rua|Viale|Piazza|Rue|Chemin|Quai|ul\\.) ${article}${name},? [0-9]{1,4}|[A-ZÅÄÖØ][a-zåäöøæ]+(?:gatan|vägen|gata|veien|gade|vej) [0-9]{1,4})`,
      after: '(?:\\b|$)',
      replacement: '[redacted]',
      when: [...abroad, 'avenue ', 'boulevard '],
      changes: [
        ['au 12 rue des Lilas, Paris', 'au [redacted], Paris'],
        ['Calle Mayor 12, Madrid', '[redacted], Madrid'],
        ['Rue des Lilas 8, Paris', '[redacted], Paris'],
        ['to 27 Rue des Lilas, Lyon', 'to [redacted], Lyon'],
        ['Storgatan 22, Stockholm', '[redacted], Stockholm'],
      ],
      leaves: ['la rue 12', 'Calle 12'],
    },
    {
      name: 'street-before-code',
      // A postcode must follow, because `Via Stripe 3` is not a street.
      before: start,
      secret: `(?:Via|Corso|Plaza|Paseo|Largo|Place|Avenue|Boulevard) ${article}${name}(?: ${name})?,? [0-9]{1,4}`,
      after: ',? [0-9]{4,5} [A-ZÀ-Ž][a-zà-ž]{2}',
      replacement: '[redacted]',
      when: [...beforeCode, 'place ', 'avenue ', 'boulevard '],
      changes: [['Via Garibaldi 31, 20121 Milano', '[redacted], 20121 Milano']],
      leaves: ['Via Stripe 3, 12 Refunds', 'Via Garibaldi 31, Milano'],
    },
    {
      name: 'po-box',
      before: start,
      secret: '(?i:p\\.? ?o\\.? box) [0-9]{1,6}',
      after: '\\b',
      replacement: '[redacted]',
      when: boxes,
      changes: [['PO Box 1184, Portland', '[redacted], Portland']],
      leaves: ['PO Box missing', 'info box 12'],
    },
    {
      name: 'code-after-street',
      // What remains of an address after the rule above.
      before: "\\[redacted\\],? (?:[A-Z][A-Za-z'-]+,? ){0,3}",
      secret: '(?:[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}|[0-9]{4} [A-Z]{2})',
      after: '\\b',
      replacement: '[redacted]',
      changes: [
        ['to [redacted] Leeds LS6 2AB via street', 'to [redacted] Leeds [redacted] via street'],
      ],
      leaves: ['street [redacted] Leeds', 'street [redacted] 42 of 3'],
    },
    {
      name: 'code-in-list',
      // The columns of an address: street, city and postcode.
      before: `\\[redacted\\](?:[ /-][0-9A-Za-z]{1,5})?\\\\*["'](?:,\\s*\\\\*["'][^"'\\\\\\[\\]]{0,40}\\\\*["']){0,2},\\s*\\\\*["']`,
      secret:
        '(?:[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}|[0-9]{4} ?[A-Z]{2}|[A-Z][0-9][0-9A-Z] [0-9A-Z]{3,4}|[0-9]{5}(?:-[0-9]{4})?|[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2})',
      after: `\\\\*["']`,
      replacement: '[redacted]',
      changes: [
        [
          "[ 'street [redacted]-III', 'Amsterdam', '1017 JL', 'NL' ]",
          "[ 'street [redacted]-III', 'Amsterdam', '[redacted]', 'NL' ]",
        ],
        ['["street [redacted]","Leeds","LS6 2AB"]', '["street [redacted]","Leeds","[redacted]"]'],
      ],
      leaves: ["[ 'street [redacted]', 'Amsterdam', '1017' ]", '["street [redacted]",10115]'],
    },
    {
      name: 'number-after-street',
      // Postcodes of digits, before the city.
      before: '\\[redacted\\], ',
      secret: '(?:[0-9]{4,5}|[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2})',
      after: ' [A-ZÀ-Ž][a-zà-ž]{2,}',
      replacement: '[redacted]',
      changes: [['street: [redacted], 10115 Berlin', 'street: [redacted], [redacted] Berlin']],
      leaves: ['street [redacted], 10115 rows', 'street [redacted] 1003 Jobs'],
    },
    {
      name: 'number-after-city',
      // ZIP codes of the United States.
      before:
        "\\[redacted\\],?(?: (?:(?:Apt|Unit|Suite|Ste|Floor|Fl)\\.? |#)?[0-9]{1,5}[A-Za-z]?,?)?(?:(?:\\s|\\\\+[nrt])+[A-Z][A-Za-z.'-]+,?){1,3} [A-Z]{2} ",
      secret: '[0-9]{5}(?:-[0-9]{4})?',
      after: '\\b',
      replacement: '[redacted]',
      changes: [
        [
          'street: [redacted], Apt 4B, New York, NY 10005-1234',
          'street: [redacted], Apt 4B, New York, NY [redacted]',
        ],
        [
          'street [redacted] Apt 9\n    Bozeman, MT 59718\n',
          'street [redacted] Apt 9\n    Bozeman, MT [redacted]\n',
        ],
      ],
      leaves: ['street [redacted], New York, NY 100'],
    },
  ],
};
