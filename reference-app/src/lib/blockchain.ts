import type { Metrics } from './metrics';
import { type CallOutside, OutsideError } from './outside-call';
import { inSpan } from './tracing';

export const networks = ['ethereum', 'base'] as const;
export type Network = (typeof networks)[number];

/** The RPC methods in use. The label can only have these values. */
export type RpcMethod = 'eth_call' | 'eth_getBalance' | 'eth_blockNumber';

export interface Blockchain {
  /**
   * Calls a node and processes its result, a hex quantity or data. Call and processing are one
   * trace.
   */
  readonly call: <T>(
    network: Network,
    method: RpcMethod,
    params: unknown[],
    use: (result: string) => Promise<T>,
  ) => Promise<T>;
  readonly ping: () => Promise<unknown>;
}

/** JSON-RPC to blockchain nodes. See https://ethereum.org/developers/docs/apis/json-rpc/ */
export function createBlockchain(
  urls: Readonly<Record<Network, string>>,
  metrics: Metrics,
  callOutside: CallOutside,
): Blockchain {
  const requests = metrics.of('rpc_requests_total');
  const seconds = metrics.of('rpc_latency_seconds');
  const errors = metrics.of('rpc_errors_total');
  for (const network of networks) {
    for (const method of ['eth_call', 'eth_getBalance', 'eth_blockNumber']) {
      requests.zero({ network, method });
    }
  }
  const ask = async (network: Network, method: RpcMethod, params: unknown[]): Promise<string> => {
    const start = performance.now();
    try {
      const { body } = await callOutside({
        service: 'rpc',
        url: urls[network],
        body: { jsonrpc: '2.0', id: 1, method, params },
        span: method,
        attributes: {
          'rpc.system.name': 'jsonrpc',
          'rpc.method': method,
          'blockchain.network': network,
        },
      });
      return await inSpan('blockchain.parse', {}, () => parse(body));
    } catch (error) {
      const kind = error instanceof OutsideError ? error.kind : 'other';
      errors.add({ network, error: kind === 'refused' ? 'other' : kind });
      throw error;
    } finally {
      requests.add({ network, method });
      seconds.observe((performance.now() - start) / 1000, { network });
    }
  };
  const call: Blockchain['call'] = (network, method, params, use) =>
    inSpan('blockchain.request', { attributes: { 'blockchain.network': network } }, async () =>
      use(await ask(network, method, params)),
    );
  return { call, ping: () => plainPing(urls.ethereum) };
}

/** The `result` of a response. Nodes report errors with status 200. */
function parse(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'result' in body) {
    const { result } = body;
    if (typeof result === 'string' && /^0x[0-9a-f]*$/i.test(result)) return result;
  }
  throw new OutsideError('rpc', 'other');
}

/** For /health. Not counted, because probes are not traffic. */
async function plainPing(url: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
    signal: AbortSignal.timeout(2_000),
  });
  parse(await response.json());
}
