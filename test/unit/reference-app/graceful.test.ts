import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { gracefulServer } from '../../../reference-app/src/lib/graceful-server';
import { stopOnSignal } from '../../../reference-app/src/lib/shutdown';
import { sleep } from '../../../reference-app/src/lib/time-limit';
import { soon } from '../../lib/soon';
import { logInto } from './kit';

const agents: Agent[] = [];
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
  process.removeAllListeners('SIGTERM');
  process.removeAllListeners('SIGINT');
});

interface Answered {
  readonly status: number;
  readonly connection: string;
  readonly text: string;
}

function ask(port: number, path: string, agent: Agent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const read = (response: IncomingMessage) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, connection: headers.connection ?? '', text });
      });
      response.on('error', reject);
    };
    get({ host: '127.0.0.1', port, path, agent }, read).on('error', reject);
  });
}

function client(): Agent {
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  return agent;
}

/** Responds to `/slow` after 150 ms, and to all other requests at once. */
const server = () =>
  gracefulServer((request, response) => {
    setTimeout(() => response.end(`answer to ${request.url}`), request.url === '/slow' ? 150 : 0);
  });

describe('a graceful stop', () => {
  it('answers requests in flight, and closes their connections', async () => {
    const { server: http, listen, stop } = server();
    const port = await listen(0);
    const arrived = once(http, 'request');
    const answer = ask(port, '/slow', client());
    await arrived;
    const stopped = stop(20);
    expect(await answer).toEqual({ status: 200, connection: 'close', text: 'answer to /slow' });
    await stopped;
    await expect(ask(port, '/', client())).rejects.toThrow(/ECONNREFUSED/);
  });

  it('accepts connections until load balancers have noticed', async () => {
    const { listen, stop } = server();
    const port = await listen(0);
    const stopped = stop(500);
    expect((await ask(port, '/', client())).status).toBe(200);
    await stopped;
  });

  it('answers a request on a connection that was idle when the listener closed', async () => {
    const { server: http, listen, stop } = server();
    const port = await listen(0);
    const agent = client();
    expect((await ask(port, '/', agent)).connection).toBe('keep-alive');
    const stopped = stop(500);
    await soon(() => expect(http.listening).toBe(false));
    expect((await ask(port, '/', agent)).connection).toBe('close');
    await stopped;
  });

  it('ends even if an idle connection is held open', async () => {
    const { listen, stop } = server();
    const port = await listen(0);
    await ask(port, '/', client());
    // Otherwise it would wait until the client closes, which takes longer than a test may.
    await stop(50);
  });
});

describe('a signal to stop', () => {
  const start = (steps: () => Promise<void>, graceSeconds = 5) => {
    const exit = jest.fn<(code: number) => void>();
    return { exit, stop: stopOnSignal({ log: logInto([]), graceSeconds, steps, exit }) };
  };

  it('exits with 0 after all steps', async () => {
    const done: string[] = [];
    const { exit, stop } = start(async () => {
      await sleep(20);
      done.push('steps');
    });
    stop();
    expect(exit).not.toHaveBeenCalled();
    await soon(() => expect(exit.mock.calls).toEqual([[0]]));
    expect(done).toEqual(['steps']);
  });

  it.each([
    ['a second signal', () => new Promise<void>(() => undefined), 5, 2],
    ['the end of the grace', () => new Promise<void>(() => undefined), 0.03, 1],
    ['a step that fails', () => Promise.reject(new Error('no')), 5, 1],
  ])('exits with 1 on %s', async (_, steps, grace, signals) => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { exit, stop } = start(steps, grace);
    for (let count = 0; count < signals; count += 1) stop();
    await jest.advanceTimersByTimeAsync(100);
    expect(exit).toHaveBeenCalledWith(1);
    expect(exit).not.toHaveBeenCalledWith(0);
    jest.useRealTimers();
  });
});
