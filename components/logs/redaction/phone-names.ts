/** Names of fields with phone numbers, case-insensitive. */
export const phone =
  '(?:(?:phone|mobile|msisdn|tel(?:ephone|efono?|efoon|éfono)?|телефон|電話番号|携帯電話|手机号?|전화번호|t[eé]l[eé]phone|fax|whatsapp|sms|handy|rufnummer|cell)(?:[_ -]?(?:phone|number|num|nummer|no|nr|to))?s?[0-9]?' +
  '|(?:contact|national|caller)[_ -]?(?:number|num|no)|raw_?input|dest(?:ination)?_addr)';

/** Folded strings. Every line with such a name contains at least one of them. */
export const phoneWords = [
  ...[
    'phone',
    'mobile',
    'msisdn',
    'telefon',
    'fax',
    'whatsapp',
    'sms',
    ...['tel"', "tel'", 'tel:', 'tel=', 'tel\\', 'tel ', 'tel%', 'tel_', 'tel. '],
  ],
  ...['téléphone', 'telephone', 'handy', 'rufnummer'],
  ...['телефон', '電話番号', '携帯電話', '手机', '전화번호', 'telefoon'],
  ...[
    '"cell',
    "'cell",
    ' cell',
    ':cell',
    '(cell',
    'nationaln',
    'national_n',
    'contactn',
    'contact_n',
    'wa.me/',
  ],
  // Fields of SMPP.
  ...['dest_addr', 'destination_addr', 'recipient'],
] as const;
