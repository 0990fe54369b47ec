import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { pageOf, runbookTexts } from '../../../components/metrics/runbooks';
import {
  type AlertingRule,
  alertNames,
  defaultOptions,
  renderLogRules,
  renderRules,
  runbookText,
} from '../../../rules';
import { blocksOf, readRunbook } from '../../lib/runbook-parts';

const options = { ...defaultOptions, runbooks: runbookTexts() };
const rules = Object.values({ ...renderRules(options), ...renderLogRules(options) })
  .flatMap((text) => (parse(text) as { groups: { rules: AlertingRule[] }[] }).groups)
  .flatMap((group) => group.rules.filter(({ alert }) => alert !== undefined));

describe('runbook text in alerts', () => {
  it.each(alertNames)('%s: who is affected, the first command, its possible results', (name) => {
    const { impact, firstLook, decisions } = runbookText(readRunbook(name));
    expect(impact).toMatch(/^\S.*\.$/);
    expect(impact.length).toBeLessThanOrEqual(300);
    expect(firstLook).toMatch(/^(PromQL|LogQL|Shell): \S/);
    expect(firstLook).not.toContain('\n');
    expect(decisions).toMatch(/^- .+→ .+/m);
    expect(decisions.length).toBeLessThanOrEqual(700);
  });

  it("is in the rules of a stack, and Prometheus's templates restore it", () => {
    expect(rules.length).toBeGreaterThan(60);
    for (const { alert, annotations } of rules) {
      const { impact, firstLook } = runbookText(readRunbook(alert));
      expect(annotations['impact']).toBe(impact);
      // Prometheus's templates restore the braces of LogQL.
      expect(annotations['first_look']?.replaceAll('{{ "{{" }}', '{{')).toBe(firstLook);
      expect(annotations['first_look']?.replaceAll('{{ "{{" }}', '')).not.toContain('{{');
    }
  });

  it('is the first block of the page', () => {
    const [first = ''] = blocksOf(readRunbook('APIDown'), 'promql');
    expect(runbookText(readRunbook('APIDown')).firstLook).toBe(`PromQL: ${first}`);
  });

  it('is required: a page without it is rejected', () => {
    const page = '# X\n\n## Impact\n\nNone.\n\n## First look\n\nnothing\n';
    expect(() => runbookText(page)).toThrow('no impact, first look or decisions');
    expect(() => pageOf('NoSuchAlert')).toThrow(
      /^the alert NoSuchAlert has no runbook: write runbooks/,
    );
  });

  it('has an impact that fits into a message', () => {
    const page = readRunbook('APIDown').replace('## Impact\n', `## Impact\n\n${'x'.repeat(300)}\n`);
    expect(() => runbookText(page)).toThrow('the impact has over 300 characters');
  });
});
