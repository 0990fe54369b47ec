import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answer, RefusedError } from '../../../scripts/running/answer';
import { reach } from '../../../scripts/running/reach';
import { sinceOf } from '../../../scripts/running/stack';
import { shapeOf } from '../../../scripts/stack-settings';

describe('how a service of a stack on Docker is reached', () => {
  const config = {
    'audifi-observability:prometheus': { port: 19_090 },
    'audifi-observability:jaeger': { port: 19_686 },
  };
  const running = { stack: 'dev', settings: shapeOf({ config }) };

  it('by the port that the settings publish', async () => {
    expect(await reach(running, 'prometheus')).toMatchObject({
      title: 'Prometheus of stack "dev"',
      url: 'http://127.0.0.1:19090',
      example: 'make up STACK=dev',
    });
    expect((await reach(running, 'jaeger')).url).toBe('http://127.0.0.1:19686');
    // Defaults.
    expect((await reach(running, 'alertmanager')).url).toBe('http://127.0.0.1:9093');
    expect((await reach(running, 'loki')).url).toBe('http://127.0.0.1:3100');
  });
});

describe('SINCE', () => {
  it('is a duration, with a default', () => {
    expect(sinceOf({}, '7d', 'contract')).toBe(604_800);
    expect(sinceOf({ SINCE: '90m' }, '7d', 'contract')).toBe(5_400);
  });

  it.each(['week', '7', '10s', '2y', '-1d'])('"%s" is refused with an example', (text) => {
    expect(() => sinceOf({ SINCE: text }, '7d', 'contract')).toThrow(
      /^SINCE: ".*" is not a duration from 1m to 1y\.\nExample: make contract SINCE=7d$/,
    );
  });
});

describe('an answer', () => {
  let server: Server;
  let at: { title: string; url: string; example: string };
  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url === '/error') {
        response.statusCode = 400;
        response.end(JSON.stringify({ status: 'error', error: 'parse error' }));
      } else response.end(request.url === '/page' ? '<html>' : '{"a":1}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    at = { title: 'Prometheus of stack "dev"', url, example: 'make up STACK=dev' };
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('is JSON, or an error that says what the server said', async () => {
    expect(await answer(at, '/')).toEqual({ a: 1 });
    await expect(answer(at, '/error')).rejects.toThrow(RefusedError);
    await expect(answer(at, '/error')).rejects.toThrow(/answered 400: parse error/);
    await expect(answer(at, '/page')).rejects.toThrow(/does not answer with JSON at \/page/);
  });

  it('of a server that is not there is one clear error with a command', async () => {
    const gone = { ...at, url: 'http://127.0.0.1:1' };
    await expect(answer(gone, '/')).rejects.toThrow(
      /^Prometheus of stack "dev" \(.*\) does not respond: .*\nExample: make up STACK=dev$/,
    );
  });
});
