import type { RedactionRule } from './rule';

const month = '[A-ZÀ-Ža-z][a-zà-ž]{2,9}\\.?';

/** Dates of birth and numbers of persons in sentences. Other rules know fields. */
export const personsInWords: readonly RedactionRule[] = [
  {
    name: 'birth-date-in-words',
    before:
      '(?i:\\b(?:born|geboren|birth[ _-]?da(?:te|y)|date[ _-]of[ _-]birth|d\\.?o\\.?b\\.?)(?: (?:on|is|was|am|of))?(?: ?[:=(])? ?\\\\*["\']?)',
    secret: `(?:[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9]{1,2}(?:st|nd|rd|th|\\.)?(?: of)?[ -]${month},?[ -][0-9]{4}|${month} [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}|(?:19|20)[0-9]{6})`,
    after: '(?:[^0-9A-Za-z]|$)',
    replacement: '[redacted]',
    when: ['born', 'geboren', 'birth', 'dob', 'd.o.b'],
    changes: [
      ['applicant born 4 March 1987, x', 'applicant born [redacted], x'],
      ['born on 04/03/1987 in Lyon', 'born on [redacted] in Lyon'],
      ['date of birth is March 4th, 1987', 'date of birth is [redacted]'],
      ['dob: 4. März 1987', 'dob: [redacted]'],
    ],
    leaves: ['born to run', 'stubborn 4 March 1987', 'date of birth is required'],
  },
  {
    name: 'number-of-person-in-words',
    before:
      "(?i:\\b(?:ssn|social security|nino|national insurance|tax[ _-]?id|steuer-?id|cpf|aadhaar|(?:driver'?s |driving )licen[cs]e|national id|id card|personnummer|bsn|pesel|curp)(?: (?:number|num|no\\.?))?(?: (?:is|was))?(?: ?[:=#])? ?\\\\*[\"']?)",
    secret: '(?:[A-Z]{1,4} ?)?[0-9](?:[ ./-]?[0-9A-Z]){5,16}',
    after: '(?:[^0-9A-Za-z]|$)',
    replacement: '[redacted]',
    when: [
      ...['ssn', 'al sec', 'nino', 'national i', 'tax', 'steuer', 'cpf', 'aadhaar'],
      ...['licen', 'id card', 'personnummer', 'bsn', 'pesel', 'curp'],
    ],
    changes: [
      ['SSN 078-05-1120 provided', 'SSN [redacted] provided'],
      ['national insurance number QQ 12 34 56 C', 'national insurance number [redacted]'],
      ['CPF 123.456.789-09', 'CPF [redacted]'],
    ],
    leaves: ['tax 19.00 EUR', 'tax id missing', 'tax id 2026'],
  },
  {
    // Without hyphens: a time may follow the name of the library `passport`.
    name: 'passport-in-words',
    before: '(?i:\\bpassport(?: (?:number|num|no\\.?))?(?: (?:is|was))?(?: ?[:=#])? ?\\\\*["\']?)',
    secret: '[A-Z]{0,2}[0-9][0-9A-Z]{6,8}',
    after: '(?:[^0-9A-Za-z]|$)',
    replacement: '[redacted]',
    when: ['passport'],
    changes: [['passport C01X00T47 expired', 'passport [redacted] expired']],
    leaves: ['passport 0.7.0 loaded', 'passport 2026-11-26T03:00:00Z ready'],
  },
];
