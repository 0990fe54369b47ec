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
};

export const doc = (description: string, example?: string, extra: Partial<Doc> = {}): Doc => ({
  description,
  example,
  ...extra,
});

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

export const size = (min: string) =>
  z
    .string({ error: 'is not a size' })
    .superRefine((text, context) => {
      const value = sizeMiB(text);
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: 'is not a size' });
      } else if (value < (sizeMiB(min) ?? 0)) {
        context.addIssue({ code: 'custom', message: `is less than ${min}` });
      }
    })
    .meta(kind(`size, at least ${min}`));

export const port = z
  .int({ error: 'is not a port (1 to 65535)' })
  .min(1, { error: 'is not a port (1 to 65535)' })
  .max(65535, { error: 'is not a port (1 to 65535)' })
  .meta(kind('port'));

export const httpUrl = z
  .string({ error: 'is not a URL' })
  .superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
      context.addIssue({ code: 'custom', message: 'is not an http(s) URL' });
    } else if (url.username !== '' || url.password !== '') {
      context.addIssue({ code: 'custom', message: 'carries a password, which would be shown' });
    }
  })
  .meta(kind('http(s) URL'));

export const dnsLabel = z
  .string({ error: 'is not a lower-case DNS label' })
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: 'is not a lower-case DNS label' })
  .meta(kind('DNS label'));
