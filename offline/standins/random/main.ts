import { randomBytes, randomInt } from 'node:crypto';
import { serveProvider } from '../provider';
import type { Provider, Resource } from '../resource';
import type { Property, Schema } from '../schema';
import type { Value, Values } from '../values';

const string: Property = { type: 'string' };
const count: Property = { type: 'number', replaces: true, default: 0 };
const choice: Property = { type: 'boolean', replaces: true, default: true };

/** A change of a keeper generates a new value. */
const keepers: Property = { type: 'map', replaces: true };

const characters = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  numeric: '0123456789',
  special: '!@#$%&*()-_=+[]{}<>:?',
};
type Kind = keyof typeof characters;
const kinds = Object.keys(characters) as Kind[];
const minimum: Record<Kind, string> = {
  upper: 'minUpper',
  lower: 'minLower',
  numeric: 'minNumeric',
  special: 'minSpecial',
};

const stringInputs: Schema = {
  keepers,
  length: { type: 'number', required: true, replaces: true },
  upper: choice,
  lower: choice,
  numeric: choice,
  special: choice,
  number: choice,
  minUpper: count,
  minLower: count,
  minNumeric: count,
  minSpecial: count,
  overrideSpecial: { ...string, replaces: true },
};

/**
 * Selects each character without bias: first the required number of each kind, then from all
 * allowed ones.
 */
export function draw(inputs: Values): string {
  const special = typeof inputs.overrideSpecial === 'string' ? inputs.overrideSpecial : '';
  const alphabet = (kind: Kind): string =>
    kind === 'special' && special !== '' ? special : characters[kind];
  const allowed = kinds.filter(
    (kind) => inputs[kind] !== false && !(kind === 'numeric' && inputs.number === false),
  );
  const all = allowed.map(alphabet).join('');
  const length = Number(inputs.length);
  const drawn = kinds.flatMap((kind) =>
    Array.from({ length: Number(inputs[minimum[kind]] ?? 0) }, () => pick(alphabet(kind))),
  );
  if (all === '') throw new Error('at least one kind of character must be allowed');
  if (drawn.length > length) throw new Error('length is smaller than the sum of the minimums');
  while (drawn.length < length) drawn.push(pick(all));
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [drawn[i], drawn[j]] = [drawn[j] ?? '', drawn[i] ?? ''];
  }
  return drawn.join('');
}

const pick = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));

/** Random values only exist in the state: reading returns the state, and deleting does nothing. */
const kept: Pick<Resource, 'read' | 'delete'> = {
  read(id, inputs, outputs) {
    const secrets = ['result', 'bcryptHash'].filter((key) => typeof outputs[key] === 'string');
    return Promise.resolve({ id, inputs, outputs, secrets: id === hidden ? secrets : [] });
  },
  delete: () => Promise.resolve(),
};

/** The id of a password, because ids are not secret. */
const hidden = 'none';

const randomPassword: Resource = {
  ...kept,
  inputs: stringInputs,
  computed: ['result', 'bcryptHash'],
  create: (inputs) =>
    Promise.resolve({
      id: hidden,
      // Node has no bcrypt. An empty string could be used as a hash, but this value matches no
      // password.
      outputs: { result: draw(inputs), bcryptHash: 'not supported by the stand-in' },
      secrets: ['result', 'bcryptHash'],
    }),
};

const randomString: Resource = {
  ...kept,
  inputs: stringInputs,
  computed: ['result'],
  create(inputs) {
    const result = draw(inputs);
    return Promise.resolve({ id: result, outputs: { result } });
  },
};

const randomId: Resource = {
  ...kept,
  inputs: {
    keepers,
    byteLength: { type: 'number', required: true, replaces: true },
    prefix: { ...string, replaces: true },
  },
  computed: ['b64Std', 'b64Url', 'dec', 'hex'],
  create(inputs) {
    const bytes = randomBytes(Number(inputs.byteLength));
    const prefix = typeof inputs.prefix === 'string' ? inputs.prefix : '';
    const hex = bytes.toString('hex');
    const outputs: Record<string, Value> = {
      hex: prefix + hex,
      dec: prefix + BigInt(`0x${hex || '0'}`).toString(),
      b64Std: prefix + bytes.toString('base64'),
      b64Url: prefix + bytes.toString('base64url'),
    };
    return Promise.resolve({ id: bytes.toString('base64url'), outputs });
  },
};

/** A stand-in for pulumi-resource-random. */
export const randomProvider: Provider = {
  name: 'random',
  version: '4.21.2',
  config: { version: string, pluginDownloadURL: string },
  resources: {
    'random:index/randomId:RandomId': randomId,
    'random:index/randomPassword:RandomPassword': randomPassword,
    'random:index/randomString:RandomString': randomString,
  },
  functions: {},
  configure: () => undefined,
};

if (require.main === module) serveProvider(randomProvider);
