import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GracefulServer,
  gracefulServer,
} from '../../../reference-app/src/lib/graceful-server';
import type { Redis } from '../../../reference-app/src/lib/redis';
import { Tally } from '../../../reference-app/src/traffic/tally';
import { Viewer } from '../../../reference-app/src/traffic/viewer';
import { Broadcaster } from '../../../reference-app/src/ws/broadcast';
import { type Connection, type Process } from '../../../reference-app/src/ws/connection';
import { Hub, type Member } from '../../../reference-app/src/ws/hub';
import { parseMessage } from '../../../reference-app/src/ws/messages';
import { createProcess } from '../../../reference-app/src/ws/process';
import { openStudio, type Studio } from '../../../reference-app/src/ws/server';
import { soon } from '../../lib/soon';
import { logInto, metricsOf, valueOf } from './kit';
import { byName, failed, recordSpans, traceIdOf, tree, violations } from './spans';

const { exporter } = recordSpans();
const spans = () => exporter.getFinishedSpans();
const lines: string[] = [];
const log = logInto(lines);
const metrics = metricsOf('ws-server');
const hub = new Hub<Connection>();
/** Another server with a member of the same session. */
const otherHub = new Hub();
const heard: string[] = [];
let server: GracefulServer;
let studio: Studio;
let viewer: Viewer;
let process: Process;

type Listener = (message: string, channel: string) => void;

/** Redis pub/sub: every subscriber gets every message. */
function pubSub() {
  const listeners: Listener[] = [];
  const publish = async (channel: string, message: string) => {
    for (const listener of listeners) listener(message, channel);
    return listeners.length;
  };
  const on = (_event: 'ready', ready: () => void) => ready();
  const pSubscribe = async (_pattern: string, listener: Listener) => void listeners.push(listener);
  return { publish, on, pSubscribe } as unknown as Redis;
}

beforeAll(async () => {
  const redis = pubSub();
  const [here, elsewhere] = [hub, otherHub].map(
    (members) => new Broadcaster(members, redis, 'redis', log),
  );
  here?.listen(redis);
  elsewhere?.listen(redis);
  otherHub.join({ session: 's1', role: 'viewer', send: (text) => heard.push(text) });
  const store = { hSetNX: async () => 1, expire: async () => 1 } as unknown as Redis;
  if (here === undefined) throw new Error('no server');
  process = createProcess({ broadcaster: here, redis: store, metrics });
  server = gracefulServer((_request, response) => response.end());
  studio = openStudio({
    ...{
      server,
      hub,
      metrics,
      log,
      sessionSecret: 'key',
      maxConnections: 10,
      seen: () => undefined,
    },
    process: (who, message) => process(who, message),
  });
  const wsUrl = `ws://127.0.0.1:${await server.listen(0)}/v1/studio`;
  const seat = {
    wsUrl,
    sessionSecret: 'key',
    session: 's1',
    role: 'viewer',
    user: 'user_1',
  } as const;
  viewer = new Viewer(seat, new Tally(), () => undefined);
  await soon(() => expect(viewer.isOpen).toBe(true));
});
afterAll(async () => {
  await studio.stop();
  await server.stop(0);
});
afterEach(() => {
  expect(spans().flatMap(violations)).toEqual([]);
  exporter.reset();
  lines.length = 0;
  heard.length = 0;
});

describe('a V Studio session', () => {
  it('is a separate trace from the first connection to the last, with its duration as a metric', async () => {
    const own = metricsOf('ws-server');
    const here = new Hub();
    here.measure(own);
    const member = (session: string): Member => ({
      session,
      role: 'viewer',
      send: () => undefined,
    });
    const [one, two, other] = [member('s7'), member('s7'), member('s8')];
    here.join(one);
    here.join(two);
    here.join(other);
    here.leave(one);
    expect(spans()).toEqual([]);
    here.leave(two);
    const session = byName(spans(), 'studio.session');
    expect(session.attributes).toMatchObject({ 'session.id': 's7', 'studio.peak_connections': 2 });
    expect(session.parentSpanContext).toBeUndefined();
    expect(await valueOf(own, 'studio_session_duration_seconds_count')).toBe(1);
    // It starts again with the next member.
    here.join(one);
    here.leave(one);
    here.leave(other);
    expect(spans()).toHaveLength(3);
    expect(new Set(spans().map(traceIdOf)).size).toBe(3);
    expect(await valueOf(own, 'studio_session_duration_seconds_count')).toBe(3);
  });
});

describe('a WebSocket message', () => {
  it('is receive, auth, process and broadcast, from the client to clients of another server', async () => {
    viewer.say({ type: 'chat', platform: 'audifi', text: 'hello' });
    await soon(() => expect(spans()).toHaveLength(6));
    expect(tree(spans())).toEqual([
      'client ws.send chat',
      '  server ws.receive chat',
      '    internal ws.auth',
      '    internal ws.process',
      '      producer ws.broadcast',
      '        consumer ws.deliver',
    ]);
    const received = byName(spans(), 'ws.receive chat');
    const requestId: unknown = expect.stringMatching(/^req_[0-9a-f]{16}$/);
    expect(received.attributes).toEqual({
      ...{ 'websocket.message.type': 'chat', 'session.id': 's1', requestId },
    });
    // The client got the ID, and the log has it together with the trace.
    expect(byName(spans(), 'ws.send chat').attributes['requestId']).toBe(
      received.attributes['requestId'],
    );
    const line = lines.find((text) => text.includes('Message answered')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      ...{ requestId: received.attributes['requestId'], traceId: traceIdOf(received) },
      ...{ sessionId: 's1', userId: 'user_1', event: 'ws.message.chat' },
    });
    const [sent, delivered] = [byName(spans(), 'ws.broadcast'), byName(spans(), 'ws.deliver')];
    expect(sent.attributes).toEqual({
      ...{ 'messaging.system': 'redis', 'messaging.operation.name': 'publish' },
      ...{ 'messaging.operation.type': 'send', 'server.address': 'redis' },
      'messaging.destination.name': 'audifi:studio:{session}',
      'websocket.recipients': 1,
    });
    expect(delivered.links.map(({ context }) => context.spanId)).toEqual([
      sent.spanContext().spanId,
    ]);
    // Clients get the message, but not its trace.
    expect(heard.map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: 'chat', text: 'hello', platform: 'audifi', from: 'user_1' },
    ]);
  });

  it('has an exemplar on its counter, because there is no histogram', async () => {
    viewer.say({ type: 'vote', poll: 'p1', option: 'yes' });
    await soon(() => expect(spans()).toHaveLength(6));
    const voted = byName(spans(), 'ws.process');
    expect(voted.attributes['exemplar']).toBe('true');
    const exposed = `studio_poll_votes_total 1 # {trace_id="${traceIdOf(voted)}"} 1`;
    expect(await metrics.text()).toContain(exposed);
  });

  it('fails as a whole, and its log line contains the trace', async () => {
    const working = process;
    process = () => Promise.reject(new Error('Redis is away'));
    viewer.say({ type: 'reaction', emoji: '🔥' });
    await soon(() => expect(spans()).toHaveLength(3));
    process = working;
    expect(failed(spans()).sort()).toEqual(['ws.receive reaction', 'ws.send reaction']);
    const line = lines.find((text) => text.includes('A message failed')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      traceId: traceIdOf(byName(spans(), 'ws.receive reaction')),
    });
  });

  it('takes only the trace context from its envelope', () => {
    const message = (trace: unknown) =>
      parseMessage(JSON.stringify({ type: 'reaction', id: 'm1', emoji: '🔥', trace }))?.trace;
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    expect(message({ traceparent, baggage: 'email=a@b.c' })).toEqual({ traceparent });
    for (const none of [undefined, null, 1, [], { traceparent: 1 }])
      expect(message(none)).toEqual({});
  });
});
