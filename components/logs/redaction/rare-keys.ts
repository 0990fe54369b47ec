import { key, word } from './key-formats';
import type { RedactionGroup } from './rule';

/**
 * Keys that do not make a line unusual: they are hexadecimal, have letters of one case, or consist
 * of short parts.
 */
export const rareKeys: RedactionGroup = {
  name: 'rare-keys',
  rules: [
    key(
      'platform-key',
      `gl(?:ptt|cbt|soat|imt|ffct|agent|ft|oas)-${word}{20,}|CCIPAT_[A-Za-z0-9]{20,}_[0-9a-f]{20,}|sgp_[0-9a-f]{16}_[0-9a-f]{20,}|bkua_[0-9a-f]{30,}|hv[pr]\\.${word}{40,}|[A-Za-z0-9]{14}\\.atlasv1\\.${word}{40,}|AKCp[A-Za-z0-9]{60,}|cmVmd[A-Za-z0-9]{50,}`,
      [
        ...['glptt-', 'glcbt-', 'glsoat-', 'glimt-', 'glffct-', 'glagent-', 'glft-', 'gloas-'],
        ...['ccipat_', 'sgp_', 'bkua_', 'hvp.', 'hvr.', '.atlasv1.', 'akcp', 'cmvmd'],
      ],
      [
        `glptt-${'0123456789abcdef'.repeat(2)}`,
        `abcdefgh012345.atlasv1.${'0123456789ABCDEFghij'.repeat(3)}`,
      ],
      ['glft-1', 'hvp.'],
    ),
    key(
      'hexadecimal-service-key',
      'sk_[0-9a-f]{48}|ws-[0-9a-f]{64}|[0-9a-f]{36}NRAL|v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,}',
      [' sk_', '"sk_', '=sk_', ':sk_', 'nsk_', 'ws-', 'nral', 'v1.0-'],
      [
        `sk_${'0123456789abcdef'.repeat(3)}`,
        `v1.0-${'0123456789ab'.repeat(2)}-${'0123456789abcdef'.repeat(9)}`,
      ],
      ['task sk_42', 'aws-0123456789abcdef', 'HTTP v1.0-compatible'],
    ),
    key(
      'application-key',
      `rdme_[a-z0-9]{40,}|oy2[a-z0-9]{43}|CLOJARS_[0-9a-z]{40,}|pnu_[a-zA-Z0-9]{30,}|aio_[A-Za-z0-9]{28}|lip_[A-Za-z0-9]{20}|sk_sbox_[a-z0-9]{20,}|CFPAT-${word}{30,}|duffel_(?:live|test)_${word}{30,}|mdb_sa_sk_${word}{30,}|sl\\.(?:u\\.)?${word}{60,}`,
      [
        'rdme_',
        'oy2',
        'clojars_',
        'pnu_',
        'aio_',
        'lip_',
        'sk_sbox_',
        'sl.',
        'cfpat-',
        'duffel_',
        'mdb_sa_',
      ],
      [`rdme_${'0123456789abcdefghij'.repeat(3)}`, 'lip_' + '0123456789ABCDEFghij'],
      ['clip_0123456789', 'ssl.context', 'oy2'],
    ),
    key(
      'key-in-parts',
      `dt0[a-z][0-9]{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{60,}|t1\\.${word}{40,}\\.${word}{60,}|pat[A-Za-z0-9]{14}\\.[0-9a-f]{60,}|snyk_[a-z]+\\.[0-9a-f]{8}\\.eyJ${word}{20,}`,
      ['dt0', 't1.', 'airtable', 'snyk_'],
      [`dt0c01.${'0123456789AB'.repeat(2)}.${'0123456789ABCDEF'.repeat(4)}`],
      ['test1.example.com', 'dt0c01.'],
    ),
    {
      name: 'key-of-provider',
      // Without a prefix, only the provider's name in the same line tells what it is. UUIDs are not
      // included, because requests and messages of these providers have them, too.
      when: ['twilio', 'mailgun', 'scan', 'okta', 'asana'],
      before:
        '(?i:\\b(?:twilio|mailgun|okta|asana|(?:ether|bsc|polygon|arb)scan)\\b)(?:[^\\n]*?[^0-9A-Za-z_/.-])??',
      secret:
        '(?:SK[0-9a-f]{32}(?::[A-Za-z0-9]{32})?|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}|[A-Z0-9]{34}|00[A-Za-z0-9_-]{40}|[0-9]/[0-9]{12,20}(?:/[0-9]{12,20})?:[0-9a-f]{32})',
      after: '(?:[^0-9A-Za-z_-]|$)',
      replacement: '[redacted]',
      changes: [
        [`twilio refused SK${'0123456789abcdef'.repeat(2)}`, 'twilio refused [redacted]'],
        [`etherscan key=TZCOGN2X36W65BWZNKW5ZK7J1L46NMPWGQ`, 'etherscan key=[redacted]'],
      ],
      leaves: [
        `twilio sent SM${'0123456789abcdef'.repeat(2)}`,
        'mailgun accepted 550e8400-e29b-41d4-a716-446655440000',
        `scan of SK${'0123456789abcdef'.repeat(2)}`,
      ],
    },
  ],
};
