import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { defaultOptions, defaultSlos, defaultThresholds } from '../../rules';
import { variants } from '../../rules/variants';
import { addedPanels, addedWorld } from '../lib/added-panels';
import { specPanels } from '../lib/spec-panels';
import { stranger, type World, world } from '../lib/spec-world';
import { wrongPanels } from './lib/panel-values';

/** promtool runs the queries of the panels on synthetic series with known values. */
const promtool = execFileSync('sh', ['-c', 'command -v promtool'], { encoding: 'utf8' }).trim();
const dashboards = {
  environment: 'dev',
  thresholds: defaultThresholds,
  slo: defaultSlos,
  checks: true,
  runbookBase: 'https://runbooks.example',
  loki: true,
  logAgent: 'promtail',
  jaeger: false,
  cluster: false,
} as const;
const wrongIn = (of: World, panels = specPanels): string =>
  wrongPanels(promtool, { rules: defaultOptions, dashboards, world: of, panels });

describe("the specification's 34 panels", () => {
  it('show what it describes: three sessions on two servers are three', () => {
    expect(wrongIn(world)).toBe('');
  });

  it('are not affected by another service with the same metrics', () => {
    expect(wrongIn({ ...world, ...stranger })).toBe('');
  });

  it('fail this test if they show something else', () => {
    const [first] = specPanels.filter(({ panel }) => panel === 'Active Sessions');
    if (first === undefined) throw new Error('no such panel');
    expect(wrongIn(world, [{ ...first, shows: { sessions: 6 } }])).toMatch(/sessions/);
  });
});

describe('the panels of a cluster, of long-term metrics and of the state of databases', () => {
  it('show what the series say, also while kube-state-metrics is replaced', () => {
    const { everything: rules = defaultOptions } = variants;
    const all = { ...dashboards, cluster: true, longTerm: true };
    const wrong = wrongPanels(promtool, {
      ...{ rules, dashboards: all, world: addedWorld, panels: addedPanels },
    });
    expect(wrong).toBe('');
  });
});
