import { json, type RedactionGroup } from './rule';

/** Other names of fields with an address. Without a digit and a space, the value may be a place. */
const names =
  '(?:adres|endere[cç]o|адрес|(?:bill|deliver|ship|sold)_?to|(?:address|adresse|direccion|indirizzo)_?(?:de_)?(?:billing|shipping|envio|facturation|livraison|spedizione))';
const rest = '(?:[^"\\\\]|\\\\.)*';

/** An object in JSON with parts of an address. */
export const addressObject = `\\{[^{}]*"(?i:street|line_?1|city|zip|post(?:al)?_?code)[a-z0-9_]*"\\s*:(?:[^{}"]|"${rest}")*\\}`;

/** Postal addresses in fields of recipients, and in fields with names in other languages. */
export const addressFields: RedactionGroup = {
  name: 'address-fields',
  rules: [
    {
      name: 'address-of-recipient',
      before: `(?i:"[a-z0-9_.-]{0,30}${names}"\\s*:\\s*)`,
      secret: `(?:"${rest}(?:[0-9]${rest}\\s|\\s${rest}[0-9])${rest}"?|${addressObject})`,
      replacement: '"[redacted]"',
      when: [
        ...['adres"', 'endere', 'адрес', 'billto', 'bill_to', 'deliverto', 'deliver_to', 'shipto'],
        ...['ship_to', 'soldto', 'sold_to', 'ebilling', 'shipping"', 'envio"', 'facturation"'],
        ...['sbilling', '_billing', 'livraison"', 'spedizione"'],
      ],
      changes: [
        ['{"shipTo":"Calle Sol 29, 3ºB, Zaragoza","n":1}', '{"shipTo":"[redacted]","n":1}'],
        ['{"adres":"ul. Modrzewiowa 14/6, Rzeszów"}', '{"adres":"[redacted]"}'],
        ['{"bill_to":{"name":"x","street":"y 1"},"n":1}', '{"bill_to":"[redacted]","n":1}'],
        ['{"direccion_envio":"Sol 29, Madrid"}', '{"direccion_envio":"[redacted]"}'],
      ],
      leaves: ['{"shipTo":"warehouse-2"}', '{"bill_to":"the label"}', '{"sent_to":"list 5 of x"}'],
    },
    {
      name: 'japanese-address',
      // Japanese has no spaces.
      before: '"住所"\\s*:\\s*',
      secret: json.filled,
      replacement: '"[redacted]"',
      when: ['住所'],
      changes: [['{"住所":"京都市左京区里ノ前町21"}', '{"住所":"[redacted]"}']],
      leaves: ['{"住所":""}'],
    },
  ],
};
