import { Document, type Scalar, visit } from 'yaml';

/** Shorter texts cost less than the reference to them. */
const shortest = 40;

/**
 * A value as YAML in which each long text is written once: where it comes again, an alias refers to the first place.
 * The engine keeps a file with the state and compares it at every run, so its size is time. Pure.
 *
 * Upstream: https://yaml.org/spec/1.2.2/#71-alias-nodes
 */
export function textsOnce(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  const first = new Map<string, Scalar>();
  let anchors = 0;
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string' || node.value.length < shortest) return;
      const known = first.get(node.value);
      if (known === undefined) {
        first.set(node.value, node);
        return;
      }
      if (known.anchor === undefined) known.anchor = `t${anchors++}`;
      return document.createAlias(known);
    },
  });
  return document.toString({ lineWidth: 0 });
}
