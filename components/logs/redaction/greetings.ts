import { fullNameInScripts } from './persons';
import type { RedactionGroup } from './rule';

const words =
  '(?:dear|hallo|hello|hi|bonjour|hola|ciao|liebe[rs]?|(?:sehr )?geehrte[rs]?(?: (?:frau|herr))?|ch[eè]re?|car[oa]|estimad[oa]|ol[aá]|hej|beste)';

/** The name in the greeting of a message. */
export const greetings: RedactionGroup = {
  name: 'greetings',
  rules: [
    {
      name: 'name-in-greeting',
      before: `(?:^|[^A-Za-z])(?i:${words}) (?:(?:Mr|Mrs|Ms|Dr|Frau|Herr|Sig|M|Mme)\\.? )?`,
      secret: fullNameInScripts,
      after: '(?:,|!|:|\\\\[nr]|<br)',
      replacement: '[redacted]',
      when: [
        ...['dear ', 'hallo ', 'hello ', 'hi ', 'bonjour ', 'hola ', 'ciao ', 'liebe', 'eehrte'],
        ...[
          'chère ',
          'cher ',
          'caro ',
          'cara ',
          'estimad',
          'hej ',
          'beste ',
          'olá ',
          'ola ',
          'chere ',
        ],
      ],
      changes: [
        ['Hallo Ada van Loon,\\nIhre Abrechnung', 'Hallo [redacted],\\nIhre Abrechnung'],
        ['<p>Dear Mrs. Ada Moser!', '<p>Dear Mrs. [redacted]!'],
      ],
      leaves: ['Hello World from node', 'hi there, Ada', 'Hello Ada'],
    },
  ],
};
