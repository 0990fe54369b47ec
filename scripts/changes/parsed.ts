import { parse } from 'yaml';
import { type Change, filesOf, type Inputs, type Side } from './change';

/** A YAML file of a service's configuration. */
export interface ConfigurationFile {
  /** Logical name of the resource that contains it. */
  readonly resource: string;
  readonly path: string;
  readonly content: Inputs;
}

/** All YAML files of the changed resources, on one side. Other files are left out. */
export function configurationFiles(
  changes: readonly Change[],
  side: Side,
): readonly ConfigurationFile[] {
  return changes.flatMap((change) =>
    [...filesOf(change, side)]
      .filter(([path]) => /\.ya?ml$/.test(path))
      .flatMap(([path, text]) => {
        const content = parsed(text);
        return content === undefined ? [] : [{ resource: change.name, path, content }];
      }),
  );
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
