import { type Blockchain, networks } from '../lib/blockchain';
import { invalid } from '../lib/http-error';
import type { Log } from '../lib/log';
import { inSpan } from '../lib/tracing';
import type { Route } from './routes';

/** A cache with expiry: Redis, or a map in tests. */
export interface Cache {
  /** Host of the server. */
  readonly host: string;
  readonly get: (key: string) => Promise<string | null>;
  readonly set: (key: string, value: string, seconds: number) => Promise<void>;
}

const cacheSeconds = 15;

/**
 * The balance of a wallet. Blockchain nodes are slow and expensive, so results are cached for some
 * seconds.
 */
export function walletRoutes(blockchain: Blockchain, cache: Cache, log: Log): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/wallets/:address/balance',
      name: 'walletBalance',
      auth: 'required',
      answers: ['200', '400', '401', '500', '502', '504'],
      handle: async ({ params: { address = '' }, query }) => {
        const network = networks.find((known) => known === (query.get('network') ?? 'ethereum'));
        if (network === undefined) throw invalid('"network" has to be ethereum or base');
        if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw invalid('not a wallet address');
        const key = `audifi:balance:${network}:${address.toLowerCase()}`;
        const cached = await cache.get(key);
        if (cached !== null) return { status: 200, body: { network, balance: cached } };
        const attributes = {
          ...{
            'db.system.name': 'redis',
            'db.operation.name': 'SET',
            'server.address': cache.host,
          },
          'cache.key': `audifi:balance:${network}:{address}`,
        };
        const balance = await blockchain.call(
          network,
          'eth_getBalance',
          [address, 'latest'],
          async (hex) => {
            const wei = BigInt(hex === '0x' ? '0x0' : hex).toString();
            await inSpan('SET', { kind: 'client', attributes }, () =>
              cache.set(key, wei, cacheSeconds),
            );
            return wei;
          },
        );
        log.debug('Balance read from the chain', { wallet: address });
        return { status: 200, body: { network, balance } };
      },
    },
  ];
}
