import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { probeOverHttp } from '../../components/platform/readiness';

let servers: Server[] = [];

beforeEach(async () => {
  await mocks(false);
});

afterEach(() => {
  for (const server of servers) server.close().closeAllConnections();
  servers = [];
});

function mocks(preview: boolean): Promise<void> {
  const nothing = { id: undefined, state: {} };
  return pulumi.runtime.setMocks(
    { newResource: () => nothing, call: () => ({}) },
    'p',
    's',
    preview,
  );
}

/** URL of a server with this response. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`;
}

/** URL without a listener. */
async function nobody(): Promise<string> {
  const url = await serve(() => undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return url;
}

const probe = (url: string, deadlineSeconds = 5): Promise<boolean> =>
  probeOverHttp({ name: 'web', url, deadlineSeconds });

describe('probing over HTTP', () => {
  it('succeeds at the first 2xx response', async () => {
    const answers = [503, 404, 302, 204];
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(answers[asked.length - 1] ?? 500).end('not yet');
    });
    await expect(probe(url)).resolves.toBe(true);
    expect(asked).toEqual(['/ready', '/ready', '/ready', '/ready']);
  });

  it('waits for a server that starts later', async () => {
    const url = await nobody();
    const waiting = probe(url);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const server = createServer((_, response) => response.end());
    servers.push(server);
    server.listen(Number(new URL(url).port), '127.0.0.1');
    await expect(waiting).resolves.toBe(true);
  });

  it('reports the last response at the deadline, and where to look', async () => {
    const url = await serve((_, response) => response.writeHead(503).end());
    await expect(probe(url, 1)).rejects.toThrow(
      `web was started but is not ready after 1 s (${url}: HTTP 503). ` +
        'Check its log (docker logs), then run pulumi up (or make up) again.',
    );
  });

  it('reports the last response even if the deadline interrupts another request', async () => {
    let answered = false;
    const url = await serve((_, response) => {
      if (!answered) response.writeHead(503).end();
      answered = true;
    });
    await expect(probe(url, 1)).rejects.toThrow(`${url}: HTTP 503`);
  });

  it('reports that nothing listens', async () => {
    const url = await nobody();
    await expect(probe(url, 1)).rejects.toThrow(`${url}: ECONNREFUSED`);
  });

  it('does not wait for a response beyond the deadline', async () => {
    const url = await serve(() => undefined);
    await expect(probe(url, 0.3)).rejects.toThrow(/aborted due to timeout/);
  });

  it('reports an unknown host', async () => {
    // A name that is too long, which is an error without asking a name server.
    const host = `${'a'.repeat(64)}.invalid`;
    await expect(probe(`http://${host}/`, 1)).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
  });

  it('fails with a message for operators, without a stack trace', async () => {
    const error: unknown = await probe(await nobody(), 0.1).catch((e: unknown) => e);
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect((error as Error).stack ?? '').not.toMatch(/^\s+at /m);
  });

  it('sends nothing in a preview', async () => {
    await mocks(true);
    await expect(probe('http://127.0.0.1:1/', 0)).resolves.toBe(true);
  });

  it('leaves nothing that keeps the program running', async () => {
    const url = await serve((_, response) => response.end());
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await probe(url);
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    expect(after).toBeLessThanOrEqual(before + 1);
  });
});
