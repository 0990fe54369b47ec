import { RE2JS } from 're2js';

export type Labels = Readonly<Record<string, string>>;

interface Relabel {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly action?: string;
  readonly target_label?: string;
  readonly replacement?: string;
}

/**
 * The labels of a series or target after relabelling, as Prometheus does it; undefined if it is
 * dropped. See
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export function relabelled(rules: readonly unknown[] = [], labels: Labels): Labels | undefined {
  const result: Record<string, string> = { ...labels };
  for (const rule of rules as readonly Relabel[]) {
    const { source_labels = [], regex = '(.*)', action = 'replace', replacement = '$1' } = rule;
    const pattern = RE2JS.compile(regex);
    const matcher = pattern.matcher(source_labels.map((name) => result[name] ?? '').join(';'));
    const matches = matcher.matches();
    if (action === 'keep' && !matches) return undefined;
    if (action === 'drop' && matches) return undefined;
    if (action === 'labeldrop') {
      for (const name of Object.keys(result)) {
        if (pattern.matcher(name).matches()) delete result[name];
      }
    }
    if (action === 'labelmap') {
      for (const [name, value] of Object.entries(result)) {
        const found = pattern.matcher(name);
        if (!found.matches()) continue;
        result[replacement.replaceAll('$1', found.groupCount() > 0 ? (found.group(1) ?? '') : '')] =
          value;
      }
    }
    if (action === 'replace' && matches && rule.target_label !== undefined) {
      const value = replacement.replaceAll(
        '$1',
        matcher.groupCount() > 0 ? (matcher.group(1) ?? '') : '',
      );
      if (value === '') delete result[rule.target_label];
      else result[rule.target_label] = value;
    }
  }
  return result;
}
