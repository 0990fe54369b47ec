import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { variants } from '../../rules/variants';
import { checkRules } from '../../scripts/rules-check';

/**
 * promtool checks the rules: all lints, and a unit test for each way in which an alert can behave.
 */
describe('promtool', () => {
  const promtool = execFileSync('sh', ['-c', 'command -v promtool'], { encoding: 'utf8' }).trim();

  it('accepts the rules of all kinds of stacks, and their tests pass', async () => {
    const lines: string[] = [];
    const { passed, failed } = await checkRules(promtool, (line) => lines.push(line));
    if (failed > 0) throw new Error(lines.join('\n'));
    expect(passed).toBeGreaterThan(60);
  });

  it('accepts them with an additional job of AudiFi and of the stack', async () => {
    // They simulate days, and their rules name the jobs that they are about.
    const leaveOut = /BudgetBurn|recording-slo|DiskFillingUp/;
    const more = Object.entries(variants).map(([name, options]) => {
      const { appJobs, ownJobs } = options;
      const withApp = appJobs.length === 0 ? appJobs : [...appJobs, { name: 'mobile-api' }];
      return [name, { ...options, appJobs: withApp, ownJobs: [...ownJobs, 'memcached'] }] as const;
    });
    const folder = mkdtempSync(join(tmpdir(), 'audifi-rules-'));
    const lines: string[] = [];
    try {
      const { failed } = await checkRules(promtool, (line) => lines.push(line), {
        stacks: Object.fromEntries(more),
        directory: folder,
        leaveOut,
      });
      if (failed > 0) throw new Error(lines.join('\n'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
