import { containersOf, dockerContainer } from '../containers';
import type { PolicyResource, Rule } from '../resource';
import { at, encrypted, entries, list, notKnown, text } from '../values';

/** Names of variables and flags whose value is a secret, unless it is the path of a file. */
const secretName = /(password|passwd|secret|token|api_?key|private_?key|credential)s?$/i;

/** Texts that are secrets regardless of their name. */
const secretTexts: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a Slack webhook', /hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/],
  ['a token of a Slack app', /\bxox[abprs]-[\w-]{10,}/],
  ['an access key of AWS', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36}/],
  ['a key of Stripe', /\b[sr]k_live_[0-9a-zA-Z]{16,}/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:(?!\$|%|<|\*|\[)[^\s/@]+@/i],
];

function secretIn(value: unknown): string | undefined {
  const said = text(value);
  return secretTexts.find(([, pattern]) => pattern.test(said))?.[0];
}

export const encryptedSecrets: Rule = {
  name: 'encrypted-secrets',
  description:
    'A secret is a file that is encrypted in the state: never a variable, an argument or plain configuration.',
  check: (resource) => [
    ...containersOf(resource).flatMap(({ title, environment, args }) => [
      ...environment
        .filter(({ name, value }) => isSecretValue(name, value))
        .map(({ name }) => `${title} has a secret in ${variable(name)}: make it a file`),
      ...secretArguments(args).map((where) => `${title} has a secret in ${where}: make it a file`),
    ]),
    ...plainFiles(resource).flatMap(([file, content]) => {
      const found = secretIn(content);
      return found === undefined ? [] : [`${file} has ${found} in plain text`];
    }),
    ...secretKeys(resource),
    ...(resource.marksSecrets === true ? notEncrypted(resource) : []),
  ],
};

function isSecretValue(name: string, value: unknown): boolean {
  // A value that is a secret, regardless of the variable's name.
  if (value === encrypted) return true;
  if (value === notKnown || text(value) === '') return false;
  return secretIn(value) !== undefined || isNamedSecret(name, value);
}

function isNamedSecret(name: string, value: unknown): boolean {
  return secretName.test(name) && text(value) !== '' && !isPath(text(value));
}

const variable = (name: string): string => (name === '' ? 'its variables' : `the variable ${name}`);

/** Where arguments are secrets. Only names of flags are shown: the rest may be the secret. */
function secretArguments(args: readonly unknown[]): string[] {
  return args.flatMap((argument, i) => {
    if (argument === encrypted) return ['its arguments'];
    const [, flag = '', value] = /^(-[^=]*)(?:=(.*))?$/s.exec(text(argument)) ?? [];
    if (value !== undefined) return isSecretValue(flag, value) ? [`the argument ${flag}`] : [];
    if (secretIn(argument) !== undefined) return ['the arguments'];
    // The value of a flag may be the next argument.
    const next = text(args[i + 1]);
    return isNamedSecret(flag, next) && !next.startsWith('-') ? [`the argument ${flag}`] : [];
  });
}

const isPath = (value: string): boolean => /^(\.{0,2}\/|file:)/.test(value);

/** Files with a readable content. The content of a value that is marked as secret is hidden. */
function plainFiles({
  type,
  props,
}: PolicyResource): (readonly [file: string, content: unknown])[] {
  if (type === 'kubernetes:core/v1:ConfigMap') {
    return entries(props['data']).map(([key, content]) => [`the key ${key}`, content]);
  }
  if (type !== dockerContainer) return [];
  return list(props['uploads'])
    .filter((upload) => !isSecretFile(upload))
    .map((upload) => [`the file ${text(at(upload, 'file'))}`, at(upload, 'content')]);
}

/** Keys of a ConfigMap that are secrets by their mark or name. */
function secretKeys({ type, props }: PolicyResource): string[] {
  if (type !== 'kubernetes:core/v1:ConfigMap') return [];
  return ['data', 'binaryData'].flatMap((kind) => {
    if (props[kind] === encrypted) return [`its ${kind} has a secret: use a Secret`];
    return entries(props[kind])
      .filter(([key, value]) => value === encrypted || isNamedSecret(key, value))
      .map(([key]) => `the key ${key} is a secret: use a Secret`);
  });
}

/** A file that only its owner can read is a secret (components/platform/docker-container.ts). */
const isSecretFile = (upload: unknown): boolean => at(upload, 'permissions') === '0400';

/** Secrets that the state would hold in plain text. */
function notEncrypted({ type, props }: PolicyResource): string[] {
  const open = (value: unknown): boolean => value !== encrypted && value !== notKnown;
  if (type === 'kubernetes:core/v1:Secret') {
    return ['data', 'stringData'].flatMap((key) =>
      entries(props[key])
        .filter(([, value]) => open(value))
        .map(([name]) => `the key ${name} is not encrypted in the state: use pulumi.secret`),
    );
  }
  if (type !== dockerContainer) return [];
  return list(props['uploads'])
    .filter((upload) => isSecretFile(upload) && open(at(upload, 'content')))
    .map((upload) => `the file ${text(at(upload, 'file'))} is not encrypted in the state`);
}
