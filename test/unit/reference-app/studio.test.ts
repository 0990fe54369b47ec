import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import {
  type GracefulServer,
  gracefulServer,
} from '../../../reference-app/src/lib/graceful-server';
import { sleep } from '../../../reference-app/src/lib/time-limit';
import { createToken, type StudioRole } from '../../../reference-app/src/lib/tokens';
import {
  type Connection,
  defaultLimits,
  type Limits,
} from '../../../reference-app/src/ws/connection';
import { Hub } from '../../../reference-app/src/ws/hub';
import { openStudio, type Studio } from '../../../reference-app/src/ws/server';
import { soon } from '../../lib/soon';
import { logInto, metricsOf, valueOf } from './kit';

const key = 'key of a test';
let server: GracefulServer;
let port: number;
let studio: Studio;
let hub: Hub<Connection>;
let metrics: ReturnType<typeof metricsOf>;
let handling: () => Promise<object>;
let sockets: WebSocket[] = [];
let logged: string[] = [];
let noted: string[] = [];

async function open(limits: Partial<Limits> = {}, maxConnections = 100) {
  server = gracefulServer((_request, response) => response.end());
  hub = new Hub();
  metrics = metricsOf('ws-server');
  studio = openStudio({
    ...{ server, hub, metrics, maxConnections, log: logInto(logged), sessionSecret: key },
    seen: (ids) => noted.push(...ids),
    process: async ({ session }, message) => {
      const done = await handling();
      hub.broadcast(session, JSON.stringify({ type: message.type, said: true }));
      return done;
    },
    limits: { ...defaultLimits, ...limits },
  });
  port = await server.listen(0);
}
beforeEach(() => {
  handling = async () => ({});
  sockets = [];
  logged = [];
  noted = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  await studio.stop();
  await server.stop(0);
});

interface Client {
  readonly socket: WebSocket;
  readonly got: Record<string, unknown>[];
  readonly closed: Promise<number>;
}

async function join(role: StudioRole = 'viewer', most: StudioRole = role, session = 's1') {
  const token = createToken(key, { id: 'login_1', userId: 'user_1', role: most, expires: 4e9 });
  const query = `session=${session}&role=${role}&token=${token}`;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/studio?${query}`);
  sockets.push(socket);
  const got: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer) => got.push(JSON.parse(data.toString()) as (typeof got)[0]));
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
  await once(socket, 'open');
  return { socket, got, closed } satisfies Client;
}
const say = ({ socket }: Client, message: object) => socket.send(JSON.stringify(message));
const requestId: unknown = expect.stringMatching(/^req_[0-9a-f]{16}$/);
const refusal = (query: string) =>
  new Promise<number | undefined>((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/studio?${query}`);
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      resolve(statusCode);
    });
  });
/** The server notices a close slightly later than the client. */
const ended = (reason: string, count = 1) =>
  soon(async () =>
    expect(await valueOf(metrics, 'ws_disconnections_total', { reason })).toBe(count),
  );

describe('the studio', () => {
  it('records the logins of new and open connections, but not of rejected ones', async () => {
    await open({ idleSeconds: 0.3 });
    expect(await refusal('session=s1&role=viewer&token=st1.x.y')).toBe(401);
    expect(noted).toEqual([]);
    await join();
    // All connections are checked three times within the idle time.
    await soon(() => expect(noted.length).toBeGreaterThan(2));
    expect(new Set(noted)).toEqual(new Set(['login_1']));
  });

  it('logs connections, and messages with type, size and ID, but never their text', async () => {
    await open();
    const one = await join();
    say(one, { type: 'chat', id: 'm1', text: 'nobody else reads this' });
    await soon(() => expect(one.got).toHaveLength(2));
    one.socket.close(1000);
    await one.closed;
    await ended('client_closed');
    const lines = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    const who = { level: 'info', sessionId: 's1', userId: 'user_1' };
    expect(lines).toMatchObject([
      { ...who, message: 'Connection opened', event: 'ws.connected' },
      {
        ...{ ...who, message: 'Message answered', event: 'ws.message.chat' },
        ...{ messageType: 'chat', messageId: 'm1', messageBytes: 57 },
      },
      { ...who, message: 'Connection closed', event: 'ws.client_closed' },
    ]);
    expect(logged.join('')).not.toContain('nobody else');
  });

  it('sends a message to all members of the session, and responds', async () => {
    await open();
    const [one, two, elsewhere] = [
      await join(),
      await join(),
      await join('viewer', 'viewer', 's2'),
    ];
    say(one, { type: 'chat', id: 'm1', text: 'hello' });
    const said = { type: 'chat', said: true };
    await soon(() => expect(one.got).toEqual([said, { type: 'ack', id: 'm1', requestId }]));
    await soon(() => expect(two.got).toEqual([said]));
    expect(elsewhere.got).toEqual([]);
    expect(await valueOf(metrics, 'ws_messages_received_total')).toBe(1);
    expect(await valueOf(metrics, 'ws_messages_sent_total')).toBe(3);
    one.socket.close(1000);
    await one.closed;
    await ended('client_closed');
    expect(hub.size).toBe(2);
  });

  it('rejects clients before the upgrade', async () => {
    await open({}, 1);
    const token = createToken(key, { id: 'login_1', userId: 'u', role: 'viewer', expires: 4e9 });
    const old = createToken(key, { id: 'login_1', userId: 'u', role: 'host', expires: 1 });
    const forged = createToken('other key', {
      id: 'login_1',
      userId: 'u',
      role: 'host',
      expires: 4e9,
    });
    expect(await refusal('session=s1')).toBe(401);
    expect(await refusal(`session=s1&token=${old}`)).toBe(401);
    expect(await refusal(`session=s1&token=${forged}`)).toBe(401);
    expect(await refusal(`session=s1&role=host&token=${token}`)).toBe(403);
    expect(await refusal(`session=other&token=${token}`)).toBe(400);
    expect(await valueOf(metrics, 'ws_errors_total', { type: 'auth_failed' })).toBe(4);
    expect(await valueOf(metrics, 'ws_connections_total', { status: 'connected' })).toBe(0);
    await join();
    expect(await refusal(`session=s1&token=${token}`)).toBe(503);
  });

  it('allows only hosts and moderators to forward chat of other platforms', async () => {
    await open();
    const [viewer, host] = [await join(), await join('host')];
    const bridged = { type: 'chat', id: 'm1', text: 'x', platform: 'twitch' };
    say(viewer, bridged);
    const refused = { type: 'error', id: 'm1', error: 'forbidden', requestId };
    await soon(() => expect(viewer.got).toEqual([refused]));
    say(host, bridged);
    await soon(() => expect(host.got.at(-1)).toEqual({ type: 'ack', id: 'm1', requestId }));
  });

  it('responds to an invalid message, and continues', async () => {
    await open();
    const client = await join();
    for (const text of ['', 'null', '[]', '{"type":"chat"}', '{"id":"a","type":"nothing"}']) {
      client.socket.send(text);
    }
    say(client, { type: 'chat', id: 'b', text: 'x', platform: 'nowhere' });
    const refused = Array(6).fill('invalid_message');
    await soon(() => expect(client.got.map(({ error }) => error)).toEqual(refused));
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('limits the message rate, and closes the connection after too many', async () => {
    await open({ burst: 3, messagesPerSecond: 0.001, patience: 4 });
    const client = await join();
    for (let n = 0; n < 7; n += 1) say(client, { type: 'reaction', id: `m${n}`, emoji: '🔥' });
    expect(await client.closed).toBe(4429);
    expect(await valueOf(metrics, 'ws_errors_total', { type: 'rate_limited' })).toBe(4);
    await ended('rate_limited');
  });

  it('closes a connection without any activity', async () => {
    await open({ idleSeconds: 1 });
    const client = await join();
    const alive = await join();
    // Neither answers pings nor sends anything.
    (client.socket as unknown as { _autoPong: boolean })._autoPong = false;
    expect(await client.closed).toBe(4408);
    expect(await valueOf(metrics, 'ws_errors_total', { type: 'timeout' })).toBe(1);
    await ended('timeout');
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('closes a connection with a message that is too large, as an error of the client', async () => {
    await open();
    const client = await join();
    client.socket.send('x'.repeat(5_000));
    expect(await client.closed).toBe(1009);
    await ended('client_error');
    await ended('error', 0);
  });

  it('counts a message that it fails to process, and continues', async () => {
    await open();
    const client = await join();
    handling = () => Promise.reject(new Error('Redis is gone'));
    say(client, { type: 'chat', id: 'm1', text: 'lost' });
    await soon(() =>
      expect(client.got).toEqual([{ type: 'error', id: 'm1', error: 'internal', requestId }]),
    );
    expect(await valueOf(metrics, 'ws_errors_total', { type: 'error' })).toBe(1);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('answers all received messages before it closes connections', async () => {
    await open();
    const begun = new Promise<void>((resolve) => {
      handling = async () => {
        resolve();
        await sleep(100);
        return {};
      };
    });
    const [one, two] = [await join(), await join()];
    say(one, { type: 'chat', id: 'm1', text: 'last words' });
    await begun;
    await studio.stop();
    expect(await Promise.all([one.closed, two.closed])).toEqual([1001, 1001]);
    expect(one.got.at(-1)).toEqual({ type: 'ack', id: 'm1', requestId });
    await ended('server_shutdown', 2);
    expect(await valueOf(metrics, 'ws_connections_total', { status: 'disconnected' })).toBe(2);
  });
});
