import { jest } from '@jest/globals';
import type * as rules from '../../../rules';

/**
 * Import this first, before the program. Like fast-rules.ts, but `keep_firing_for` is only a
 * second. With a `group_interval` of seconds, the second and third Alertmanager would otherwise
 * notify again about an alert that ends while they wait for their turn. The settings reject such an
 * interval.
 */
jest.mock('../../../rules', () => {
  const actual = jest.requireActual<typeof rules>('../../../rules');
  return {
    ...actual,
    renderRules: (options: rules.RuleOptions) => actual.renderRules({ ...options, speedUp: 300 }),
  };
});
