import { describe, expect, it } from '@jest/globals';
import { TimeLimit } from '../../scripts/e2e-time';
import { allSuites } from '../../scripts/e2e-suites';
import type { FileResult } from '../../scripts/jest-results';

const path = (name: string): string => `test/e2e/${name}.test.ts`;
const ran = (name: string, seconds: number): FileResult => ({
  ...{ path: path(name), passed: 1, failed: 0, seconds, failedTests: [] },
});

describe('the time limit of make e2e', () => {
  let now = 0;
  const limitOf = (minutes?: number): TimeLimit => {
    now = 0;
    return new TimeLimit(minutes, () => now);
  };

  it('is off by default', () => {
    const limit = limitOf();
    now = 1e9;
    expect(limit.fits([path('kubernetes')])).toBe(true);
    expect(limit.fitsAfter(1e9)).toBe(true);
  });

  it('starts no suite that would end later', () => {
    const limit = limitOf(30);
    expect(limit.fits([path('kubernetes')])).toBe(true);
    now = 20 * 60;
    expect(limit.fits([path('kubernetes')])).toBe(false);
    expect(limit.fits([path('uptime')])).toBe(true);
    expect(limit.fits(Array.from({ length: 20 }, () => path('uptime')))).toBe(false);
  });

  it('learns how slow the machine is, from more than one small suite', () => {
    const limit = limitOf(30);
    const usual = limit.secondsOf([path('app')]);
    limit.learn([ran('uptime', 500)]);
    expect(limit.secondsOf([path('app')])).toBe(usual);
    limit.learn([ran('incidents', 2 * limit.secondsOf([path('incidents')]) - 400)]);
    expect(limit.secondsOf([path('app')]) / usual).toBeCloseTo(2);
  });

  it('leaves time for a repetition', () => {
    const limit = limitOf(30);
    now = 31 * 60;
    expect(limit.fits([path('uptime')])).toBe(false);
    expect(limit.fitsAfter(600)).toBe(true);
    expect(limit.fitsAfter(1_200)).toBe(false);
    expect(limit.fitsRepetition(1_200)).toBe(true);
    expect(limit.fitsRepetition(2_400)).toBe(false);
  });

  it('knows all suites together as about three quarters of an hour on two cores', () => {
    const all = limitOf().secondsOf(allSuites().map((suite) => suite.path));
    expect(all / 2 / 60).toBeGreaterThan(35);
    expect(all / 2 / 60).toBeLessThan(50);
  });
});
