import { describe, expect, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { RE2JS } from 're2js';
import { longLine } from '../../../components/logs/redaction';
import { innocentLines } from '../../cases/redaction-innocent';
import { plantedLines } from '../../cases/redaction-planted';
import { redact, redactWhole } from '../../lib/redact';

const parts = RE2JS.compile(longLine.pattern);

/** An access line as Caddy writes it, with a text in the URI and in a header of the request. */
const accessLine = (text: string, more: Record<string, string[]> = {}): string =>
  JSON.stringify({
    ...{ level: 'info', ts: 1_795_662_000.25, logger: 'http.log.access.log0' },
    msg: 'handled request',
    request: {
      ...{ remote_ip: '172.18.0.15', remote_port: '32940', client_ip: '172.18.0.15' },
      ...{ proto: 'HTTP/1.1', method: 'GET', host: 'api.audifi.io' },
      uri: `/v1/tracks?q=${encodeURIComponent(text)}`,
      headers: {
        ...{ 'User-Agent': ['node'], 'X-Note': [text], Authorization: ['REDACTED'] },
        ...{ 'X-Other': ['v7', text], Origin: ['https://audifi.io'], ...more },
      },
    },
    ...{ bytes_read: 0, user_id: '', duration: 0.004, size: 404, status: 200 },
    resp_headers: { Server: ['Caddy'], 'Content-Type': ['application/json'] },
  });

/**
 * Headers may be in any order. A header that Caddy has masked may be masked again. A line is
 * compared as text if it is not JSON any more.
 */
function same(one: string, other: string): boolean {
  const parsed = (line: string): unknown =>
    JSON.parse(line.replaceAll('["REDACTED"]', '"[redacted]"'));
  try {
    return isDeepStrictEqual(parsed(one), parsed(other));
  } catch {
    return one === other;
  }
}

describe('a long access line of Caddy', () => {
  const some = [...plantedLines.map(({ line }) => line), ...innocentLines].filter(
    (_, i) => i % 12 === 0,
  );

  it('is checked in parts, with the result of the whole line', () => {
    const lines = some.map((text) => accessLine(text));
    expect(lines.filter((line) => !parts.matches(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.filter((line) => !same(redact(line), redactWhole(line)))).toEqual([]);
  });

  it('is checked as a whole if anything else in it may have to be redacted', () => {
    const line = accessLine('x');
    expect(line).toContain(longLine.when);
    expect(parts.matches(line)).toBe(true);
    for (const [safe, other] of [
      ['"host":"api.audifi.io"', '"host":"ada@api.audifi.io"'],
      ['"user_id":""', '"user_id":"ada"'],
      ['"Server":["Caddy"]', '"Location":["/login?token=hunter2"]'],
      ['"Server":["Caddy"]', '"Set-Cookie":["sid=hunter2"]'],
    ] as const) {
      const changed = line.replace(safe, other);
      expect(changed).not.toBe(line);
      expect(parts.matches(changed)).toBe(false);
    }
  });

  it('is not checked in headers that cannot contain a secret, and keeps them', () => {
    const harmless = {
      'Sec-Websocket-Key': ['xeBRwW3ttkxD3th/dJyeEQ=='],
      'Sec-Websocket-Extensions': ['permessage-deflate; client_max_window_bits'],
      'X-Forwarded-For': ['203.0.113.9, 2001:db8::7'],
      'Sec-Ch-Ua': ['"Chromium";v="131", "Not_A Brand";v="24"'],
      Traceparent: ['00-8456d1f10e9f3a4b2bf42d42c99123d9-d38d022faf0b73cd-01'],
    };
    const token = 'a4f19c0d7be35f82c1';
    const line = accessLine('x', { ...harmless, 'Sec-Websocket-Protocol': [`token, ${token}`] });
    const result = redact(line);
    expect(result).not.toContain(token);
    expect(JSON.parse(result)).toMatchObject({ request: { headers: harmless } });
    expect(redact(accessLine('x', harmless))).toBe(accessLine('x', harmless));
  });
});
