import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inboxListener } from '../../../inbox/src/server';
import { capacity, type InboxState, Store } from '../../../inbox/src/store';

const folder = mkdtempSync(join(tmpdir(), 'audifi-inbox-'));
afterAll(() => rmSync(folder, { recursive: true }));

let server: Server;
let url: string;
const lines: string[] = [];
beforeEach(async () => {
  server = createServer(inboxListener(new Store(), (_, message) => lines.push(message)));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const post = (path: string, body: unknown) =>
  fetch(url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const state = async () => (await (await fetch(`${url}/api/notifications`)).json()) as InboxState;

/** As Alertmanager sends them with this project's templates. */
const page = (event_action: string, summary = 'The API server is down (api-server)') => ({
  ...{ routing_key: 'k'.repeat(32), dedup_key: 'abc', event_action },
  payload: {
    ...{ summary, source: 'api-server', severity: 'critical', class: 'APIDown' },
    custom_details: { firing: ['one', 'two'], num_firing: '2' },
  },
});
const message = (title: string, color: string) => ({
  ...{ channel: '#audifi-alerts', username: 'Alertmanager' },
  attachments: [{ title, text: 'P95 is 3 s', color, fallback: title, mrkdwn_in: ['text'] }],
});

describe('the inbox', () => {
  it('accepts firing and resolved events, and responds like PagerDuty', async () => {
    const answer = await post('/v2/enqueue', page('trigger'));
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ status: 'success', dedup_key: 'abc' });
    await post('/v2/enqueue', page('resolve'));
    const { notifications } = await state();
    expect(notifications.map(({ status, alert, key }) => [status, alert, key])).toEqual([
      ['resolved', 'APIDown', 'abc'],
      ['firing', 'APIDown', 'abc'],
    ]);
    expect(notifications[1]?.text).toContain('firing: one\nfiring: two');
    // A routing key allows paging, so it must be neither stored nor logged.
    expect(JSON.stringify(notifications) + lines.join('')).not.toContain('k'.repeat(32));
  });

  it('accepts firing and resolved messages under one key, and responds like Slack', async () => {
    const subject = 'HighLatency · api-server (dev)';
    const answer = await post('/slack/alerts', message(`:warning: WARNING ${subject}`, 'warning'));
    expect(await answer.text()).toBe('ok');
    await post(
      '/slack/alerts',
      message(`:white_check_mark: RESOLVED ${subject} – 2 resolved`, 'good'),
    );
    expect((await state()).notifications).toMatchObject([
      { status: 'resolved', alert: 'HighLatency', key: subject, channel: '#audifi-alerts' },
      { status: 'firing', alert: 'HighLatency', key: subject, severity: 'warning' },
    ]);
  });

  it('shows the time of the last heartbeat, and rejects a resolved heartbeat', async () => {
    expect((await state()).lastHeartbeat).toBeNull();
    expect((await post('/heartbeat', { status: 'resolved', alerts: [{}] })).status).toBe(400);
    expect((await post('/heartbeat', { status: 'firing', alerts: [{}] })).status).toBe(200);
    expect(Date.parse((await state()).lastHeartbeat ?? '')).toBeGreaterThan(Date.now() - 5_000);
  });

  it.each([
    ['/v2/enqueue', 'not json', 400],
    ['/v2/enqueue', { event_action: 'trigger' }, 400],
    ['/v2/enqueue', page('explode'), 400],
    ['/slack/alerts', {}, 400],
    ['/slack/alerts', { text: 'x'.repeat(2_000_000) }, 413],
    ['/slack/../x', { text: 'x' }, 404],
    ['/nothing', {}, 404],
  ])('rejects %s with %#', async (path, body, status) => {
    expect((await post(path, body)).status).toBe(status);
    expect((await state()).notifications).toEqual([]);
  });

  it('shows all content as text, and loads nothing', async () => {
    const evil = '<script>alert(1)</script><img src=x onerror="a()"> & \'';
    await post('/v2/enqueue', page('trigger', evil));
    await post('/slack/alerts', { ...message(evil, 'danger'), channel: evil });
    const attachment = { title: 'a', text: `<https://a" onclick="a()|${evil}>` };
    await post('/slack/alerts', { attachments: [attachment] });
    const answer = await fetch(url);
    const html = await answer.text();
    expect(html).not.toMatch(/<(script|img|link|form)\b|" onclick/);
    expect(html).toContain('&lt;script&gt;');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('shows the links of pages and of messages, and times as text', async () => {
    const href = 'http://127.0.0.1:9093/#/silences/new?filter=%7Ba%3D%22b%22%7D&x=1';
    const links = [{ text: 'Runbook', href }, { text: 'Query', href: '' }, { text: 'None' }, 7];
    await post('/v2/enqueue', { ...page('trigger'), links });
    const text = `since <!date^1796032643^{time_secs}|10:00 UTC>\n<${href}|Silence> · <javascript:a()|b>`;
    const title = ':warning: WARNING HighLatency · api-server (dev)';
    await post('/slack/alerts', { attachments: [{ title, text }] });
    const html = await (await fetch(url)).text();
    const shown = href.replace('&', '&amp;');
    const link = (name: string) => `<a href="${shown}" target="_blank">${name}</a>`;
    expect(html).toContain(
      `<pre>${link('Runbook')}\nfiring: one\nfiring: two\nnum_firing: 2</pre>`,
    );
    expect(html).toContain(
      `<pre>since 10:00 UTC\n${link('Silence')} · &lt;javascript:a()|b&gt;</pre>`,
    );
  });

  it('deletes all notifications on request', async () => {
    await post('/v2/enqueue', page('trigger'));
    await fetch(`${url}/api/notifications`, { method: 'DELETE' });
    expect((await state()).notifications).toEqual([]);
  });
});

describe('the store', () => {
  const one = {
    ...({ via: 'slack', channel: '#a', status: 'firing', alert: 'A', key: 'k' } as const),
    ...{ severity: 'info', title: 't', text: 'x' },
  };

  it('keeps only the newest notifications, up to its capacity', () => {
    const store = new Store();
    for (let count = 0; count < capacity + 10; count += 1) store.add(one);
    expect(store.state.notifications).toHaveLength(capacity);
    expect(store.state.notifications[0]?.id).toBe(capacity + 10);
  });

  it('survives a restart if it has a file', () => {
    const file = join(folder, 'inbox.json');
    const before = new Store(file);
    before.add(one);
    before.heartbeat();
    const after = new Store(file);
    expect(after.state).toEqual(before.state);
    after.add(one);
    expect(after.state.notifications.map(({ id }) => id)).toEqual([2, 1]);
  });
});
