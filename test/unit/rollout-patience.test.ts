import { describe, expect, it } from '@jest/globals';
import { RolloutPatience } from '../../scripts/rollout-patience';

const agents = (updated: number, serving: number) => new Map([['promtail', { updated, serving }]]);

describe('the wait for a rollout', () => {
  it('goes on as long as another pod is updated or ready, however many nodes there are', () => {
    const patience = new RolloutPatience();
    for (let node = 0; node < 50; node += 1) {
      const begun = node * 60;
      expect(patience.lasts(begun, agents(node, 50))).toBe(true);
      expect(patience.lasts(begun + 30, agents(node + 1, 49))).toBe(true);
    }
  });

  it('ends five minutes after the last progress', () => {
    const patience = new RolloutPatience();
    patience.lasts(0, agents(0, 20));
    expect(patience.lasts(290, agents(1, 20))).toBe(true);
    expect(patience.lasts(589, agents(1, 20))).toBe(true);
    expect(patience.lasts(590, agents(1, 20))).toBe(false);
  });

  it('does not go on for a pod that becomes ready and fails again and again', () => {
    const patience = new RolloutPatience();
    const waits = Array.from({ length: 40 }, (_, i) => patience.lasts(i * 10, agents(2, i % 2)));
    expect(waits.lastIndexOf(true)).toBe(30);
  });
});
