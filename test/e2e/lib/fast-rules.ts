import { jest } from '@jest/globals';
import type * as rules from '../../../rules';

/**
 * Import this first, before the program. It divides every `for` and window of the rules by twenty,
 * so that ten minutes become half a minute. Otherwise the rules are the same.
 */
jest.mock('../../../rules', () => {
  const actual = jest.requireActual<typeof rules>('../../../rules');
  return {
    ...actual,
    renderRules: (options: rules.RuleOptions) => actual.renderRules({ ...options, speedUp: 20 }),
  };
});
