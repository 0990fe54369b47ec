import { parse } from 'yaml';
import { type Change, filesOf, type Inputs, type Side } from './change';

/** A YAML file of a service's configuration. */
export interface ConfigurationFile {
  /** Logical name of a resource that contains it. */
  readonly resource: string;
  readonly path: string;
  readonly content: Inputs;
}

/**
 * All YAML files of the changed resources, on one side. Other files are left out. On Docker, each
 * replica has its own copy of a file, which counts once.
 */
export function configurationFiles(
  changes: readonly Change[],
  side: Side,
): readonly ConfigurationFile[] {
  const files = new Map<string, ConfigurationFile>();
  for (const change of changes) {
    for (const [path, text] of filesOf(change, side)) {
      const content = /\.ya?ml$/.test(path) ? parsed(text) : undefined;
      if (content === undefined) continue;
      files.set(`${path}\n${text}`, { resource: change.name, path, content });
    }
  }
  return [...files.values()];
}

function parsed(text: string): Inputs | undefined {
  try {
    const content: unknown = parse(text, { logLevel: 'silent' });
    return typeof content === 'object' && content !== null ? (content as Inputs) : undefined;
  } catch {
    // A template that looks like YAML but is not.
    return undefined;
  }
}
