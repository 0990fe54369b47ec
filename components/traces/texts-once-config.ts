import { Document, type Scalar, visit } from 'yaml';

/** For shorter strings, the alias would be longer. */
const shortest = 40;

/**
 * Converts a value to YAML in which each long string is written once, and repeated by alias. The
 * engine stores this file in its state and compares it at every run, so its size matters. Pure.
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
