import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { durationSeconds, secondsFromZero, sizeMiB } from '../units';

/** Documentation of a setting, for error messages and docs/settings.md. */
export type Doc = {
  readonly description: string;
  /**
   * Completes `pulumi config set --path <key>` to a command that works: a value, `.sub value`, or
   * `[0] value`. @default none: in a group, the keys have their own examples
   */
  readonly example?: string;
  readonly secret?: boolean;
  /** The only platform on which the setting has an effect. @default both */
  readonly only?: Platform;
};

type Platform = 'docker' | 'kubernetes';

export const doc = (description: string, example?: string, extra: Partial<Doc> = {}): Doc => ({
  description,
  example,
  ...extra,
});

/** A setting that only has an effect on one platform. The other platform rejects it. */
export const onlyOn = (only: Platform, description: string, example?: string): Doc =>
  doc(description, example, { only });

/**
 * A setting that must be encrypted in the stack file. The flag in its documentation is for checks
 * and docs. The type brand is for the compiler.
 */
export const secret = <T extends z.ZodType<string>>(
  schema: T,
  description: string,
): z.ZodOptional<z.ZodType<z.output<T> & Secret, z.input<T>>> =>
  (schema as unknown as z.ZodType<z.output<T> & Secret, z.input<T>>)
    .optional()
    .meta(doc(description, '--secret', { secret: true }));

/** Exists only for the compiler. */
interface Secret {
  readonly [secretBrand]?: never;
}
declare const secretBrand: unique symbol;

/** Keys of parsed settings that `secret` declared. */
export type SecretKeyOf<Parsed> = {
  [K in keyof Parsed & string]-?: typeof secretBrand extends keyof NonNullable<Parsed[K]>
    ? K
    : never;
}[keyof Parsed & string];

/** Keys of a group that `secret` declared. */
export const secretKeysOf = <S extends z.ZodObject>(schema: S): SecretKeyOf<z.output<S>>[] =>
  Object.entries(schema.shape)
    .filter(([, value]) => (value as z.ZodType).meta()?.['secret'] === true)
    .map(([key]) => key as SecretKeyOf<z.output<S>>);

/** The kind of value that a key takes, for docs/settings.md. */
export const kind = (text: string): { kind: string } => ({ kind: text });

/** A text without spaces at its ends: people do not see them, and programs do not ignore them. */
export const trimmed = z.string({ error: 'is not a string' }).superRefine((text, context) => {
  const meant = text.trim();
  if (meant === text) return;
  const message = 'begins or ends with a space';
  // The CLI would read a value such as -a as an option.
  context.addIssue({ code: 'custom', message, params: /^[^-]/.test(meant) ? { meant } : {} });
});

/** CPU limit in cores. */
export const cpus = z
  .number({ error: 'is not a number' })
  .min(0.1, { error: 'is less than 0.1' })
  .max(64, { error: 'is more than 64' })
  // Docker's provider fails with longer numbers, and Kubernetes rounds them.
  .refine((cores) => Number(cores.toFixed(2)) === cores, { error: 'has more than two decimals' });

const notDuration = 'is not a duration (such as 15s, 1h30m or 15d)';
const notSize = 'is not a size (such as 512MiB or 1.5GiB)';

export const duration = (min: string, max: string) =>
  z
    .string({ error: notDuration })
    .superRefine((text, context) => {
      const seconds = secondsFromZero(text);
      if (seconds === undefined) {
        context.addIssue({ code: 'custom', message: notDuration });
      } else if (seconds < (durationSeconds(min) ?? 0) || seconds > (durationSeconds(max) ?? 0)) {
        context.addIssue({ code: 'custom', message: `is not between ${min} and ${max}` });
      }
    })
    .meta(kind(`duration, ${min} to ${max}`));

/** Larger than any disk, and small enough for a server to count the bytes. */
const largest = '64TiB';

export const size = (min: string) =>
  z
    .string({ error: notSize })
    .superRefine((text, context) => {
      const value = sizeMiB(text);
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: notSize });
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

/** Name of a bucket. Google Cloud Storage also allows `_`. */
const bucket = (pattern: RegExp, characters: string) =>
  z
    .string({ error: 'is not the name of a bucket' })
    .regex(pattern, {
      error: `is not the name of a bucket (3 to 63 lower-case letters, digits and ${characters})`,
    })
    .refine((text) => !isIPv4(text) && !/\.[.-]|-\./.test(text), {
      error: 'is not the name of a bucket: it is an IP address, or has "..", ".-" or "-."',
    })
    .meta(kind('name of a bucket'));

export const s3Bucket = bucket(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, '"-", "."');
export const gcsBucket = bucket(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, '"-", ".", "_"');

/** The value after the word Bearer in a header. */
export const bearerToken = z.string({ error: 'is not a token' }).regex(/^[\x21-\x7e]+$/, {
  error: 'is not a bearer token: no spaces, no line breaks, and no "Bearer" before it',
});

export const dnsLabel = z
  .string({ error: 'is not a lower-case DNS label' })
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: 'is not a lower-case DNS label' })
  .meta(kind('DNS label'));

/** Name of an object in Kubernetes: a DNS name in lower case. */
export const objectName = z
  .string({ error: 'is not the name of an object in Kubernetes' })
  .max(253, { error: 'is longer than 253 characters' })
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    error: 'is not the name of an object in Kubernetes (lower-case letters, digits, "-" and ".")',
  })
  .meta(kind('name'));

export const wholeNumber = (min: number, max: number) =>
  z
    .int({ error: 'is not a whole number' })
    .min(min, { error: `is less than ${min}` })
    .max(max, { error: `is more than ${max}` })
    .meta(kind(`whole number, ${min} to ${max}`));

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
const qualifiedName =
  /^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

export const annotationName = z
  .string()
  .regex(qualifiedName, { error: 'is not the name of an annotation' });

/** Labels of objects in Kubernetes. */
export const objectLabelName = z.string().regex(qualifiedName, { error: 'is not a label name' });
export const objectLabelValue = z
  .string({ error: 'is not a string' })
  .regex(/^([a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$/, { error: 'is not a label value' });

/**
 * Annotations that bind a service account to a cloud identity.
 *
 * @param description of the setting
 * @param name of the annotation in the example
 * @param value of the annotation in the example
 */
export const identityAnnotations = (description: string, name: string, value: string) =>
  z
    .record(
      annotationName,
      z
        .string({ error: 'is not a string' })
        .meta(onlyOn('kubernetes', 'Value of the annotation.', value)),
    )
    .default({})
    .meta(onlyOn('kubernetes', description, `["${name}"] ${value}`));

/** A switch that is on by default. The example turns it off. */
export const onByDefault = (description: string) =>
  z.boolean().default(true).meta(doc(description, 'false'));

/** A switch that is off by default. The example turns it on. */
export const offByDefault = (description: string) =>
  z.boolean().default(false).meta(doc(description, 'true'));

/** Port for a server that people or programs on this machine always need. */
export const publishedPort = (number: number) =>
  port
    .default(number)
    .meta(onlyOn('docker', 'Port on the loopback interface (Docker).', String(number)));

/** Port for the web pages of an exporter, which are rarely needed. */
export const ownPages = (example: string) =>
  port
    .optional()
    .meta(
      onlyOn(
        'docker',
        "Port on the loopback interface for the exporter's own pages (default: none).",
        example,
      ),
    );
