import * as pulumi from '@pulumi/pulumi';

/**
 * A dynamic provider for objects of the Better Stack Uptime API (`monitors`, `heartbeats`).
 *
 * Pulumi stores the source of `provider` and of everything that it uses as plain text in the state
 * and runs it in another process. So it uses only its arguments, functions of this file and globals
 * of Node; the token is an argument and not in the text. The stored text must be the same in every
 * run, or a second `up` would change every object.
 *
 * Upstream: https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/ and
 * https://betterstack.com/docs/uptime/api/getting-started-with-uptime-api/
 */

type Value = string | number | boolean | null | readonly Value[];
type Attributes = Readonly<Record<string, Value>>;

interface Props {
  /** Secret. */
  readonly token: string;
  readonly apiUrl: string;
  readonly collection: 'monitors' | 'heartbeats';
  /** The attributes that the stack sets. All others stay as they are. */
  readonly attributes: Attributes;
  /** An existing object to take over instead of creating one, and the setting that names it. */
  readonly existing?: { readonly id: number; readonly setting: string };
}

/** What the state contains. */
interface State extends Props {
  /** URL that Alertmanager calls, for a heartbeat; secret. */
  readonly callUrl?: string;
}

interface Answer {
  readonly status: number;
  readonly id: string;
  readonly attributes: Attributes;
}

const keyCommand = 'pulumi config set betterStackToken --secret';

/**
 * Sends a request. After a 429 it waits as long as the API asks and tries again, up to five times.
 */
async function send(
  { token, apiUrl }: Props,
  method: string,
  path: string,
  attributes?: Attributes,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${apiUrl}/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: attributes === undefined ? undefined : JSON.stringify(attributes),
        redirect: 'error',
        signal: AbortSignal.timeout(30_000),
      });
      text = await response.text();
    } catch (error) {
      const { name, cause } = error as { name: string; cause?: { code?: string } };
      throw new Error(
        `cannot reach Better Stack at ${apiUrl} (${cause?.code ?? name}): check the connection, ` +
          'or set another URL with pulumi config set --path betterStack.apiUrl',
        { cause: error },
      );
    }
    const { status } = response;
    if (status === 429 && attempt <= 5) {
      await pause(response.headers.get('retry-after') ?? String(2 ** attempt));
      continue;
    }
    if (!response.ok && status !== 404) {
      throw new Error(complaint(status, `${method} ${path}`, text.replaceAll(token, '…')));
    }
    const { data } = parsed(text);
    return { status, id: String(data?.id ?? ''), attributes: data?.attributes ?? {} };
  }
}

/** `Retry-After` is a number of seconds or a date. The wait is at most a minute. */
async function pause(retryAfter: string): Promise<void> {
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1000;
  const wait = Number.isNaN(seconds) ? 1 : Math.min(60, Math.max(0, seconds));
  await new Promise((resolve) => setTimeout(resolve, wait * 1000));
}

interface Body {
  readonly data?: { readonly id?: string | number; readonly attributes?: Attributes };
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

/** What to do about the token in the state, which the engine passes for these requests. */
const storedToken: Readonly<Record<string, string>> = {
  GET:
    'A refresh uses that token, even if betterStackToken has a new one. Set a valid token with ' +
    `${keyCommand}, run pulumi up, which stores it, and then refresh`,
  DELETE:
    'Deleting uses that token, even if betterStackToken has a new one. Restore the check or setting ' +
    `that you removed, set a valid token with ${keyCommand}, run pulumi up, which stores it, and ` +
    'then remove the check or setting',
};

/** What was rejected, and the setting to change. */
function complaint(status: number, request: string, text: string): string {
  const said = text.replace(/\s+/g, ' ').slice(0, 300);
  if (status === 401 || status === 403) {
    const advice = storedToken[request.split(' ')[0] ?? ''];
    if (advice !== undefined) {
      return `Better Stack rejects the token in the state (${status} for ${request}). ${advice}`;
    }
    return `Better Stack rejects betterStackToken (${status}): set a valid token with ${keyCommand}`;
  }
  if (status === 429 || status >= 500) {
    return (
      `Better Stack answered ${request} with ${status}: run the command again later, or if nothing was ` +
      'created there yet, turn its monitors off with pulumi config rm betterStackToken'
    );
  }
  return (
    `Better Stack rejected ${request} (${status}: ${said}): correct uptime.checks or ` +
    'betterStack.policyId, for example with pulumi config rm --path betterStack.policyId'
  );
}

/** The attributes that the stack sets, as they are at Better Stack. */
function actual(declared: Attributes, found: Attributes): Attributes {
  const values = Object.entries(declared).map(([key, value]): [string, Value] => {
    // For a monitor, the API returns no `paused`, only the time at which it was paused.
    const paused = key === 'paused' && typeof found['paused_at'] === 'string';
    const now = paused ? true : found[key];
    if (now === undefined) return [key, value];
    return [key, typeof value === 'string' && typeof now === 'number' ? String(now) : now];
  });
  return Object.fromEntries(values);
}

function callUrl({ collection }: Props, { attributes }: Answer): { callUrl?: string } {
  const { url } = attributes;
  return collection === 'heartbeats' && typeof url === 'string' ? { callUrl: url } : {};
}

const differs = (a: unknown, b: unknown): boolean =>
  JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);

const provider: pulumi.dynamic.ResourceProvider<Props, State> = {
  async create(props) {
    const { collection, attributes, existing } = props;
    const answer =
      existing === undefined
        ? await send(props, 'POST', collection, attributes)
        : await send(props, 'PATCH', `${collection}/${existing.id}`, attributes);
    const id = existing === undefined ? answer.id : String(existing.id);
    if (answer.status === 404 && existing !== undefined) {
      throw new Error(
        `${collection}/${id} does not exist at Better Stack: correct ${existing.setting}, or ` +
          `create a new object with pulumi config rm --path ${existing.setting}`,
      );
    }
    if (answer.status === 404 || id === '') {
      throw new Error(
        `there is no Uptime API at ${props.apiUrl}: set its URL with pulumi config set --path ` +
          'betterStack.apiUrl',
      );
    }
    return { id, outs: { ...props, ...callUrl(props, answer) } };
  },

  /** Without an ID, the engine regards the object as deleted. */
  async read(id, props) {
    if (props === undefined) return { id: '' };
    const answer = await send(props, 'GET', `${props.collection}/${id}`);
    if (answer.status === 404) return { id: '' };
    const attributes = actual(props.attributes, answer.attributes);
    return { id, props: { ...props, attributes, ...callUrl(props, answer) } };
  },

  /** Never replaces an object, because that would delete its history. */
  async diff(id, olds, news) {
    const { existing } = news;
    if (existing !== undefined && String(existing.id) !== id) {
      throw new Error(
        `${existing.setting} cannot take over ${existing.id}, because this stack already has ` +
          `${news.collection}/${id} for it: pulumi config rm --path ${existing.setting}`,
      );
    }
    const keys = Object.keys({ ...olds.attributes, ...news.attributes });
    return {
      changes:
        olds.token !== news.token ||
        olds.apiUrl !== news.apiUrl ||
        keys.some((key) => differs(olds.attributes[key], news.attributes[key])),
    };
  },

  /** An attribute that the stack no longer sets becomes null. */
  async update(id, olds, news) {
    const removed = Object.keys(olds.attributes).filter((key) => !(key in news.attributes));
    const answer = await send(news, 'PATCH', `${news.collection}/${id}`, {
      ...Object.fromEntries(removed.map((key) => [key, null])),
      ...news.attributes,
    });
    if (answer.status === 404) {
      throw new Error(
        `${news.collection}/${id} no longer exists at Better Stack: run pulumi refresh, after ` +
          'which pulumi up creates it again',
      );
    }
    const known = olds.callUrl === undefined ? {} : { callUrl: olds.callUrl };
    return { outs: { ...news, ...known, ...callUrl(news, answer) } };
  },

  async delete(id, props) {
    await send(props, 'DELETE', `${props.collection}/${id}`);
  },
};

type Inputs<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/** An object at Better Stack. In the state, its token and the URL to call are encrypted. */
export class BetterStackObject extends pulumi.dynamic.Resource {
  /** URL that Alertmanager calls; only for a heartbeat; secret. */
  declare readonly callUrl: pulumi.Output<string>;

  constructor(
    type: 'Monitor' | 'Heartbeat',
    name: string,
    props: Inputs<Omit<Props, 'collection'>>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const collection = type === 'Monitor' ? 'monitors' : 'heartbeats';
    super(
      provider,
      name,
      { ...props, token: pulumi.secret(props.token), collection, callUrl: undefined },
      { ...opts, additionalSecretOutputs: ['token', 'callUrl'] },
      'betterStack',
      type,
    );
  }
}
