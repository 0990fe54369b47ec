import type { RedactionRule } from './rule';

/** Messages and their parts as the protocols send them. */
export const messages: readonly RedactionRule[] = [
  {
    name: 'mail-data',
    // The text after the headers of a message.
    when: ['mime-version'],
    before: '(?i:mime-version:)[^"]*?(?:\\\\+r)?\\\\+n(?:\\\\+r)?\\\\+n',
    secret: '(?:[^"\\\\]|\\\\+[rnt])+?',
    after: '(?:\\\\+r\\\\+n\\.|\\\\*"|$)',
    replacement: '[redacted]',
    changes: [
      [
        'smtp DATA\\r\\nMIME-Version: 1.0\\r\\n\\r\\nDear a\\r\\n.\\r\\n',
        'smtp DATA\\r\\nMIME-Version: 1.0\\r\\n\\r\\n[redacted]\\r\\n.\\r\\n',
      ],
    ],
    leaves: ['MIME-Version: 1.0'],
  },
  {
    name: 'mail-envelope',
    // IMAP lists the date first, then the subject.
    when: ['envelope'],
    before: '(?i:envelope[ =]*)\\(\\\\*"[^"\\\\]*\\\\*"\\s+\\\\*"',
    secret: '[^"\\\\]+',
    replacement: '[redacted]',
    changes: [
      [
        'fetch envelope=("Thu, 27 Nov" "a b" NIL)',
        'fetch envelope=("Thu, 27 Nov" "[redacted]" NIL)',
      ],
    ],
    leaves: ['envelope=("x")'],
  },
  {
    name: 'mail-mime-part',
    // What follows the headers of a part, up to the next boundary.
    when: ['transfer-encoding: '],
    before:
      '(?i:content-transfer-encoding: (?:quoted-printable|base64|[78]bit))(?:(?:\\\\+r)?\\\\+n|\\r?\\n)+',
    secret: '(?:[^"\\\\-]|-[^"\\\\-]|\\\\+[rnt])+',
    after: '(?:--|\\\\*"|$)',
    replacement: '[redacted]',
    changes: [
      [
        'mail\nContent-Transfer-Encoding: 7bit\n\nDear a-b\n--b_77--',
        'mail\nContent-Transfer-Encoding: 7bit\n\n[redacted]--b_77--',
      ],
    ],
    leaves: ['Transfer-Encoding: chunked'],
  },
];
