import { describe, expect, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { RE2JS } from 're2js';
import { longLine } from '../../../components/logs/redaction';
import { accessLine } from '../../cases/access-line';
import { innocentLines } from '../../cases/redaction-innocent';
import { plantedLines } from '../../cases/redaction-planted';
import { redact, redactWhole } from '../../lib/redact';

const parts = RE2JS.compile(longLine.pattern);

/** An access line with a text in the URI and in headers of the request. */
const line = (text: string, more: Record<string, string[]> = {}): string =>
  accessLine({
    uri: `/v1/tracks?q=${encodeURIComponent(text)}`,
    headers: {
      ...{ 'User-Agent': ['node'], 'X-Note': [text], Authorization: ['REDACTED'] },
      ...{ 'X-Other': ['v7', text], Origin: ['https://audifi.io'], ...more },
    },
    answer: { Server: ['Caddy'], 'Content-Type': ['application/json'] },
  });

/**
 * Headers may be in any order. A header that Caddy has masked may be masked again. A line is
 * compared as text if it is not JSON any more.
 */
function same(one: string, other: string): boolean {
  const parsed = (text: string): unknown =>
    JSON.parse(text.replaceAll('["REDACTED"]', '"[redacted]"'));
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
    const lines = some.map((text) => line(text));
    expect(lines.filter((one) => !parts.matches(one))).toEqual([]);
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.filter((one) => !same(redact(one), redactWhole(one)))).toEqual([]);
  });

  it('is checked as a whole if anything else in it may have to be redacted', () => {
    const safe = line('x');
    expect(safe).toContain(longLine.when);
    expect(parts.matches(safe)).toBe(true);
    for (const [part, other] of [
      ['"host":"app.audifi.io"', '"host":"ada@app.audifi.io"'],
      ['"user_id":""', '"user_id":"ada"'],
      ['"Server":["Caddy"]', '"Location":["/login?token=hunter2"]'],
      ['"Server":["Caddy"]', '"Set-Cookie":["sid=hunter2"]'],
    ] as const) {
      const changed = safe.replace(part, other);
      expect(changed).not.toBe(safe);
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
    const result = redact(
      line('x', { ...harmless, 'Sec-Websocket-Protocol': [`token, ${token}`] }),
    );
    expect(result).not.toContain(token);
    expect(JSON.parse(result)).toMatchObject({ request: { headers: harmless } });
    expect(redact(line('x', harmless))).toBe(line('x', harmless));
  });
});
