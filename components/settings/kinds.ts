import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { durationSeconds, sizeMiB } from '../units';

/** What is documented of a setting: it makes the error messages and docs/settings.md. */
export type Doc = {
  readonly description: string;
  /**
   * What makes `pulumi config set --path <key>` a command that works: a value, `.sub value`, or
   * `[0] value`. @default none: of a group, the keys in it have theirs
   */
  readonly example?: string;
  readonly secret?: boolean;
  /** Where alone it means something. @default everywhere */
  readonly only?: Platform;
};

type Platform = 'docker' | 'kubernetes';

export const doc = (description: string, example?: string, extra: Partial<Doc> = {}): Doc => ({
  description,
  example,
  ...extra,
});

/** A setting that means nothing on the other platform, where it is refused. */
export const onlyOn = (only: Platform, description: string, example?: string): Doc =>
  doc(description, example, { only });

/**
 * A setting that has to be encrypted in the stack's file. The mark in its documentation is for checks and docs, the brand
 * for the compiler: both follow from this one call.
 */
export const secret = <T extends z.ZodType<string>>(
  schema: T,
  description: string,
): z.ZodOptional<z.ZodType<z.output<T> & Secret, z.input<T>>> =>
  (schema as unknown as z.ZodType<z.output<T> & Secret, z.input<T>>)
    .optional()
    .meta(doc(description, '--secret', { secret: true }));

/** Exists for the compiler alone. */
interface Secret {
  readonly [secretBrand]?: never;
}
declare const secretBrand: unique symbol;

/** The keys of parsed settings that `secret` declared. */
export type SecretKeyOf<Parsed> = {
  [K in keyof Parsed & string]-?: typeof secretBrand extends keyof NonNullable<Parsed[K]>
    ? K
    : never;
}[keyof Parsed & string];

/** Names of the keys of a group that `secret` declared. */
export const secretKeysOf = <S extends z.ZodObject>(schema: S): SecretKeyOf<z.output<S>>[] =>
  Object.entries(schema.shape)
    .filter(([, value]) => (value as z.ZodType).meta()?.['secret'] === true)
    .map(([key]) => key as SecretKeyOf<z.output<S>>);

/** What kind of value a key takes, in the words of docs/settings.md. */
export const kind = (text: string): { kind: string } => ({ kind: text });

/** CPU limit in cores. */
export const cpus = z
  .number({ error: 'is not a number' })
  .min(0.1, { error: 'is less than 0.1' })
  .max(64, { error: 'is more than 64' });

export const duration = (min: string, max: string) =>
  z
    .string({ error: 'is not a duration' })
    .superRefine((text, context) => {
      const seconds = durationSeconds(text);
      if (seconds === undefined) {
        context.addIssue({ code: 'custom', message: 'is not a duration' });
      } else if (seconds < (durationSeconds(min) ?? 0) || seconds > (durationSeconds(max) ?? 0)) {
        context.addIssue({ code: 'custom', message: `is not between ${min} and ${max}` });
      }
    })
    .meta(kind(`duration, ${min} to ${max}`));

/** Far above every disk, far below what a server counts in. */
const largest = '64TiB';

export const size = (min: string) =>
  z
    .string({ error: 'is not a size' })
    .superRefine((text, context) => {
      const value = sizeMiB(text);
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: 'is not a size' });
      } else if (value < (sizeMiB(min) ?? 0)) {
        context.addIssue({ code: 'custom', message: `is less than ${min}` });
      } else if (value > (sizeMiB(largest) ?? 0)) {
        context.addIssue({ code: 'custom', message: `is more than ${largest}` });
      }
    })
    .meta(kind(`size, at least ${min}`));

export const port = z
  .int({ error: 'is not a port (1 to 65535)' })
  .min(1, { error: 'is not a port (1 to 65535)' })
  .max(65535, { error: 'is not a port (1 to 65535)' })
  .meta(kind('port'));

/**
 * An absolute URL as RFC 3986 writes it. What WHATWG's parser repairs in silence (one slash, blanks, backslashes), a
 * server in Go refuses or reads as something else.
 */
const urlPattern = /^https?:\/\/[^/?#]+(?:[/?#].*)?$/i;
const urlLetters = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-fA-F]{2})+$/;

export const httpUrl = z
  .string({ error: 'is not a URL' })
  .superRefine((text, context) => {
    const url = URL.canParse(text) && urlPattern.test(text) ? new URL(text) : undefined;
    if (url !== undefined && (url.username !== '' || url.password !== '')) {
      context.addIssue({ code: 'custom', message: 'carries a password, which would be shown' });
    } else if (url === undefined || !urlLetters.test(text) || !isHost(bare(url.hostname))) {
      context.addIssue({ code: 'custom', message: 'is not an http(s) URL' });
    }
  })
  .meta(kind('http(s) URL'));

/** Where people reach a server: links are made by adding to it. */
export const pageUrl = httpUrl
  .refine((text) => !/[?#]/.test(text), { error: 'has a query or a fragment (?, #)' })
  .meta(kind('http(s) URL'));

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** Labels may begin with "_": those of SRV records do (`_metrics._tcp.worker`). */
const nameLabel = /^_?[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?$/;

/** Is it a DNS name? One whose last label is a number would be an address. */
export function isDnsName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return (
    text.length <= 253 &&
    labels.every((label) => nameLabel.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')
  );
}

/** Is it a name or an address, without brackets? */
export const isHost = (text: string): boolean =>
  isIPv4(text) || (isIPv6(text) && !text.includes('%')) || isDnsName(text);

/** A name or an address; no scheme, no port. */
export const host = z
  .string({ error: 'is not a host' })
  .refine(isHost, { error: 'is not a host (a name or an address, no scheme, no port)' })
  .meta(kind('host'));

/** `host:port`, IPv6 addresses in brackets. */
export const hostAndPort = z
  .string({ error: 'is not host:port' })
  .refine(
    (text) => {
      const [, name = '', number = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
      const named = name.startsWith('[')
        ? isIPv6(bare(name)) && isHost(bare(name))
        : !isIPv6(name) && isHost(name);
      return named && Number(number) >= 1 && Number(number) <= 65535;
    },
    { error: 'is not host:port (no scheme, no path)' },
  )
  .meta(kind('host:port'));

export const dnsName = z
  .string({ error: 'is not a DNS name' })
  .refine(isDnsName, { error: 'is not a DNS name' })
  .meta(kind('DNS name'));

/** What follows the word Bearer in a header. */
export const bearerToken = z.string({ error: 'is not a token' }).regex(/^[\x21-\x7e]+$/, {
  error: 'is not a bearer token: no blanks, no line end, and no "Bearer" before it',
});

export const dnsLabel = z
  .string({ error: 'is not a lower-case DNS label' })
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: 'is not a lower-case DNS label' })
  .meta(kind('DNS label'));
