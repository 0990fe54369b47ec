import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import { longLine, longLineText } from '../../../components/logs/redaction';
import { innocentLines } from '../../cases/redaction-innocent';
import { plantedLines } from '../../cases/redaction-planted';
import { redact, redactWhole } from '../../lib/redact';

const parts = RE2JS.compile(longLine);

/** An access line as Caddy writes it, with a text in the URI and in a header of the request. */
const accessLine = (text: string): string =>
  JSON.stringify({
    ...{ level: 'info', ts: 1_795_662_000.25, logger: 'http.log.access.log0' },
    msg: 'handled request',
    request: {
      ...{ remote_ip: '172.18.0.15', remote_port: '32940', client_ip: '172.18.0.15' },
      ...{ proto: 'HTTP/1.1', method: 'GET', host: 'api.audifi.io' },
      uri: `/v1/tracks?q=${encodeURIComponent(text)}`,
      headers: { 'User-Agent': ['node'], 'X-Note': [text], Authorization: ['REDACTED'] },
    },
    ...{ bytes_read: 0, user_id: '', duration: 0.004, size: 404, status: 200 },
    resp_headers: { Server: ['Caddy'], 'Content-Type': ['application/json'] },
  });

describe('a long access line of Caddy', () => {
  const some = [...plantedLines.map(({ line }) => line), ...innocentLines].filter(
    (_, i) => i % 12 === 0,
  );

  it('is checked in parts, with the result of the whole line', () => {
    const lines = some.map(accessLine);
    expect(lines.filter((line) => !parts.matches(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(200);
    const different = lines.filter((line) => redact(line) !== redactWhole(line));
    expect(different).toEqual([]);
  });

  it('is checked as a whole if anything else in it may have to be redacted', () => {
    const line = accessLine('x');
    expect(line).toContain(longLineText);
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
});
