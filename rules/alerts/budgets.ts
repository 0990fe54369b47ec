import { selector } from '../../telemetry';
import { type Context, when } from '../context';
import { dataGroup } from '../recording-data';
import type { Alert } from '../model';

/** Name of the alert below. It has a runbook and a promtool test of the same name. */
export const budgetNames = ['DataOutgrowsBudget'] as const;

/** Alerts on the sizes of `budgets`, long before they are used up. */
export const budgetAlerts = (c: Context): readonly Alert[] =>
  when(dataGroup(c).rules.length > 0, outgrowsBudget(c));

function outgrowsBudget(c: Context): Alert {
  const expected = selector('data:expected_bytes:rate3d');
  return {
    name: 'DataOutgrowsBudget',
    severity: 'warning',
    service: 'monitoring',
    dashboard: 'audifi-stack',
    expr: `${expected}\n/ ${selector('data:budget_bytes:max')}\n> ${c.t.budgetRatio}`,
    // One hour of heavy logging does not matter over a retention of weeks.
    for: c.hold(21_600),
    summary:
      'Stored data will reach {{ $value | humanizePercentage }} of budgets.{{ $labels.data }}',
    description:
      'At the rate of the last three days, this data will use {{ $value | humanizePercentage }} of its budget ' +
      '(setting budgets.{{ $labels.data }}) once a full retention period is stored. Nothing is lost yet. Store less data, or raise the budget.',
  };
}
