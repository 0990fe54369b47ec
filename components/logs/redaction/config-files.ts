import { keep, type RedactionRule } from './rule';

/** A password in a configuration file. The rules for fields would end at the semicolon. */
export const passwordWithSemicolon: RedactionRule = {
  name: 'password-with-semicolon',
  // At the end of a line of a configuration file, nothing else can follow.
  when: [';'],
  before: '(?i:(?:passw(?:or)?d|pass|pwd|secret)\\s*=\\s*)',
  secret: `[^\\s"'\\\\=;${keep}]+;[^\\s"'\\\\=${keep}]+`,
  after: '(?:[ \\t]*(?:\\\\+[rn]|[\\r\\n]|\\\\*"|$))',
  replacement: '[redacted]',
  changes: [
    ['user = a\npasswd = hun;ter\nport = 1', 'user = a\npasswd = [redacted]\nport = 1'],
    ['{"m":"DB_PASSWORD=hun;ter;2"}', '{"m":"DB_PASSWORD=[redacted]"}'],
  ],
  leaves: ['passwd=x;Database=y', 'passwd=x;ssl on', 'password=x;', 'Secret=x;Path=/'],
};
