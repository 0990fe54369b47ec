import type { RedactionRule } from './rule';

const month = '[A-ZÀ-Ža-z][a-zà-ž]{2,9}\\.?';

/** Dates of birth in sentences, as people write them. Other rules know fields. */
export const birthDateInWords: RedactionRule = {
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
};
