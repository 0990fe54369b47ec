/** An access line as Caddy writes it. */
export function accessLine({
  uri,
  headers = { 'User-Agent': ['Mozilla/5.0 (X11; Linux x86_64)'] },
  answer = { Server: ['Caddy'] },
}: {
  readonly uri: string;
  /** Of the request. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /** Headers of the response. */
  readonly answer?: Readonly<Record<string, readonly string[]>>;
}): string {
  return JSON.stringify({
    ...{ level: 'info', ts: 1_795_662_000.123456, logger: 'http.log.access.log0' },
    msg: 'handled request',
    request: {
      ...{ remote_ip: '203.0.113.9', remote_port: '53412', client_ip: '203.0.113.9' },
      ...{ proto: 'HTTP/2.0', method: 'GET', host: 'app.audifi.io', uri, headers },
      tls: {
        ...{ resumed: false, version: 772, cipher_suite: 4865, proto: 'h2' },
        server_name: 'app.audifi.io',
      },
    },
    ...{ bytes_read: 0, user_id: '', duration: 0.012345, size: 512, status: 200 },
    resp_headers: answer,
  });
}
