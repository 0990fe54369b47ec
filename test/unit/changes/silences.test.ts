import { describe, expect, it } from '@jest/globals';
import { pendingSilences, silenceLines } from '../../../scripts/changes/silences';
import { asText, summarise } from '../../../scripts/changes/summary';
import type { SilenceSettings } from '../../../scripts/silences/plan';

const now = Date.parse('2026-12-24T12:00:00Z');
const silence = (more: Partial<SilenceSettings> = {}): SilenceSettings => ({
  ...{ name: 'new-disk', matchers: ['alertname=LowDiskSpace', 'node="db-1"'] },
  ...{ from: '2026-12-24T22:00:00+01:00', to: '2026-12-25T02:00:00+01:00' },
  ...{ comment: 'The disk is replaced', author: 'ada@audifi.io' },
  ...more,
});
const over = silence({ name: 'old', to: '2026-12-24T11:00:00Z' });
const text =
  'new-disk: alertname=LowDiskSpace, node="db-1", ' +
  'from 2026-12-24T22:00:00+01:00 until 2026-12-25T02:00:00+01:00';

describe('silences between two versions', () => {
  it('are listed if they are added or removed', () => {
    expect(silenceLines([], [silence()], now)).toEqual([`+ silence ${text}`]);
    expect(silenceLines([silence()], [], now)).toEqual([`- silence ${text}`]);
  });

  it('are listed with the fields that differ', () => {
    const wider = silence({ matchers: ['severity=critical'], comment: 'More' });
    expect(silenceLines([silence()], [wider], now)).toEqual([
      '~ silence new-disk: matchers alertname=LowDiskSpace, node="db-1" → severity=critical; comment The disk is replaced → More',
    ]);
  });

  it('are not listed if they are over or unchanged', () => {
    expect(silenceLines([over], [], now)).toEqual([]);
    expect(silenceLines([], [over], now)).toEqual([]);
    expect(silenceLines([silence()], [silence()], now)).toEqual([]);
  });
});

describe('silences in a preview', () => {
  it('are listed unless they are over', () => {
    expect(pendingSilences([over, silence()], now)).toEqual([`~ up sets silence ${text}`]);
  });

  it('are a change that people notice, although no resource changes', () => {
    const silences = pendingSilences([silence()], now);
    expect(asText('prod', summarise([], { silences }))).toBe(
      `Changes that people notice (prod):\n  Notifications  ~ up sets silence ${text}\n`,
    );
  });
});
