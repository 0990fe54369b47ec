import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { RawServer } from './server';

/** A request that arrived, with its decompressed body. */
export interface Arrival {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * A local endpoint that replaces an external telemetry service. It stores requests and responds on
 * demand.
 */
export class SaasEndpoint {
  readonly arrivals: Arrival[] = [];
  /** A status, or no response. */
  answer: number | 'hang' = 200;
  private readonly server = new RawServer(
    '127.0.0.1',
    ({ url: path = '/', headers }, body, response) => {
      if (this.answer === 'hang') return;
      if (this.answer < 300) this.arrivals.push({ path, headers, body: unpacked(headers, body) });
      response.writeHead(this.answer).end();
    },
  );

  /** Starts listening, on the same port after a `close`. */
  async open(): Promise<this> {
    await this.server.open();
    return this;
  }

  /** Rejects connections from now on. */
  close(): Promise<void> {
    return this.server.close();
  }

  get url(): string {
    return this.server.url('');
  }

  at(path: string): Arrival[] {
    return this.arrivals.filter((arrival) => arrival.path.split('?')[0] === path);
  }

  /** All received data as one text. */
  get text(): string {
    return this.arrivals.map(({ body }) => body.toString('latin1')).join('\n');
  }
}

function unpacked({ 'content-encoding': encoding }: IncomingHttpHeaders, body: Buffer): Buffer {
  if (encoding === 'gzip') return gunzipSync(body);
  return encoding === 'snappy' ? unsnappy(body) : body;
}

/**
 * Fields of a message by number, in order. See https://protobuf.dev/programming-guides/encoding/
 */
export type Message = ReadonlyMap<number, readonly (Buffer | bigint)[]>;

export function message(bytes: Buffer): Message {
  const fields = new Map<number, (Buffer | bigint)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error('the message ends within a number');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('the message ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const kinds: Record<number, () => Buffer | bigint> = {
      0: varint,
      1: () => take(8),
      2: () => take(Number(varint())),
      5: () => take(4),
    };
    const read = kinds[tag & 7];
    if (read === undefined) throw new Error(`no protobuf: wire type ${tag & 7}`);
    const values = fields.get(tag >> 3) ?? [];
    values.push(read());
    fields.set(tag >> 3, values);
  }
  return fields;
}

/** Messages at the end of a path of field numbers. */
export function messages(from: Message, ...path: readonly number[]): Message[] {
  return path.reduce<Message[]>(
    (all, field) =>
      all.flatMap((one) =>
        (one.get(field) ?? []).filter((value) => Buffer.isBuffer(value)).map(message),
      ),
    [from],
  );
}

export const textIn = (from: Message | undefined, field: number): string =>
  String(from?.get(field)?.[0] ?? '');

/** Block format, see https://github.com/google/snappy/blob/main/format_description.txt */
export function unsnappy(bytes: Buffer): Buffer {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at] ?? 0;
    at += 1;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const out = Buffer.alloc(length);
  let end = 0;
  const number = (size: number): number => {
    at += size;
    return size === 0 ? 0 : bytes.readUIntLE(at - size, size);
  };
  while (at < bytes.length) {
    const tag = number(1);
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const size = short < 60 ? short + 1 : number(short - 59) + 1;
      bytes.copy(out, end, at, at + size);
      at += size;
      end += size;
      continue;
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? ((tag >> 5) << 8) + number(1) : number(kind === 2 ? 2 : 4);
    // Byte by byte, because a copy may overlap its output.
    for (let i = 0; i < size; i += 1) out[end + i] = out[end + i - offset] ?? 0;
    end += size;
  }
  return out;
}
