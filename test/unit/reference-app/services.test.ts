import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from '@jest/globals';
import {
  apiServer,
  outside,
  type Surroundings,
  traffic,
  worker,
  wsServer,
} from '../../../components/reference-app/services';
import type { Workload } from '../../../components/workload';
import { endpoint } from '../../lib/workloads';

const password = pulumi.output('hunter2');
const server = (name: string) => ({
  endpoint: endpoint(name),
  account: { user: 'audifi', password },
});
const surroundings: Surroundings = {
  ...{
    image: { repository: 'audifi/reference-app', tag: '1' },
    environment: 'dev',
    logLevel: 'info',
  },
  ...{ postgres: server('postgres'), redis: server('redis') },
  ...{ sessionSecret: password, webhookSecret: password, decisionSeconds: 7 },
};
const services = (of: Surroundings): Workload[] => [
  ...[apiServer(of, endpoint('outside')), wsServer(of), worker(of, endpoint('outside'))],
  ...[outside(of), traffic(of, endpoint('caddy'), 8079)],
];
const collector = endpoint('otel-collector', { ports: [{ name: 'otlp-http', number: 4318 }] });

describe('the services of the application', () => {
  it("use the stack's log level", () => {
    for (const { env } of services({ ...surroundings, logLevel: 'debug' })) {
      if (env?.['LOG_LEVEL'] !== undefined) expect(env['LOG_LEVEL']).toBe('debug');
    }
    expect(apiServer(surroundings, endpoint('outside')).env).toMatchObject({ LOG_LEVEL: 'info' });
  });

  it('send traces to the collector, and may connect to it', () => {
    for (const { env, connectsTo } of services({ ...surroundings, otlpEndpoint: collector })) {
      expect(env).toMatchObject({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector:4318',
        TRACE_DECISION_SECONDS: '7',
      });
      expect(connectsTo).toContain(collector);
    }
  });

  it('have no collector if there is none', () => {
    for (const { env, connectsTo } of services(surroundings)) {
      expect(Object.keys(env ?? {})).not.toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
      expect(connectsTo).not.toContain(collector);
    }
  });

  it('get their names, for traces', () => {
    for (const { env } of services(surroundings)) {
      expect(env).toMatchObject({ DEPLOY_ENV: 'dev', APP_VERSION: expect.stringMatching(/^\d/) });
    }
  });
});
