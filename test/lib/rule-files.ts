import { parse } from 'yaml';

/** A rule as Prometheus reads it. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

/** The rules in files. @param files texts by name */
export const rulesIn = (files: Readonly<Record<string, string>>): Rule[] =>
  Object.values(files).flatMap((text) =>
    (parse(text) as RuleFile).groups.flatMap(({ rules }) => rules),
  );
