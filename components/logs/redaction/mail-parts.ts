import { json, type RedactionGroup, type RedactionRule } from './rule';

/**
 * Redacts the text after a type.
 *
 * @param quote pattern of the quotes around names and values
 * @param secret pattern of the text between the quotes
 */
const afterType = (quote: string, secret: string): Omit<RedactionRule, 'name' | 'changes'> => ({
  before: `text/(?:plain|html)${quote},\\s*(?:${quote})?(?:value|content|body|data)(?:${quote})?\\s*:\\s*${quote}`,
  secret,
  replacement: '[redacted]',
  when: ['value', 'content', 'body', 'data'],
  leaves: ['{"type":"text/plain","value":null}', "type: 'text/plain', length: 4"],
});

/** Texts of a mail beside their type, as SendGrid takes them. */
export const mailParts: RedactionGroup = {
  name: 'mail-parts',
  when: ['text/plain', 'text/html'].flatMap((type) =>
    ['"', "'", '\\'].map((quote) => `${type}${quote}`),
  ),
  rules: [
    {
      name: 'mail-part-in-json',
      ...afterType('"', '(?:[^"\\\\]|\\\\.)+'),
      changes: [
        [
          '[{"type":"text/plain","value":"Dear \\"Ada\\"\\nhi"}]',
          '[{"type":"text/plain","value":"[redacted]"}]',
        ],
      ],
    },
    {
      name: 'mail-part-in-string',
      ...afterType('\\\\"', `${json.inString}+`),
      changes: [
        [
          '{"m":"{\\"type\\":\\"text/html\\",\\"value\\":\\"Dear \\\\\\"Ada\\\\\\"\\"}"}',
          '{"m":"{\\"type\\":\\"text/html\\",\\"value\\":\\"[redacted]\\"}"}',
        ],
      ],
    },
    {
      name: 'mail-part-in-string-twice',
      ...afterType('\\\\{3}"', '(?:[^"\\\\]|\\\\{7}"|\\\\+[^"\\\\])+'),
      changes: [
        [
          '{"m":"{\\"d\\":\\"{\\\\\\"type\\\\\\":\\\\\\"text/html\\\\\\",\\\\\\"value\\\\\\":\\\\\\"Dear Ada\\\\\\"}\\"}"}',
          '{"m":"{\\"d\\":\\"{\\\\\\"type\\\\\\":\\\\\\"text/html\\\\\\",\\\\\\"value\\\\\\":\\\\\\"[redacted]\\\\\\"}\\"}"}',
        ],
      ],
    },
    {
      name: 'mail-part-of-node',
      ...afterType("'", "(?:[^'\\\\]|\\\\.)+"),
      changes: [
        [
          "[ { type: 'text/html', value: '<p>It\\'s Ada' } ]",
          "[ { type: 'text/html', value: '[redacted]' } ]",
        ],
      ],
    },
  ],
};
