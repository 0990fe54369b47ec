import { describe, expect, it } from '@jest/globals';
import { settingsSchema } from '../../components/settings/schema';
import { alertNames } from '../../rules';
import { assertOnDocker } from '../../scripts/incident';
import { incidents, latency } from '../../scripts/incident-kinds';

const settings = (alerts = {}) => settingsSchema.parse({ alerts });

describe('incidents', () => {
  it("exist for each of the spec's eleven alerts", () => {
    const told = Object.values(incidents).map(({ alert }) => alert);
    expect(new Set(told).size).toBe(11);
    expect(alertNames).toEqual(expect.arrayContaining(told));
  });

  it.each([
    // scrape 15 s + evaluation 15 s + `for` 1 min, and 20 s of `group_wait`
    ['api-down', 90, 110],
    // the mean over 5 min must exceed 100 per second, which takes that long, and then `for` 5 min
    ['ws-spike', 630, 675],
    ['disk', 630, 675],
    ['deploy', 30, 90],
  ])('%s is notified after the delays of its rule and route', (kind, fires, told) => {
    const incident = incidents[kind];
    if (incident === undefined) throw new Error(kind);
    expect(latency(incident, settings())).toEqual({ fires, told });
  });

  it('need Docker', () => {
    expect(() => assertOnDocker('dev', 'docker', '')).not.toThrow();
    expect(() => assertOnDocker('prod', 'kubernetes', 'make drill KIND=page STACK=prod')).toThrow(
      /stack "prod" runs on Kubernetes.*\nExample: make drill KIND=page STACK=prod/,
    );
  });

  it('are faster in a drill', () => {
    const { disk } = incidents;
    if (disk === undefined) throw new Error('disk');
    expect(latency(disk, settings({ speedUp: 10 })).fires).toBe(90);
  });
});
