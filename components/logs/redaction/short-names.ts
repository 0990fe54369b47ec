import { type RedactionGroup, type RedactionRule, shortToken } from './rule';

/** Letters and digits that change places at least twice, so that `encode20261201` is no match. */
export const random =
  '(?:[A-Za-z]*[0-9]+[A-Za-z]+[0-9][A-Za-z0-9]*|[A-Z]*[a-z]+[A-Z]+[a-z]+[A-Z][A-Za-z0-9]*|[A-Za-z]*[a-z][A-Z]+[0-9][A-Za-z0-9]*)';

/** The same with a special character. A word with a hyphen and a number is a name. */
const special =
  '(?:[A-Za-z0-9-]{4,}[!@#$%^&*+~?][^\\s"\'\\\\,;)]{2,}|[A-Za-z0-9-]{7,}[!@#$%^&*+~?])';

const spoken = (
  name: string,
  names: string,
  when: readonly string[],
  example: string,
): RedactionRule => ({
  name,
  before: `(?i:(?:^|[:;,("'] ?|\\b(?:got|with|using|use|sent|and|user|bad|wrong|tried|old|new|my|her|his|the|temp|webhook|client|shared|signing|jwt|app|(?:as |user=|user )[a-z0-9_.@-]+) )(?:${names}) (?:is )?)`,
  secret: `(?:${random}|${special})`,
  after: '(?:[\\s,;.)\\\\"\']|$)',
  replacement: '[redacted]',
  when,
  changes: [
    [
      `got ${example} b7c56854c44d8b32c6703849d49e782f (type x)`,
      `got ${example} [redacted] (type x)`,
    ],
    [`login as ada ${example} Xy7kLmq!9qa`, `login as ada ${example} [redacted]`],
  ],
  leaves: [
    `with ${example} 2 of 3`,
    `the ${example} audifi-db-2026 is gone`,
    `first ${example} encode20261201 done`,
    `cache ${example} b7c56854c44d8b32c6703849d49e782f missed`,
  ],
});

/** A value after a short name, without a separator. The name opens the theme. */
export const shortNames: RedactionGroup = {
  name: 'short-names',
  opens: [],
  rules: [
    spoken('spoken-pass', 'passwd|pwd|pw|pass', ['pass', 'pw'], 'pass'),
    spoken('spoken-secret', 'secret', ['secret '], 'secret'),
    {
      name: 'spoken-short-key',
      // Keys of caches and indexes have letters of one case.
      before: '(?i:(?:^|[\\s(,;:"\'])(?:got|bad|wrong|tried|sent|old|my) key )',
      secret:
        '(?:[A-Za-z]*[a-z][A-Z]+[0-9][A-Za-z0-9]{6,}|[A-Z]+[a-z]+[0-9]+[A-Z][A-Za-z0-9]{5,}|[a-z]*[0-9]+[a-z]+[A-Z][A-Za-z0-9]{6,})',
      after: '(?:[\\s,;.)\\\\"\']|$)',
      replacement: '[redacted]',
      when: ['key '],
      changes: [['tried key AKf3Lm9Qr2Tt8 on it', 'tried key [redacted] on it']],
      leaves: ['cache key AKf3Lm9Qr2Tt8 missed', 'bad key track_42_of_album_2026'],
    },
  ],
};

/** `tok` is too rare to open the theme of names. */
export const shortTokens: RedactionGroup = {
  name: 'short-tokens',
  rules: [spoken('spoken-short-token', 'tok', [' tok '], 'tok')],
};

/** IDs of sessions in the keys of stores. Who has such an ID is logged in. */
export const storedSessions: RedactionGroup = {
  name: 'stored-sessions',
  rules: [
    {
      name: 'session-in-key',
      // IDs of other stores have letters of one case, so that only the prefix tells what they are.
      before:
        '(?i:(?:phpredis_session:|memc\\.sess\\.(?:key\\.)?|:sessions:(?:expires:)?|laravel_session:|django\\.contrib\\.sessions\\.[a-z_]+|_session_id:(?:[0-9]+::)?))',
      secret: '[A-Za-z0-9_,-]{20,}',
      replacement: '[redacted]',
      when: [
        ...['predis_session:', 'memc.sess', ':sessions:', 'laravel_session:', 'contrib.sessions.'],
        '_session_id:',
      ],
      changes: [
        ['GET PHPREDIS_SESSION:4tq1k9v0p3m2n5b8c7x6z1a2s3', 'GET PHPREDIS_SESSION:[redacted]'],
        [
          '"spring:session:sessions:550e8400-e29b-41d4-a716-446655440000"',
          '"spring:session:sessions:[redacted]"',
        ],
      ],
      leaves: ['GET session:550e8400-e29b-41d4-a716-446655440000', 'GET vstudio:sessions:42'],
    },
    {
      name: 'opaque-session-in-key',
      before: '(?i:(?:^|[^a-z])(?:sess|sid|session):(?:[a-z]{1,8}:)?)',
      secret: `(?:[A-Z0-9_-]{0,20}[a-z][a-z0-9-]{0,20}[A-Z][A-Za-z_-]{0,24}[0-9][A-Za-z0-9_-]{12,}|${shortToken})`,
      replacement: '[redacted]',
      when: ['sess:', 'sid:', 'session:'],
      changes: [
        ['SET sess:rZt76RFOIL-ZUaf-y0hSZxSDqYvD-dGl ttl=86400', 'SET sess:[redacted] ttl=86400'],
        ['GET sess:Yk3x9QvR2mLp8sTz', 'GET sess:[redacted]'],
      ],
      leaves: [
        'SET sess:user_42 x',
        'GET session:550e8400-e29b-41d4-a716-446655440000',
        'session:SessionTerminatedException',
        'session:ses_rZt76RFOILZUafy0hSZ',
      ],
    },
  ],
};
