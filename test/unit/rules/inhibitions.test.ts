import { describe, expect, it } from '@jest/globals';
import { allAlerts, defaultOptions, inhibitions } from '../../../rules';
import { variants } from '../../../rules/variants';

const everything = variants['everything'] ?? defaultOptions;

describe('inhibitions', () => {
  it('never let anything mute a page', () => {
    const critical = new Set(
      allAlerts(everything)
        .filter(({ severity }) => severity === 'critical')
        .map(({ name }) => name),
    );
    const never = [...critical, 'Watchdog'];
    for (const { target_matchers } of inhibitions(everything)) {
      for (const name of never) expect(target_matchers.join()).not.toMatch(`\\b${name}\\b`);
    }
  });

  it('never let an alert mute itself, or two each other', () => {
    const pairs = allAlerts(everything).flatMap(({ name, mutes = [] }) =>
      mutes.flatMap(({ alerts }) => alerts.map((target) => `${name}>${target}`)),
    );
    for (const pair of pairs) {
      const [source, target] = pair.split('>');
      expect(source).not.toBe(target);
      expect(pairs).not.toContain(`${target ?? ''}>${source ?? ''}`);
    }
  });

  it('stay within one stack, and say why', () => {
    for (const { equal, why } of inhibitions(everything)) {
      expect(equal).toEqual(expect.arrayContaining(['env', 'stack']));
      expect(why.length).toBeGreaterThan(10);
    }
  });

  it('let a critical mute its own warnings, and a dead host what lives on it', () => {
    expect(inhibitions(everything)).toEqual(
      expect.arrayContaining([
        {
          source_matchers: ['alertname="APIDown"'],
          target_matchers: [
            'alertname=~"TargetDown|TargetsMissing|ServiceCrashLooping|ExporterScrapeFailing"',
          ],
          equal: ['env', 'stack', 'job'],
          why: expect.any(String),
        },
        {
          source_matchers: ['alertname="HostDown"'],
          target_matchers: ['alertname="TargetDown"'],
          equal: ['env', 'stack', 'node'],
          why: expect.any(String),
        },
        {
          source_matchers: ['alertname="TargetDown"', 'job="blackbox"'],
          target_matchers: ['alertname="UptimeCheckNoData"'],
          equal: ['env', 'stack'],
          why: expect.any(String),
        },
      ]),
    );
  });

  it('speak only of alerts that the stack has', () => {
    const nothing = variants['nothing'] ?? defaultOptions;
    const names = allAlerts(nothing).map(({ name }) => name as string);
    for (const { source_matchers, target_matchers } of inhibitions(nothing)) {
      const said = [source_matchers[0] ?? '', ...target_matchers].flatMap((m) =>
        m.replace(/^alertname=~?"|"$/g, '').split('|'),
      );
      for (const name of said) expect(names).toContain(name);
    }
  });
});
