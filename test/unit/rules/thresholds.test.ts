import { describe, expect, it } from '@jest/globals';
import {
  allAlerts,
  defaultOptions,
  defaultThresholds,
  type Thresholds,
  thresholdsFor,
  thresholdsSchema,
} from '../../../rules';
import { variants } from '../../../rules/variants';
import { metrics } from '../../../telemetry';

const everything = variants['everything'] ?? defaultOptions;
const keys = Object.keys(defaultThresholds) as (keyof Thresholds)[];
const shape = thresholdsSchema.unwrap().shape;

/** Alerts that use the same threshold as the named one. */
const follows: Partial<Record<keyof Thresholds, readonly string[]>> = {
  restarts: ['DeploymentDetected'],
  headSeries: ['PrometheusCardinalityGrowing'],
};

describe('thresholds that depend on the stack', () => {
  it.each([
    ['512MiB', 512, 76_000],
    ['1GiB', 1_024, 151_000],
    ['4GiB', 4_096, 605_000],
  ])("the maximum number of series follows Prometheus's memory: %s", (_, mebibytes, series) => {
    const { headSeries } = thresholdsFor(thresholdsSchema.parse({}), mebibytes * 2 ** 20);
    expect(headSeries).toBe(series);
    // 5.2 KiB per series were measured. At the threshold, a quarter of the memory is left for
    // queries.
    expect((headSeries * 5.2) / 1_024 / mebibytes).toBeCloseTo(0.75, 1);
  });

  it('a configured value stays', () => {
    const set = thresholdsSchema.parse({ headSeries: 42_000 });
    expect(thresholdsFor(set, 2 ** 32).headSeries).toBe(42_000);
  });
});

describe('thresholds', () => {
  it("are the spec's by default", () => {
    expect(defaultThresholds).toMatchObject({
      errorRatio: 0.05,
      latencySeconds: 2,
      diskFreeRatio: 0.2,
      memoryUsedRatio: 0.85,
      wsConnectionRate: 100,
      stripeWebhookErrorRate: 0.1,
      sessionViewers: 100,
      certificateDays: 14,
    });
    expect(thresholdsFor(thresholdsSchema.parse(undefined), 2 ** 30)).toEqual(defaultThresholds);
  });

  it.each(keys)('%s is used by the named alerts', (key) => {
    const max = shape[key].unwrap().maxValue ?? 0;
    const half = (defaultThresholds[key] + max) / 2;
    const value = shape[key].safeParse(half).success ? half : Math.floor(half);
    const changed = { ...everything, thresholds: { ...defaultThresholds, [key]: value } };
    const after = allAlerts(changed);
    const other = allAlerts(everything).filter(({ expr }, i) => expr !== after[i]?.expr);
    const names = [...new Set(other.map(({ name }) => name))].sort();
    const [said = ''] = (shape[key].meta()?.description ?? '').split(':');
    expect(names).toEqual([...said.split(/, | and /), ...(follows[key] ?? [])].sort());
  });

  it.each(keys)('%s has bounds and documentation', (key) => {
    const { minValue, maxValue } = shape[key].unwrap();
    for (const wrong of [(minValue ?? 0) - 0.0001, (maxValue ?? 0) + 1, '1', null]) {
      expect(thresholdsSchema.safeParse({ [key]: wrong }).success).toBe(false);
    }
    const { description, example } = shape[key].meta() ?? {};
    expect(description).toMatch(/^[A-Z]\w+.*: .+ \(.+ to .+\)$/);
    expect(thresholdsSchema.safeParse({ [key]: Number(example) }).success).toBe(true);
  });

  it('are a closed set', () => {
    expect(thresholdsSchema.safeParse({ errorRate: 0.1 }).success).toBe(false);
  });

  it('keep the first warning of a certificate before the last', () => {
    const result = thresholdsSchema.safeParse({ certificateDays: 5, certificateCriticalDays: 5 });
    expect(result.error?.issues.map(({ path }) => path)).toEqual([['certificateCriticalDays']]);
  });

  it('are within the buckets of their histograms', () => {
    const buckets = metrics.http_request_duration_seconds.buckets ?? [];
    expect(buckets).toContain(defaultThresholds.latencySeconds);
    expect(Math.max(...buckets)).toBeGreaterThan(shape.latencySeconds.unwrap().maxValue ?? 0);
  });
});
