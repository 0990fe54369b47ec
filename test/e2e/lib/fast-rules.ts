import { jest } from '@jest/globals';
import type * as rules from '../../../rules';

/**
 * Imported first, before the program: every `for` and every window of its rules is divided by twenty, so that
 * ten minutes are half a minute. The rules are the same otherwise.
 */
jest.mock('../../../rules', () => {
  const actual = jest.requireActual<typeof rules>('../../../rules');
  return {
    ...actual,
    renderRules: (options: rules.RuleOptions) => actual.renderRules({ ...options, speedUp: 20 }),
  };
});
