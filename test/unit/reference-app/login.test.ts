import { describe, expect, it } from '@jest/globals';
import { loginRoutes } from '../../../reference-app/src/api/login';
import type { Call } from '../../../reference-app/src/api/routes';
import type { OutsideCall } from '../../../reference-app/src/lib/outside-call';
import { OutsideError } from '../../../reference-app/src/lib/outside-call';
import { fakeDatabase, logInto, metricsOf, valueOf } from './kit';

const results = ['success', 'denied', 'failed'] as const;

function callback() {
  const metrics = metricsOf('api-server');
  const codes: unknown[] = [];
  const routes = loginRoutes({
    ...{ metrics, log: logInto([]), enqueue: async () => 'job' },
    ...{ oauthUrl: 'http://outside', sessionSecret: 'of a test' },
    db: fakeDatabase(() => [{ id: 'user_1' }]),
    callOutside: async ({ body }: OutsideCall) => {
      const { code } = body as { readonly code: string };
      codes.push(code);
      if (code === 'guessed') return { status: 400, body: {} };
      if (code === 'failed') throw new OutsideError('oauth', 'other', 500);
      return { status: 200, body: { sub: 'sub-1', email: 'user@example.com' } };
    },
  });
  const route = routes.find(({ name }) => name === 'oauthCallback');
  return {
    codes,
    call: async (query: string) => {
      const call: Call = {
        ...{ params: { provider: 'google' }, query: new URLSearchParams(query), headers: {} },
        ...{ userId: '', requestId: 'req_1', body: Buffer.alloc(0) },
      };
      return route?.handle(call);
    },
    counted: async () => {
      const [success, denied, failed] = await Promise.all(
        results.map((result) =>
          valueOf(metrics, 'oauth_logins_total', { provider: 'google', result }),
        ),
      );
      return { success, denied, failed };
    },
  };
}

describe('the OAuth callback', () => {
  it('counts a login, a denied one and a failed one', async () => {
    const { call, counted } = callback();
    expect(await call('code=good')).toMatchObject({ status: 200 });
    await expect(call('error=access_denied')).rejects.toMatchObject({ status: 403 });
    await expect(call('code=guessed')).rejects.toMatchObject({ status: 403 });
    await expect(call('code=failed')).rejects.toBeInstanceOf(OutsideError);
    expect(await counted()).toEqual({ success: 1, denied: 2, failed: 1 });
  });

  // Five of these at night would otherwise page (LoginBudgetBurn).
  it.each(['', 'code=' + 'x'.repeat(501), 'error=server_error'])(
    'counts no login for what anyone can send: "%s"',
    async (query) => {
      const { call, codes, counted } = callback();
      await expect(call(query)).rejects.toMatchObject({ status: 400 });
      expect(codes).toEqual([]);
      expect(await counted()).toEqual({ success: 0, denied: 0, failed: 0 });
    },
  );
});
