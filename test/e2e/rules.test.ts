import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { checkRules } from '../../scripts/rules-check';

/** Prometheus's own tool judges the rules: every lint, and a unit test for each way an alert can go. */
describe('promtool', () => {
  it('accepts the rules of every kind of stack and passes their tests', async () => {
    const lines: string[] = [];
    const promtool = execFileSync('sh', ['-c', 'command -v promtool'], { encoding: 'utf8' }).trim();
    const { passed, failed } = await checkRules(promtool, (line) => lines.push(line));
    if (failed > 0) throw new Error(lines.join('\n'));
    expect(passed).toBeGreaterThan(60);
  });
});
