import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { otelCollectorConfig } from '../../../components/traces/otel-collector-config';
import { tracesSchema } from '../../../components/traces/settings-schema';
import { allAlerts, defaultOptions, inhibitions } from '../../../rules';
import { variants } from '../../../rules/variants';

const everything = variants['everything'] ?? defaultOptions;

describe('inhibitions', () => {
  it('let a page be muted by another page alone, and the Watchdog by nothing', () => {
    const severities = new Map<string, Set<string>>();
    for (const { name, severity } of allAlerts(everything)) {
      severities.set(name, (severities.get(name) ?? new Set()).add(severity));
    }
    const pages = (name: string): boolean => severities.get(name)?.has('critical') === true;
    let muted = 0;
    for (const { source_matchers, target_matchers } of inhibitions(everything)) {
      const [, source = ''] = /^alertname="(\w+)"/.exec(source_matchers[0] ?? '') ?? [];
      const targets = target_matchers[0]?.match(/[A-Z]\w+/g) ?? [];
      expect(targets).not.toContain('Watchdog');
      if (!targets.some(pages)) continue;
      muted += 1;
      // Always a page: by its only severity, or because the rule asks for it.
      const always = [...(severities.get(source) ?? [])].join() === 'critical';
      const asked = source_matchers.includes('severity="critical"');
      expect([source, always || asked]).toEqual([source, true]);
    }
    expect(muted).toBeGreaterThan(0);
  });

  it('never inhibit an alert by itself, or two by each other', () => {
    const pairs = allAlerts(everything).flatMap(({ name, mutes = [] }) =>
      // Alertmanager never mutes what is a source itself: one severity may hold back another.
      mutes
        .filter(({ when }) => when?.['severity'] === undefined)
        .flatMap(({ alerts }) => alerts.map((target) => `${name}>${target}`)),
    );
    for (const pair of pairs) {
      const [source, target] = pair.split('>');
      expect(source).not.toBe(target);
      expect(pairs).not.toContain(`${target ?? ''}>${source ?? ''}`);
    }
  });

  it('stay within one stack, and have a reason', () => {
    for (const { equal, why } of inhibitions(everything)) {
      expect(equal).toEqual(expect.arrayContaining(['env', 'stack']));
      expect(why.length).toBeGreaterThan(10);
    }
  });

  it('inhibit warnings by their critical alert, and alerts on a failed host', () => {
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

  it('let a replica that is down hide no failure of the primary, nor of its exporter', () => {
    const down = /^alertname="((?:Database|Redis)Down)"$/;
    const two = inhibitions(variants['two-databases'] ?? defaultOptions).flatMap(
      ({ source_matchers, target_matchers, equal }) => {
        const [, source] = down.exec(source_matchers.join()) ?? [];
        const targets = target_matchers.join().replace(/^alertname=~?"|"$/g, '');
        return source === undefined ? [] : [[source, targets, equal.join()]];
      },
    );
    const target = 'TargetDown|ServiceCrashLooping|ExporterScrapeFailing';
    expect(two).toEqual(
      [
        ['DatabaseDown', 'PostgresExporterDown'],
        ['RedisDown', 'RedisExporterDown'],
      ].flatMap(([source, exporter]) => [
        [source, target, 'env,stack,job,instance'],
        // It counts the targets of a job, and is about none of them.
        [source, 'TargetsMissing', 'env,stack,job'],
        [source, exporter, 'env,stack,instance'],
      ]),
    );
  });

  it('let one instance that fails hide nothing of the others', () => {
    const hidden = inhibitions(everything).flatMap(({ source_matchers, target_matchers, equal }) =>
      /"(ThanosBucketFailing|SpansDropped)"/.test(source_matchers.join())
        ? [[target_matchers.join(), equal.join()]]
        : [],
    );
    expect(hidden).toEqual([
      ['alertname="TraceQueueFilling"', 'env,stack,job,instance,exporter'],
      ['alertname=~"ThanosBlocksNotUploaded|ThanosStoreStale"', 'env,stack,job,instance'],
    ]);
  });

  it('let a store that is down hide only the queue for it', () => {
    const hidden = inhibitions(everything).flatMap(
      ({ source_matchers: [source], target_matchers }) =>
        target_matchers[0]?.includes('TraceQueueFilling') === true && source?.includes('Down"')
          ? [[source, ...target_matchers.slice(1)]]
          : [],
    );
    expect(hidden).toEqual([
      ['alertname="LokiDown"', 'exporter="otlp_http/loki"'],
      ['alertname="JaegerDown"', 'exporter="otlp_grpc/jaeger"'],
    ]);
    const text = otelCollectorConfig({
      ...{ traces: tracesSchema.parse({}).traces, environment: 'prod', debug: false },
      ...{ jaeger: 'jaeger:4317', lokiUrl: 'http://loki:3100' },
    });
    const { exporters } = parse(text, { maxAliasCount: -1 }) as { exporters: object };
    const named = hidden.map(([, only = '']) => only.replace(/^exporter="(.*)"$/, '$1'));
    expect(Object.keys(exporters)).toEqual(expect.arrayContaining(named));
  });

  it('only refer to existing alerts', () => {
    const nothing = variants['nothing'] ?? defaultOptions;
    const names = allAlerts(nothing).map(({ name }) => name as string);
    for (const { source_matchers, target_matchers } of inhibitions(nothing)) {
      const said = [source_matchers[0] ?? '', target_matchers[0] ?? ''].flatMap((m) =>
        m.replace(/^alertname=~?"|"$/g, '').split('|'),
      );
      for (const name of said) expect(names).toContain(name);
    }
  });
});
