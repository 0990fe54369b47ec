import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { OperatorError } from './operator-error';

export const projectRoot = join(__dirname, '..');

export interface StackFile {
  readonly path: string;
  readonly text: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly encryptionSalt?: string;
}

/** Name of the project, which is the namespace of its config keys. */
export const projectName = 'audifi-observability';

/**
 * Reads `Pulumi.<stack>.yaml`. @throws OperatorError if it does not exist or is not valid YAML
 *
 * @param root folder of Pulumi.yaml
 */
export function readStackFile(stack: string, root = projectRoot): StackFile {
  const name = `Pulumi.${stack}.yaml`;
  const path = join(root, name);
  if (!existsSync(path)) {
    const known = readdirSync(root).flatMap((f) => /^Pulumi\.(.+)\.yaml$/.exec(f)?.[1] ?? []);
    throw new OperatorError(
      `there is no stack "${stack}": ${name} does not exist (stacks: ${known.sort().join(', ')}).\n` +
        `Example: STACK=dev make up`,
    );
  }
  const text = readFileSync(path, 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line, col } = lines.linePos(first.pos[0]);
    throw new OperatorError(
      `${name}:${line}:${col} is not valid YAML: ${first.message}. Nothing was changed.`,
    );
  }
  const content = (document.toJS() ?? {}) as Record<string, unknown>;
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new OperatorError(`${name} is not a group of keys. Example:\n${example}`);
  }
  const config = content['config'] ?? {};
  if (typeof config !== 'object' || Array.isArray(config)) {
    throw new OperatorError(`${name}: "config" is not a group of keys. Example:\n${example}`);
  }
  const salt = content['encryptionsalt'];
  return {
    path,
    text,
    config: config as Record<string, unknown>,
    encryptionSalt: typeof salt === 'string' ? salt : undefined,
  };
}

const example = `config:\n  ${projectName}:platform: docker`;
