import { describe, expect, it } from '@jest/globals';
import { lines, onDocker, onKubernetes } from '../../lib/changes';

const config = (...jobs: readonly object[]): object => ({
  global: { scrape_interval: '15s' },
  scrape_configs: jobs,
});
const job = (more: object = {}): object => ({
  job_name: 'api',
  static_configs: [{ targets: ['api:9090'] }],
  ...more,
});

describe('scrape jobs', () => {
  it('are listed if they are added or removed', () => {
    const other = job({ job_name: 'worker' });
    expect(lines('Scrape jobs', onDocker(config(job()), config(other)))).toEqual([
      '+ worker',
      '- api',
    ]);
  });

  it('are listed with their targets and interval', () => {
    const moved = job({ static_configs: [{ targets: ['api-1:9090', 'api-2:9090'] }] });
    const slower = job({ scrape_interval: '5m' });
    const found = job({ static_configs: undefined, kubernetes_sd_configs: [{ role: 'pod' }] });
    expect(lines('Scrape jobs', onDocker(config(job()), config(moved)))).toEqual([
      '~ api: targets api:9090 → api-1:9090, api-2:9090',
    ]);
    expect(lines('Scrape jobs', onKubernetes(config(job()), config(slower)))).toEqual([
      '~ api: interval 15s → 5m',
    ]);
    expect(lines('Scrape jobs', onDocker(config(job()), config(found)))).toEqual([
      '~ api: targets api:9090 → discovered',
    ]);
  });

  it('are not listed if something else of them changes', () => {
    const other = job({ relabel_configs: [] });
    expect(lines('Scrape jobs', onDocker(config(job()), config(other)))).toEqual([]);
  });
});
