import { randomUUID } from 'node:crypto';
import type { Database } from '../lib/database';
import { HttpError, invalid, notFound } from '../lib/http-error';
import { isObject, jsonObject, textField } from '../lib/input';
import type { Log } from '../lib/log';
import type { Metrics } from '../lib/metrics';
import { type CallOutside, OutsideError } from '../lib/outside-call';
import { createToken } from '../lib/tokens';
import type { Answer, Call, Route } from './routes';
import type { Enqueue } from './tracks';

export interface LoginOptions {
  readonly db: Database;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly enqueue: Enqueue;
  readonly callOutside: CallOutside;
  readonly oauthUrl: string;
  readonly sessionSecret: string;
}

export const providers = ['google', 'apple', 'discord', 'twitch'] as const;
export type Provider = (typeof providers)[number];

const sessionSeconds = 12 * 3600;

/** Login by a link in an e-mail, or by an OAuth provider. */
export function loginRoutes(options: LoginOptions): Route[] {
  const { metrics, log, enqueue } = options;
  const logins = metrics.of('oauth_logins_total');
  return [
    {
      ...{ method: 'POST', path: '/v1/auth/magic-link', name: 'sendMagicLink' },
      answers: ['202', '400', '500'],
      handle: async ({ body }) => {
        const email = textField(jsonObject(body), 'email', 254, /^[^\s@]+@[^\s@]+\.[^\s@]+$/);
        await enqueue('email', { type: 'magic_link', to: email });
        log.info('Magic link asked for', { event: 'login.magic_link', email });
        return { status: 202, body: { queued: true } };
      },
    },
    {
      method: 'GET',
      path: '/v1/auth/oauth/:provider/callback',
      name: 'oauthCallback',
      answers: ['200', '400', '403', '404', '500', '502', '504'],
      handle: async (call) => {
        const provider = providers.find((known) => known === call.params['provider']);
        if (provider === undefined) throw notFound('the provider');
        const code = codeOf(call);
        try {
          const answer = await login(options, provider, code);
          logins.add({ provider, result: 'success' });
          return answer;
        } catch (error) {
          const denied = error instanceof HttpError && error.code === 'access_denied';
          logins.add({ provider, result: denied ? 'denied' : 'failed' });
          throw error;
        }
      },
    },
  ];
}

/**
 * The provider's code; undefined if the user denied the login. Without either, it is not a login
 * and is not counted: anyone can call this path, and must not be able to cause a page that way.
 *
 * See https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2
 */
function codeOf({ query }: Call): string | undefined {
  if (query.get('error') === 'access_denied') return undefined;
  const code = query.get('code');
  if (code === null || code.length > 500) throw invalid('the callback has no valid code');
  return code;
}

async function login(
  options: LoginOptions,
  provider: Provider,
  code: string | undefined,
): Promise<Answer> {
  const denied = new HttpError(403, 'access_denied', 'the login was denied');
  if (code === undefined) throw denied;
  const answer = await options.callOutside({
    service: 'oauth',
    url: `${options.oauthUrl}/${provider}/token`,
    body: { grant_type: 'authorization_code', code },
    accept: [400],
  });
  // The provider rejects the code: it is expired or guessed.
  if (answer.status === 400) throw denied;
  const userId = await upsertUser(options.db, provider, answer.body);
  const expires = Math.floor(Date.now() / 1000) + sessionSeconds;
  const token = createToken(options.sessionSecret, {
    ...{ id: randomUUID(), userId, role: 'viewer', expires },
  });
  return { status: 200, body: { user_id: userId, token } };
}

async function upsertUser(db: Database, provider: Provider, profile: unknown): Promise<string> {
  const { sub, email } = isObject(profile) ? profile : {};
  if (typeof sub !== 'string' || typeof email !== 'string')
    throw new OutsideError('oauth', 'other');
  const [user] = await db.run<{ id: string }>(
    { operation: 'insert', table: 'users' },
    `INSERT INTO users (id, provider, subject, email) VALUES ($1, $2, $3, $4)
     ON CONFLICT (provider, subject) DO UPDATE SET email = excluded.email RETURNING id`,
    [`user_${randomUUID().slice(0, 8)}`, provider, sub, email],
  );
  if (user === undefined) throw new Error('the database returned no row');
  return user.id;
}
