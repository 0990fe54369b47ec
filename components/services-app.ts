import type { ServiceEntry } from './service-entry';
import { runsReferenceApp } from './stack-shape';

/** Entries of the catalogue (services.ts) that belong to AudiFi. */
export const appServices = {
  caddy: {
    of: 'app',
    team: 'platform',
    image: 'caddy',
    ports: { http: 8080, metrics: 2019 },
    jobs: [{ name: 'caddy', port: 'metrics', metrics: ['caddy_'] }],
    target: true,
    published: { http: ['referenceAppPorts', 'web'] },
    runs: runsReferenceApp,
  },
  'api-server': {
    of: 'app',
    team: 'backend',
    image: 'node',
    ports: { http: 8080, metrics: 9090 },
    jobs: [{ name: 'api-server', port: 'metrics' }],
    target: true,
    runs: runsReferenceApp,
  },
  'ws-server': {
    of: 'app',
    team: 'realtime',
    image: 'node',
    ports: { http: 8081, metrics: 9091 },
    jobs: [{ name: 'ws-server', port: 'metrics' }],
    target: true,
    runs: runsReferenceApp,
  },
  worker: {
    of: 'app',
    team: 'backend',
    image: 'node',
    ports: { metrics: 9092 },
    jobs: [{ name: 'worker', port: 'metrics' }],
    target: true,
    runs: runsReferenceApp,
  },
  postgres: {
    of: 'app',
    team: 'platform',
    image: 'postgres',
    ports: { postgres: 5432 },
    runs: runsReferenceApp,
  },
  redis: {
    of: 'app',
    team: 'platform',
    image: 'redis',
    ports: { redis: 6379 },
    runs: runsReferenceApp,
  },
  outside: {
    of: 'app',
    team: 'platform',
    image: 'node',
    ports: { http: 8070 },
    runs: runsReferenceApp,
  },
  traffic: {
    of: 'app',
    team: 'platform',
    image: 'node',
    ports: { http: 8079 },
    published: { http: ['referenceAppPorts', 'control'] },
    runs: runsReferenceApp,
  },
} as const satisfies Readonly<Record<string, ServiceEntry>>;
