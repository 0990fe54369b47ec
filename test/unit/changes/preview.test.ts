import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stepsOf } from '../../../scripts/changes/events';
import { asText, summarise } from '../../../scripts/changes/summary';
import { hiddenViolations } from '../../../scripts/preview';
import { projectRoot } from '../../../scripts/stack-files';

/**
 * From the engine: the log of a preview of dev with another errorRatio, 30 days of metrics and no
 * node exporter. Only the steps of these resources and one rule file are kept.
 */
const eventLog = readFileSync(join(projectRoot, 'test', 'cases', 'preview-events.jsonl'), 'utf8');

describe('the event log of a preview', () => {
  const { changes, declared, isNew } = stepsOf(eventLog);

  it('contains each changed resource once, with old and new inputs', () => {
    expect(changes.map(({ op, name }) => `${op} ${name}`).sort()).toEqual([
      'delete node-exporter',
      'replace alertmanager-files',
      'replace prometheus',
      'replace prometheus-files',
    ]);
    const files = changes.find(({ name }) => name === 'prometheus-files');
    expect(files?.old?.['uploads']).not.toEqual(files?.new?.['uploads']);
  });

  it('tells a new stack from one to which something is added', () => {
    const step = (op: string, type: string): string =>
      JSON.stringify({ resourcePreEvent: { metadata: { op, type, urn: `urn::${type}::x` } } });
    const added = step('create', 'grafana:oss/dashboard:Dashboard');
    const component = step('same', 'audifi:grafana:Grafana');
    expect(isNew).toBe(false);
    expect(stepsOf([component, added].join('\n')).isNew).toBe(true);
    expect(stepsOf([step('same', 'x:y:Z'), added].join('\n')).isNew).toBe(false);
  });

  it('becomes a summary for people', () => {
    const text = asText('dev', summarise(changes));
    expect(text).toContain('Changes that people notice (dev):\n');
    expect(text).toMatch(/^ {2}Alerts +~ HighErrorRate: > 0\.05 → > 0\.1$/m);
    expect(text).toMatch(/^ {2}Retention +~ prometheus retention\.time 15d → 30d$/m);
    expect(text).toMatch(/~ prometheus: stops within 60 s, and starts; meanwhile no metrics/);
    expect(text).toContain('- node-exporter is removed');
    expect(text).toMatch(/Not shown +alertmanager-files: Pulumi hides all of its files/);
  });

  it('breaks no policy, including options that a policy pack cannot see', () => {
    const volume = declared.find(({ urn }) => urn.endsWith('::prometheus-data'));
    expect(volume?.retainOnDelete).toBe(true);
    expect(hiddenViolations(declared)).toEqual([]);
  });

  it('reports a volume that would be deleted, and only once', () => {
    const bad = declared.map((resource) => ({
      ...resource,
      retainOnDelete: false,
      inputs: { ...resource.inputs, privileged: true },
    }));
    expect(hiddenViolations(bad)).toEqual([
      '  protected-volumes: prometheus-data: prometheus-data is deleted with the stack: set retainOnDelete or protect',
    ]);
  });
});
