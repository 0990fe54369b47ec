import { z } from 'zod';
import { timeZones } from '../../components/alerting/time-zones';
import { settingsSchema } from '../../components/settings/schema';
import { docOf, unwrap } from '../../components/settings/schema-walk';
import fc from './fast-check';

/** Strings that servers may parse in a special way. Each setting gets those that it accepts. */
const texts: readonly string[] = [
  ...['a', 'audifi', 'x-1', 'a.b', 'A_b', 'UPPER', 'a b', ' a', 'a ', '-a', '--flag', '0', '007'],
  ...[
    'US$500',
    '$HOME',
    '${HOME}',
    '$$',
    '$1',
    '%d',
    '%(x)s',
    '{{ .x }}',
    '{{',
    '#channel',
    '@ada',
  ],
  ...[
    'yes',
    'null',
    '~',
    '!tag',
    '*a',
    '&a',
    '? a',
    'a: b',
    'a #b',
    '"',
    "'",
    '`',
    '\\',
    '\\n',
    'ä€',
  ],
  ...[
    'a\nb',
    '\t',
    'a,b',
    'a;b',
    'a|b',
    '[a]',
    '(a',
    'a/b',
    '/',
    '/a',
    '/a/b',
    '/a b',
    '/ä',
    '/a;b',
  ],
  ...['1ms', '1s', '5s', '15s', '1m', '90s', '1m30s', '1h', '1d', '3d', '1w', '30d', '1y', '10y'],
  ...['16MiB', '300MiB', '1GiB', '1.5GiB', '10GB', '40Gi', '1TiB', '64TiB'],
  ...[
    '127.0.0.1',
    '10.0.0.5',
    '::1',
    'fd00::1',
    'db.internal',
    'db.internal.',
    '_m._tcp.w',
    'a_b.c',
  ],
  ...['api:9090', '10.0.0.5:1', '[::1]:80', 'a_b.c:65535', 'db.internal.:9090'],
  ...['https://x.io', 'http://x', 'https://x.io/', 'https://x.io/a/b', 'https://x.io:8443/a/'],
  ...[
    'http://10.0.0.1:1',
    'http://[::1]:80/a',
    'https://x.io/a%20b',
    "https://x.io/a'b$c!(d)*,;=@",
  ],
  ...['https://x.io/a?b=c&d=%7B#e', 'HTTPS://X.io/$HOME', 'https://x.io//a'],
  ...['ada@audifi.io', '00:00', '02:30', '24:00', '2026-01-05T09:00:00Z', 'C0123456', "'%m [%p] '"],
  ...[
    '%m [%p] %q%u@%d ',
    'audifi-logs',
    'eu-central-1',
    'groups[0]',
    "contains(a, 'b') && 'Admin'",
  ],
  '0123456789abcdef'.repeat(2),
  '{"type":"service_account","client_email":"a@b.iam.gserviceaccount.com","private_key":"x"}',
  ...timeZones,
];

/** A value for every key of the schema, each individually valid. */
export function accepted(schema: z.ZodType): fc.Arbitrary<unknown> {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return group(inner);
  if (inner instanceof z.ZodRecord) {
    const names = accepted(inner.keyType as z.ZodType) as fc.Arbitrary<string>;
    return fc.dictionary(names, accepted(inner.valueType as z.ZodType), {
      maxKeys: 3,
      noNullPrototype: true,
    });
  }
  if (inner instanceof z.ZodArray) {
    return fc.array(accepted(inner.element as z.ZodType), { minLength: 1, maxLength: 3 });
  }
  if (inner instanceof z.ZodUnion) {
    return fc.oneof(...inner.options.map((option) => accepted(option as z.ZodType)));
  }
  if (inner instanceof z.ZodEnum) return fc.constantFrom(...inner.options);
  if (inner instanceof z.ZodBoolean) return fc.boolean();
  if (inner instanceof z.ZodNumber) return numbers(inner);
  const example = docOf(schema).example ?? '';
  const fitting = [...texts, example].filter((text) => inner?.safeParse(text).success === true);
  if (fitting.length === 0) throw new Error(`no text for ${JSON.stringify(schema.meta())}`);
  return fc.constantFrom(...fitting);
}

function group(object: z.ZodObject): fc.Arbitrary<unknown> {
  const shape = object.shape as Readonly<Record<string, z.ZodType>>;
  const required = Object.keys(shape).filter((key) => !shape[key]?.safeParse(undefined).success);
  const values = Object.entries(shape).map(([key, inner]) => [key, accepted(inner)]);
  return fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required,
    noNullPrototype: true,
  });
}

function numbers(schema: z.ZodNumber): fc.Arbitrary<number> {
  const { minValue, maxValue } = schema;
  const [min, max] = [minValue ?? 0, maxValue ?? 1];
  if (Number.isInteger(min) && !schema.safeParse(min + 0.5).success) {
    return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
  }
  return fc
    .double({ min, max, noNaN: true })
    .map((n) => Number(n.toPrecision(4)))
    .map((n) => (schema.safeParse(n).success ? n : Number(n.toFixed(2))))
    .filter((n) => schema.safeParse(n).success);
}

/** Paths of single values, with a name for each user-defined key. */
export function leaves(schema: z.ZodType = settingsSchema, at: Leaf = []): readonly Leaf[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>).flatMap(
      ([key, value]) => leaves(value, [...at, key]),
    );
  }
  if (inner instanceof z.ZodRecord) return leaves(inner.valueType as z.ZodType, [...at, 'some']);
  if (inner instanceof z.ZodArray) return leaves(inner.element as z.ZodType, [...at, 0]);
  return [at];
}

type Leaf = readonly (string | number)[];

/** A config with one value at a path. */
export function configWith(at: Leaf, value: unknown): unknown {
  return at.reduceRight<unknown>(
    (inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }),
    value,
  );
}
