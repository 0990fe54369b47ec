import { describe, expect, it } from '@jest/globals';
import { type Check, healthCheck } from '../../../reference-app/src/lib/health';

const fine: Check = async () => undefined;
const refused: Check = () =>
  Promise.reject(Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' }));
const hanging: Check = () => new Promise(() => undefined);
const throwing: Check = () => {
  throw new Error('password of audifi is wrong');
};
const names = ['database', 'redis', 'rpc'] as const;

const health = (checks: Record<string, Check>, stopping = false) =>
  healthCheck({ version: '1.0.0', checks, stopping: () => stopping, timeoutMs: 100 })();

describe('/health', () => {
  it('responds as in the spec if all checks succeed', async () => {
    const { statusCode, body } = await health({ database: fine, redis: fine, rpc: fine });
    expect(statusCode).toBe(200);
    expect(body).toEqual({
      ...{ status: 'healthy', timestamp: expect.stringMatching(/Z$/), version: '1.0.0' },
      checks: Object.fromEntries(
        names.map((name) => [name, { status: 'healthy', latency_ms: expect.any(Number) }]),
      ),
    });
  });

  const outages: [string, Check, string][] = [
    ['refuses', refused, 'refused'],
    ['hangs', hanging, 'timeout'],
    ['throws', throwing, 'failed'],
  ];
  it.each(names.flatMap((name) => outages.map((outage) => [name, ...outage] as const)))(
    'reports that only %s is unhealthy if it %s',
    async (name, _, check, error) => {
      const checks = { database: fine, redis: fine, rpc: fine, [name]: check };
      const { statusCode, body } = await health(checks);
      expect(statusCode).toBe(503);
      expect(body.status).toBe('unhealthy');
      for (const other of names) {
        expect(body.checks[other]?.status).toBe(other === name ? 'unhealthy' : 'healthy');
      }
      expect(body.checks[name]?.error).toBe(error);
      // No hosts or passwords from error messages.
      expect(JSON.stringify(body)).not.toMatch(/10\.0\.0\.1|password/);
    },
  );

  it('runs all checks in parallel', async () => {
    let running = 0;
    const check: Check = () => {
      running += 1;
      return hanging();
    };
    // Each check only ends at its timeout.
    const answer = health({ database: check, redis: check, rpc: check });
    await new Promise((resolve) => setImmediate(resolve));
    expect(running).toBe(3);
    expect((await answer).statusCode).toBe(503);
  });

  it('runs the checks once for concurrent requests', async () => {
    let runs = 0;
    const ask = healthCheck({
      ...{ version: '1', stopping: () => false },
      checks: { database: async () => (runs += 1) },
    });
    await Promise.all(Array.from({ length: 50 }, ask));
    expect(runs).toBe(1);
    await ask();
    expect(runs).toBe(2);
  });

  it('reports that the service is stopping, whatever the checks return', async () => {
    const { statusCode, body } = await health({ database: fine }, true);
    expect([statusCode, body.status]).toEqual([503, 'stopping']);
  });
});
